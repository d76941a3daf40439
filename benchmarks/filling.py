"""Filling a log through the store's own statements, and following the worker."""

from collections.abc import Iterator, Sequence
from itertools import islice
from time import monotonic, perf_counter, sleep
from typing import Any, Final

from psycopg import Connection

from benchmarks.histories import Population
from services.foundation.event_log import StoredEvent
from services.foundation.ledgers import DEFAULT
from services.ledger.store.append import lock_head, write

EVENTS_A_BATCH: Final = 5_000
LOOK_AGAIN: Final = 0.02
PATIENCE: Final = 400.0


def fill(connection: Connection[Any], population: Population, events: int) -> float:
    """Append so many events; the seconds that the store took for them."""
    rows, spent = population.grow(events), 0.0
    while batch := list(islice(rows, EVENTS_A_BATCH)):
        spent += append(connection, batch)
    return spent


def append(connection: Connection[Any], rows: Sequence[StoredEvent]) -> float:
    """Append some events in one transaction; the seconds that the store took."""
    begun = perf_counter()
    with connection.transaction():
        head = lock_head(connection, DEFAULT)
        timed = [row._replace(recorded_at=head.recorded_at) for row in rows]
        write(connection, DEFAULT, timed)
    return perf_counter() - begun


def pace_of_worker(connection: Connection[Any], head: int) -> float:
    """Wait for every projection; events a second from the first step to the last.

    The first step seen is the mark to count from: the start of the worker's process is
    none of the fold's time.
    """
    steps = list(_steps(connection, head))
    (began, first), (ended, last) = steps[0], steps[-1]
    return (last - first) / (ended - began) if ended > began else 0.0


def _steps(connection: Connection[Any], head: int) -> Iterator[tuple[float, int]]:
    """When the slowest projection was seen at a position, until it is at the head."""
    deadline = monotonic() + PATIENCE
    position = before = _slowest(connection)
    while position < head:
        if monotonic() > deadline:
            raise TimeoutError(position)
        sleep(LOOK_AGAIN)
        position = _slowest(connection)
        if position > before:
            before = position
            yield perf_counter(), position


def _slowest(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT min(position) FROM checkpoints").fetchone()
    return row[0] or 0 if row else 0
