"""Many clients at once: nothing lost, nothing twice, no gap, one winner a version."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest

from services.foundation.event_log import StoredEvent
from services.ledger.store import recordings as r
from services.ledger.store.writer import Writer
from tests.faults.writing import (
    a_writer,
    contact,
    event,
    identified,
    keys_stored,
    make_ledgers,
    outcome,
    record,
    rows_of,
    whole_log,
)
from tests.servers import Database

CLIENTS = 32
EACH = 8
Work = Callable[[int], Any]


@pytest.fixture
def writers(database: Database) -> Iterator[list[Writer]]:
    """Two of them, each with its own pool and memory, as in two processes."""
    make_ledgers(database)
    with ExitStack() as stack:
        yield [stack.enter_context(a_writer(database.service_dsn)) for _ in range(2)]


def at_once(work: Work, clients: int = CLIENTS) -> list[Any]:
    """What every client got, all having started together."""
    start = Barrier(clients)

    def run(client: int) -> Any:
        start.wait()
        return work(client)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(run, range(clients)))


def spread(writers: Sequence[Writer], processes: int) -> Callable[[int], Writer]:
    return lambda client: writers[client % processes]


in_processes = pytest.mark.parametrize("processes", [1, 2])


@in_processes
@pytest.mark.parametrize("partners", [1, CLIENTS])
def test_clients_on_one_partner_and_on_many_lose_nothing(
    database: Database, writers: list[Writer], processes: int, partners: int
) -> None:
    names = [f"p{number}" for number in range(partners)]
    record(writers[0], identified(*names))
    of = spread(writers, processes)

    def work(client: int) -> list[StoredEvent]:
        on = names[client % partners]
        return [
            record(of(client), contact(on, n), key=f"{client}/{n}") for n in range(EACH)
        ]

    told = [row for rows in at_once(work) for row in rows]
    assert whole_log(database)[partners:] == sorted(told)
    assert keys_stored(database) == CLIENTS * EACH


@in_processes
def test_one_key_sent_by_many_at_once_is_one_event_and_one_answer(
    database: Database, writers: list[Writer], processes: int
) -> None:
    record(writers[0], identified("acme"))
    of, racers = spread(writers, processes), 8

    def work(client: int) -> list[r.Outcome]:
        return [
            outcome(of(client), contact("acme", n), key=f"k{n}") for n in range(EACH)
        ]

    for answers in zip(*at_once(work, racers), strict=True):
        assert sorted(a.replayed for a in answers) == [False] + [True] * (racers - 1)
        assert len({tuple(rows_of(a)) for a in answers}) == 1
    assert len(whole_log(database)) == 1 + EACH
    assert keys_stored(database) == EACH


@in_processes
def test_one_source_sent_by_many_at_once_is_one_event(
    database: Database, writers: list[Writer], processes: int
) -> None:
    record(writers[0], identified("acme"))
    of = spread(writers, processes)
    sent = contact("acme") | {"source": {"system": "crm", "ref": "1"}}
    answers = at_once(lambda client: outcome(of(client), sent))
    assert len({tuple(rows_of(answer)) for answer in answers}) == 1
    assert len(whole_log(database)) == 2


@in_processes
def test_of_those_who_expect_a_version_exactly_one_wins(
    database: Database, writers: list[Writer], processes: int
) -> None:
    record(writers[0], identified("acme"))
    of = spread(writers, processes)

    def work(client: int) -> list[r.Outcome]:
        return [
            outcome(of(client), contact("acme", client), version=version)
            for version in range(1, EACH)
        ]

    for answers in zip(*at_once(work), strict=True):
        winners = [a for a in answers if isinstance(a, r.Recorded)]
        losers = [a.reason for a in answers if isinstance(a, r.Refused)]
        assert len(winners) == 1
        assert {type(reason) for reason in losers} == {r.VersionMismatch}
    assert [row.version for row in whole_log(database)] == list(range(1, EACH + 1))


@in_processes
def test_an_offer_that_many_accept_at_once_is_accepted_once(
    database: Database, writers: list[Writer], processes: int
) -> None:
    offered = event("HelpOffered", "acme", by="us", kind="space", offer="o")
    record(writers[0], [*identified("acme"), offered])
    of = spread(writers, processes)
    accepted = event("OfferAccepted", "acme", offer="o")
    answers = at_once(lambda client: outcome(of(client), accepted))
    assert sum(isinstance(answer, r.Recorded) for answer in answers) == 1
    assert len(whole_log(database)) == 3


def test_lists_and_single_events_in_a_race_stay_whole_and_in_order(
    database: Database, writers: list[Writer]
) -> None:
    record(writers[0], identified("acme", "birch"))
    of = spread(writers, 2)

    def work(client: int) -> list[StoredEvent]:
        both = [contact("acme", client), contact("birch", client)] * (1 + client % 60)
        return list(rows_of(outcome(of(client), both)))

    told = at_once(work)
    for rows in told:
        first = rows[0].position
        assert [x.position for x in rows] == list(range(first, first + len(rows)))
    log = whole_log(database)
    assert log[2:] == sorted(row for rows in told for row in rows)


def test_ledgers_are_recorded_side_by_side(
    database: Database, writers: list[Writer]
) -> None:
    ledgers = [f"ledger-{number}" for number in range(6)]
    make_ledgers(database, *ledgers)
    of = spread(writers, 2)

    def work(client: int) -> None:
        ledger = ledgers[client % len(ledgers)]
        for n in range(EACH):
            partner = identified(f"p{client}-{n}")
            record(of(client), partner, ledger=ledger, key="same" + str((client, n)))

    at_once(work)
    counts = [len(whole_log(database, ledger)) for ledger in ledgers]
    assert sum(counts) == CLIENTS * EACH
