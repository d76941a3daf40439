"""How partners stand: the fold, what comes late, and the lists over HTTP."""

from collections.abc import Iterator
from typing import Final

import psycopg

from benchmarks import late, relationships
from benchmarks.figures import Figure, Scale
from benchmarks.filling import append, pace_of_worker
from benchmarks.late import SIZES, Told, batched
from benchmarks.load import Job
from benchmarks.loading import pace_of, run_load
from benchmarks.neighbours import Neighbours
from benchmarks.places import Place, place
from benchmarks.processes import Served, served, worker
from services.foundation.event_log import StoredEvent

PARTNERS: Final = 10_000
EVENTS_A_PARTNER: Final = 20
LISTS: Final = {
    "partners": "/v1/partners",
    "partners, sort=-last_contact": "/v1/partners?sort=-last_contact",
    "partners, flag=cooling": "/v1/partners?flag=cooling",
    "partners, stage=helping": "/v1/partners?stage=helping",
    "partners, q=": "/v1/partners?q=chiba",
    "today": "/v1/today",
}
LIST_MS: Final = 100
ONE_MS: Final = 10
SECONDS: Final = 2.0
"""At least, of each list: fewer would tell nothing of the slowest in a hundred."""


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second, milliseconds of what comes late, and of the answers."""
    yield from relationships.measure(scale)
    yield from late.measure(scale)
    partners = min(PARTNERS, scale.events[-1] // EVENTS_A_PARTNER)
    neighbours = Neighbours()
    with place() as here, served(here) as system:
        pace = fill_and_follow(here, neighbours.tell(partners))
        yield Figure(f"worker's catch-up to {partners:,} partners", pace, "events/s")
        for name, path in LISTS.items():
            label = f"{name}, of {partners:,}"
            yield from _asked(system, scale, label, path, LIST_MS)
        fill_and_follow(here, long_lives(neighbours.position))
        for size in SIZES:
            path = f"/v1/partners/long{size}/stages"
            yield from _asked(system, scale, f"stages of {size:,} events", path, ONE_MS)


def long_lives(position: int) -> Iterator[StoredEvent]:
    """A partner with each number of events, told after a position of the log."""
    log = Told(position)
    for size in SIZES:
        yield from log.begin(f"long{size}", size)


def fill_and_follow(here: Place, rows: Iterator[StoredEvent]) -> float:
    """Fill the log and let the worker follow; its events a second."""
    head = 0
    with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
        for batch in batched(rows):
            append(connection, batch)
            head = batch[-1].position
        with worker(here):
            pace = pace_of_worker(connection, head)
        connection.execute("ANALYZE")  # as the server does by itself within a minute
    return pace


def _asked(
    system: Served, scale: Scale, label: str, path: str, goal: float
) -> Iterator[Figure]:
    job = Job(system.port, system.key, "GET", path, 1, max(scale.seconds, SECONDS))
    pace = pace_of((run_load(job) for _ in range(scale.rounds)), job.seconds)
    yield Figure(f"{label}: p50", pace.p50, "ms")
    yield Figure(f"{label}: p99", pace.p99, "ms", at_most=goal)
