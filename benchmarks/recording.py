"""Durable recording over HTTP against the same application's no-op endpoint."""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any, Final

import httpx2

from benchmarks.figures import Figure, Scale
from benchmarks.load import Job
from benchmarks.loading import Pace, pace_of, run_load
from benchmarks.noop import ROUTE
from benchmarks.places import place
from benchmarks.processes import Served, served, worker

CONNECTIONS: Final = (1, 16, 64)
BODIES: Final = 2_000
PARTNERS: Final = 1_000
SEED: Final = 7


def measure(scale: Scale) -> Iterator[Figure]:
    """Requests a second and times at 1, 16 and 64 connections, the ratio at each."""
    with place() as here, served(here) as system:
        introduce(system, PARTNERS)
        for connections in CONNECTIONS:
            yield from _compared(system, scale, connections)
        with worker(here):
            yield from _with_worker(system, scale)


def introduce(system: Served, partners: int) -> None:
    """Identify the partners that the facts are about."""
    lines = [
        {
            "type": "PartnerIdentified",
            "partner": f"p{number}",
            "data": {"name": f"Partner {number}"},
            "key": f"partner {number}",
        }
        for number in range(partners)
    ]
    httpx2.post(
        f"http://127.0.0.1:{system.port}/v1/events/batch",
        content="\n".join(map(json.dumps, lines)),
        headers={
            "Authorization": f"Bearer {system.key}",
            "Content-Type": "application/x-ndjson",
        },
        timeout=60,
    ).raise_for_status()


def bodies(partners: int) -> list[str]:
    """Facts of some partners that are valid in any order, and any number of times."""
    chance = random.Random(SEED)  # noqa: S311
    return [json.dumps(_fact(chance, partners)) for _ in range(BODIES)]


def _fact(chance: random.Random, partners: int) -> dict[str, Any]:
    number = chance.randrange(partners)
    side = chance.choice(("us", "partner"))
    kind, data = chance.choice(
        (
            ("ContactMade", {"by": side, "channel": "phone", "minutes": 20}),
            ("HelpOffered", {"by": side, "kind": "goods"} | _quantity(chance)),
            ("HelpDelivered", {"by": side, "kind": "goods"} | _quantity(chance)),
            ("ResourceCommitted", {"by": side, "kind": "money"} | _quantity(chance)),
        )
    )
    at = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return {"type": kind, "partner": f"p{number}", "occurred_at": at, "data": data}


def _quantity(chance: random.Random) -> dict[str, Any]:
    return {"quantity": {"amount": str(chance.randint(1, 500)), "unit": "hour"}}


def _compared(system: Served, scale: Scale, connections: int) -> Iterator[Figure]:
    jobs = {
        "no-op": _job(system, scale, connections, ROUTE, 1),
        "one partner": _job(system, scale, connections, "/v1/events", 1),
        "many partners": _job(system, scale, connections, "/v1/events", PARTNERS),
    }
    paces = _in_turn(jobs, scale)
    noop = paces["no-op"]
    yield from _figures(f"no-op, {connections} conn.", noop)
    for name in ("one partner", "many partners"):
        label = f"{name}, {connections} conn."
        yield from _figures(label, paces[name], busy=connections == max(CONNECTIONS))
        goal = 0.6 if connections == max(CONNECTIONS) else None
        ratio = paces[name].a_second / noop.a_second
        yield Figure(f"{label}: of no-op", ratio, "ratio", at_least=goal)


def _in_turn(jobs: dict[str, Job], scale: Scale) -> dict[str, Pace]:
    """Each job in every round, so that a slow moment hits all of them."""
    rounds = [
        {n: run_load(job) for n, job in jobs.items()} for _ in range(scale.rounds)
    ]
    return {n: pace_of((each[n] for each in rounds), scale.seconds) for n in jobs}


def _with_worker(system: Served, scale: Scale) -> Iterator[Figure]:
    most = max(CONNECTIONS)
    jobs = {
        "with the worker": _job(system, scale, most, "/v1/events", PARTNERS),
        "with keys": _job(system, scale, most, "/v1/events", PARTNERS, keyed=True),
    }
    for name, pace in _in_turn(jobs, scale).items():
        yield from _figures(f"many partners, {most} conn., {name}", pace)


def _job(  # noqa: PLR0913
    system: Served,
    scale: Scale,
    connections: int,
    path: str,
    partners: int,
    *,
    keyed: bool = False,
) -> Job:
    return Job(
        system.port,
        system.key,
        "POST",
        path,
        connections,
        scale.seconds,
        bodies=bodies(partners),
        keyed=keyed,
    )


def _figures(label: str, pace: Pace, *, busy: bool = False) -> Iterable[Figure]:
    yield Figure(label, pace.a_second, "requests/s")
    yield Figure(f"{label}: p50", pace.p50, "ms")
    yield Figure(f"{label}: p99", pace.p99, "ms", at_most=25 if busy else None)
