"""Rebuilding while events are recorded and read, by several workers."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.ledger.store.recordings import Recorded
from services.projections.engine import generations
from services.projections.engine.advance import Engine
from services.projections.worker import Worker
from tests.histories import ZONES, histories, resolve
from tests.ledger_in_process import Json
from tests.rebuilding import ACTS, EVERY, POSTINGS, Altered, Story
from tests.stage_histories import stage_histories
from tests.thoroughness import examples

WITHIN = 60.0
NAMES = tuple(projection.name for projection in EVERY)


@contextmanager
def meanwhile(*jobs: Callable[[], object]) -> Iterator[None]:
    """Do these again and again; the first thing that goes wrong is raised."""
    stopped, failed = threading.Event(), list[BaseException]()

    def repeat(job: Callable[[], object]) -> None:
        try:
            while not stopped.is_set():
                job()
        except BaseException as error:  # noqa: BLE001 (raised below)
            failed.append(error)

    threads = [threading.Thread(target=repeat, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_settled(story: Story) -> bool:
    return not any(
        state in generations.BUILT for name in NAMES for state in story.states(name)
    )


@contextmanager
def workers(story: Story, number: int) -> Iterator[None]:
    """Workers as they run, each with its own connections."""
    running = [Worker(story.service_dsn, story.service_dsn) for _ in range(number)]
    threads = [threading.Thread(target=worker.run) for worker in running]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in running:
            worker.stop()
        for thread in threads:
            thread.join()


class Reader:
    """Asks where a projection stands, and then for its rows, as answers do."""

    def __init__(self, story: Story, name: str, table: str) -> None:
        self._story, self._name, self._table = story, name, table
        self.positions, self.slowest = [0], 0.0

    def read(self) -> None:
        asked = {"ledger": self._story.name}
        begun = time.monotonic()
        with self._story.books.pool.connection() as connection:
            standings = statement("services.projections.answers", "standings")
            rows = connection.execute(standings, asked).fetchall()
            self.slowest = max(self.slowest, time.monotonic() - begun)
            (row,) = [row[1:] for row in rows if row[0] == self._name]
            time.sleep(0.005)  # a switch may fall between the two
            count = (
                f"SELECT count(*) FROM {self._table}"  # noqa: S608
                " WHERE ledger_id = %s AND generation = %s AND position <= %s"
            )
            parameters = (self._story.name, row[0], row[1])
            found = connection.execute(count, parameters).fetchone()
            assert found is not None
            assert found[0] > 0, "the rows of the generation are gone"
        self.positions.append(row[1])


def test_readers_never_fail_or_go_back_and_the_result_is_equal(story: Story) -> None:
    readers = [Reader(story, "postings", "postings"), Reader(story, "acts", "acts")]
    reads = [reader.read for reader in readers]
    with workers(story, 2), meanwhile(story.contact, *reads):
        for _ in range(2):
            for name in NAMES:
                story.ask(name, generations.request_rebuild)
            wait_until(lambda: is_settled(story))
    story.catch_up()
    for projection in EVERY:
        found = story.states(projection.name)
        assert set(found) == {"live", "kept"}, found
        assert found["live"].number == 3
        story.rebuild(projection, most=100)
        rows = story.rows(projection, 4)
        assert rows == story.rows(projection, 3)
    for reader in readers:
        assert reader.positions == sorted(reader.positions)
        assert reader.positions[-1] > 296


def test_two_builders_apply_each_event_once(story: Story) -> None:
    applied: list[int] = []

    def note(events: Sequence[RecordedEvent]) -> None:
        applied.extend(event.position for event in events)

    noting = Altered(ACTS, version=1, after_step=note)
    story.ask("acts", generations.request_rebuild)
    engines = [Engine(story.books.pool) for _ in range(2)]
    with meanwhile(*(lambda e=e: e.build(noting, story.name, 9) for e in engines)):
        wait_until(lambda: is_settled(story))
    assert applied == list(range(1, 297))
    assert story.rows(ACTS, 2) == story.rows(ACTS, 1)


def test_a_newer_and_an_older_worker_get_along(story: Story) -> None:
    newer = Altered(POSTINGS)
    old, new = Engine(story.books.pool), Engine(story.books.pool)

    def work_as_before() -> None:
        old.prepare(POSTINGS)
        old.advance(POSTINGS, story.name)
        old.build(POSTINGS, story.name)

    def work_anew() -> None:
        new.prepare(newer)
        new.advance(newer, story.name)
        new.build(newer, story.name, 20)

    with meanwhile(work_as_before, work_anew, story.contact):
        wait_until(lambda: story.states("postings")["live"].version == 2)
        position = story.contact()
        wait_until(lambda: story.states("postings")["live"].position >= position)
    assert set(story.states("postings")) == {"live", "kept"}
    assert story.active("postings") == 2


batches = st.tuples(
    st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 20)
)
numbers = count()


@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.one_of(histories(partners=3), stage_histories()),
    batches=batches,
    zone=st.sampled_from(ZONES),
)
def test_rows_built_anew_equal_those_that_grew_whatever_the_batches(
    story: Story, history: list[Json], batches: tuple[list[int], int], zone: str
) -> None:
    grown = story.beside(f"law-{next(numbers)}", zone)
    steps, most = batches
    ids: dict[int, str] = {}
    for index, request in enumerate(history):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else grown.ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    for projection in EVERY:
        sizes = iter(steps)
        while grown.engine.advance(projection, grown.name, next(sizes, steps[-1])):
            continue
        grown.rebuild(projection, most)
        found = grown.states(projection.name)
        assert set(found) == {"live", "kept"}, found
