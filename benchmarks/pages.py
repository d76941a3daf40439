"""The pages: how long the server takes, and how much a browser loads."""

from collections.abc import Iterator
from typing import Final

import httpx2

from benchmarks.figures import Figure, Scale
from benchmarks.load import Job
from benchmarks.loading import pace_of, run_load
from benchmarks.neighbours import Neighbours
from benchmarks.places import place
from benchmarks.processes import Served, served
from benchmarks.stages import EVENTS_A_PARTNER, PARTNERS, fill_and_follow

SECONDS: Final = 3.0
PAGE_MS: Final = 100
PAGE_KB: Final = 60
FILES: Final = ("style.css", "live.js", "icon.svg")
KB: Final = 1024


def measure(scale: Scale) -> Iterator[Figure]:
    """Milliseconds of every page, and what it weighs with all that it loads."""
    partners = min(PARTNERS, scale.events[-1] // EVENTS_A_PARTNER)
    with place() as here, served(here) as system:
        fill_and_follow(here, Neighbours().tell(partners))
        for name, path in _pages(system).items():
            job = Job(system.port, system.key, "GET", path, 1, SECONDS)
            pace = pace_of([run_load(job)], job.seconds)
            yield Figure(f"{name}, of {partners:,}: p50", pace.p50, "ms")
            yield Figure(f"{name}: p99", pace.p99, "ms", at_most=PAGE_MS)
            yield Figure(f"{name}", _weight(system, path), "KB", at_most=PAGE_KB)


def _pages(system: Served) -> dict[str, str]:
    """Each page by its name; of the partners the first two in the list."""
    with _client(system) as client:
        told = client.get("/v1/partners", params={"limit": 2}).json()["items"]
    one, other = (item["partner"] for item in told)
    return {
        "today": "/",
        "partners": "/partners",
        "a partner": f"/partners/{one}",
        "record": "/record",
        "compare": f"/compare?partners={one},{other}",
        "insights": "/insights",
        "log": "/log",
    }


def _weight(system: Served, path: str) -> float:
    """What goes over the line for a page and its files, in kilobytes."""
    with _client(system) as client:
        paths = (path, *(f"/static/{name}" for name in FILES))
        return sum(_sent(client, each) for each in paths) / KB


def _sent(client: httpx2.Client, path: str) -> int:
    with client.stream("GET", path) as answer:
        return sum(len(piece) for piece in answer.iter_raw())


def _client(system: Served) -> httpx2.Client:
    headers = {
        "Authorization": f"Bearer {system.key}",
        "Accept-Encoding": "gzip",
    }
    return httpx2.Client(
        base_url=f"http://127.0.0.1:{system.port}", headers=headers, timeout=60
    )
