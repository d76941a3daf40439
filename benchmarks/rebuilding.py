"""Making every read model anew from the log, beside the raw COPY of the same rows."""

from collections.abc import Iterator, Sequence
from time import monotonic, perf_counter, sleep
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import Connection

from benchmarks.consumption import most_mebibytes, parent, seconds
from benchmarks.figures import Figure, Scale
from benchmarks.filling import fill
from benchmarks.histories import Population
from benchmarks.places import Place, place
from benchmarks.processes import worker
from benchmarks.stock_runner import stock_runner_pace
from services.projections.worker import PROJECTIONS

RAW: Final = "COPY (SELECT * FROM events WHERE ledger_id = 'default') TO STDOUT"
OUTDATED: Final = (
    "INSERT INTO checkpoints"
    " (ledger_id, projection, generation, version, position, advanced_at)"
    " SELECT ledger_id, %s, 1, 0, position, now() FROM ledger_heads"
)
USED: Final = "INSERT INTO active_generations SELECT ledger_id, %s, 1 FROM ledger_heads"
DONE: Final = "SELECT coalesce(sum(events) FILTER (WHERE done), 0) FROM build_ranges"
LIVE: Final = "SELECT count(*) FROM checkpoints WHERE generation = 2 AND state = 'live'"
GOAL: Final = 60_000
EVENTS: Final = {True: 1_000_000, False: 50_000}
PATIENCE: Final = 1_800.0
LOOK_AGAIN: Final = 0.1
CORES: Final = 2


class Seen(NamedTuple):
    """What a look at a rebuild under way shows; memory: of its largest process."""

    at: float
    done: int
    mebibytes: float
    ours: float
    """Seconds of processor time, of the worker and the processes that build."""
    postgres: float


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second of all read models, by one worker and the processes it starts."""
    events = EVENTS[scale.rounds > 1]
    with place() as here:
        with psycopg.connect(here.owner_dsn) as connection:
            fill(connection, Population(), events)
        with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE events")
            raw = events / _copied(connection)
            stock = stock_runner_pace(here.owner_dsn)
            seen = list(_rebuilt(here, connection))
    total = events / (seen[-1].at - seen[0].at)
    yield Figure("raw COPY of the log", raw, "events/s")
    yield Figure("the library's runner, one counter", stock, "events/s")
    yield Figure("all read models", total, "events/s", at_least=GOAL)
    yield Figure("counted once for each", total * len(PROJECTIONS), "events/s")
    yield Figure("of the raw COPY", total / raw, "ratio")
    yield Figure("of the library's runner", total / stock, "ratio", at_least=30)
    yield from _processor(seen, events)
    yield from _memory(seen)


def _copied(connection: Connection[Any]) -> float:
    begun = perf_counter()
    with connection.cursor().copy(RAW) as rows:
        for _ in rows:
            pass
    return perf_counter() - begun


def _rebuilt(here: Place, connection: Connection[Any]) -> Iterator[Seen]:
    """Looks at a rebuild of everything, as after an upgrade, from its first range on.

    The start of the worker's process is none of its time.
    """
    for projection in PROJECTIONS:
        connection.execute(OUTDATED, [projection.name])
        connection.execute(USED, [projection.name])
    deadline = monotonic() + PATIENCE
    with worker(here) as pid:
        while not _count(connection, "SELECT count(*) FROM build_ranges"):
            sleep(LOOK_AGAIN)
        yield _look(connection, pid)
        while _count(connection, LIVE) < len(PROJECTIONS):
            if monotonic() > deadline:
                raise TimeoutError
            sleep(LOOK_AGAIN)
            yield _look(connection, pid)


def _look(connection: Connection[Any], pid: int) -> Seen:
    done, server = _count(connection, DONE), parent(connection.info.backend_pid)
    used = seconds(pid), seconds(server)
    return Seen(perf_counter(), done, most_mebibytes(pid), *used)


def _count(connection: Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _processor(seen: Sequence[Seen], events: int) -> Iterator[Figure]:
    """What it takes on a machine that has other things to do as well."""
    ours, postgres = seen[-1].ours - seen[0].ours, seen[-1].postgres - seen[0].postgres
    yield Figure("processor time, ours", ours / events * 1e6, "µs an event")
    yield Figure("processor time, PostgreSQL", postgres / events * 1e6, "µs an event")
    pace = CORES * events / (ours + postgres) if ours else 0.0
    yield Figure("all, with two cores to themselves", pace, "events/s")


def _memory(seen: Sequence[Seen]) -> Iterator[Figure]:
    """The most that any process took, by thirds of the time: it does not grow."""
    third = max(1, len(seen) // 3)
    for name, some in (("first", seen[:third]), ("last", seen[-third:])):
        most = max(look.mebibytes for look in some)
        yield Figure(f"most memory of a process, {name} third", most, "MiB")
