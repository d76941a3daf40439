"""Balances over HTTP while the log grows, and how fast the worker follows it."""

from collections.abc import Iterator
from typing import Final

import psycopg

from benchmarks.figures import Figure, Scale
from benchmarks.filling import fill, pace_of_worker
from benchmarks.histories import Population
from benchmarks.load import Job
from benchmarks.loading import Pace, pace_of, run_load
from benchmarks.places import Place, place
from benchmarks.processes import Served, served, worker

ASKED: Final = 200
"""Partners of typical size that are asked about in turn."""
FLAT: Final = 1.5


def measure(scale: Scale) -> Iterator[Figure]:
    """The balance of one partner and of the first page, at each size of the log."""
    medians: list[float] = []
    population = Population()
    with place() as here, served(here) as system:
        for size in scale.events:
            grown = _grow(here, population, size)
            yield Figure(f"worker's catch-up to {size:,} events", grown, "events/s")
            paths = [f"/v1/partners/{p}/balance" for p in population.typical(ASKED)]
            one = _asked(system, scale, " ".join(paths))
            medians.append(one.p50)
            yield from _figures(f"one partner at {size:,}", one)
            yield from _figures(
                f"first page of all at {size:,}", _asked(system, scale, "/v1/balances")
            )
    growth = medians[-1] / medians[0]
    yield Figure("one partner: p50, last of first", growth, "ratio", at_most=FLAT)


def _grow(here: Place, population: Population, size: int) -> float:
    """Fill the log up to a size and let the worker follow; its events a second."""
    with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
        fill(connection, population, size - population.position)
        with worker(here):
            pace = pace_of_worker(connection, size)
        connection.execute("ANALYZE")  # as the server does by itself within a minute
    return pace


def _asked(system: Served, scale: Scale, paths: str) -> Pace:
    job = Job(system.port, system.key, "GET", paths, 1, scale.seconds)
    return pace_of([run_load(job)], scale.seconds)


def _figures(label: str, pace: Pace) -> Iterator[Figure]:
    yield Figure(f"{label}: p50", pace.p50, "ms")
    yield Figure(f"{label}: p99", pace.p99, "ms")
