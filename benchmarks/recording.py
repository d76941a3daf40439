"""Durable recording over HTTP against the same application's no-op endpoint."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from benchmarks.facts import PARTNERS, facts, introductions, keyed
from benchmarks.figures import Figure, Scale
from benchmarks.load import Job
from benchmarks.loading import Pace, pace_of, run_load, send_batch
from benchmarks.noop import ROUTE
from benchmarks.places import place
from benchmarks.processes import Served, served, worker

CONNECTIONS: Final = (1, 16, 64)
MOST: Final = max(CONNECTIONS)
BODIES: Final = 2_000
EVENTS: Final = "/v1/events"


def measure(scale: Scale) -> Iterator[Figure]:
    """Requests a second and times at 1, 16 and 64 connections, the ratio at each."""
    with place() as here, served(here) as system:
        send_batch(system, keyed(introductions(PARTNERS), "partner"))
        for connections in CONNECTIONS:
            yield from _compared(system, scale, connections)
        with worker(here):
            yield from _with_worker(system, scale)


def bodies(partners: int) -> list[str]:
    """Bodies of requests about some partners."""
    return [json.dumps(fact) for fact in facts(partners, BODIES)]


def _compared(system: Served, scale: Scale, connections: int) -> Iterator[Figure]:
    noop, one, many = "no-op", "one partner", "many partners"
    paces = _in_turn(
        {
            noop: _job(system, scale, connections, ROUTE, 1),
            one: _job(system, scale, connections, EVENTS, 1),
            many: _job(system, scale, connections, EVENTS, PARTNERS),
        },
        scale,
    )
    yield from _figures(f"{noop}, {connections} conn.", paces[noop])
    busy = connections == MOST
    for name in (one, many):
        label = f"{name}, {connections} conn."
        yield from _figures(label, paces[name], busy=busy)
        ratio = paces[name].a_second / paces[noop].a_second
        goal = 0.6 if busy else None
        yield Figure(f"{label}: of no-op", ratio, "ratio", at_least=goal)


def _in_turn(jobs: dict[str, Job], scale: Scale) -> dict[str, Pace]:
    """Each job in every round, so that a slow moment hits all of them."""
    rounds = [
        {n: run_load(job) for n, job in jobs.items()} for _ in range(scale.rounds)
    ]
    return {n: pace_of((each[n] for each in rounds), scale.seconds) for n in jobs}


def _with_worker(system: Served, scale: Scale) -> Iterator[Figure]:
    jobs = {
        "with the worker": _job(system, scale, MOST, EVENTS, PARTNERS),
        "with worker and keys": _job(
            system, scale, MOST, EVENTS, PARTNERS, with_keys=True
        ),
    }
    for name, pace in _in_turn(jobs, scale).items():
        yield from _figures(f"many, {MOST} conn., {name}", pace)


def _job(  # noqa: PLR0913
    system: Served,
    scale: Scale,
    connections: int,
    path: str,
    partners: int,
    *,
    with_keys: bool = False,
) -> Job:
    return Job(
        system.port,
        system.key,
        "POST",
        path,
        connections,
        scale.seconds,
        bodies=bodies(partners),
        with_keys=with_keys,
    )


def _figures(label: str, pace: Pace, *, busy: bool = False) -> Iterable[Figure]:
    yield Figure(label, pace.a_second, "requests/s")
    yield Figure(f"{label}: p50", pace.p50, "ms")
    yield Figure(f"{label}: p99", pace.p99, "ms", at_most=25 if busy else None)
