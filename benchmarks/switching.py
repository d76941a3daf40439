"""Reading while everything is made anew: how long the slowest answer took."""

import threading
from collections.abc import Iterator
from time import monotonic, perf_counter, sleep
from typing import Any, Final

import httpx2
import psycopg

from benchmarks.figures import Figure, Scale
from benchmarks.filling import fill
from benchmarks.histories import Population
from benchmarks.places import place
from benchmarks.processes import Served, served, worker

PATIENCE: Final = 300.0
SLOWEST_MS: Final = 100
MANY: Final = 1
"""Enough to be built by ranges, in processes beside the worker."""
LISTS: Final = ("/v1/balances?limit=10", "/v1/partners?limit=10", "/v1/rhythm?limit=10")


def measure(scale: Scale) -> Iterator[Figure]:
    """The slowest answer before and while all read models are rebuilt and switched."""
    with place() as here, served(here) as system, worker(here):
        with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
            fill(connection, Population(), scale.events[MANY])
        _wait(system, scale.events[MANY])
        with _client(system) as client:
            before = _slowest(system, lambda: sleep(scale.seconds * 2))
            begun = perf_counter()
            during = _slowest(system, lambda: _rebuild(client))
        yield Figure("rebuild under reads took", perf_counter() - begun, "s")
    yield Figure("slowest answer before", before * 1000, "ms")
    yield Figure("slowest answer during", during * 1000, "ms", at_most=SLOWEST_MS)


def _client(system: Served) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {system.key}"}
    url = f"http://127.0.0.1:{system.port}"
    return httpx2.Client(base_url=url, headers=headers, timeout=60)


def _standing(client: httpx2.Client) -> list[dict[str, Any]]:
    answer = client.get("/v1/projections").raise_for_status()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _wait(system: Served, head: int) -> None:
    deadline = monotonic() + PATIENCE
    with _client(system) as client:
        while (
            not (told := _standing(client)) or min(p["position"] for p in told) < head
        ):
            if monotonic() > deadline:
                raise TimeoutError(told)
            sleep(0.1)


def _rebuild(client: httpx2.Client) -> None:
    names = [told["name"] for told in _standing(client)]
    before = {told["name"]: told["generation"] for told in _standing(client)}
    for name in names:
        client.post(f"/v1/projections/{name}/rebuild").raise_for_status()
    deadline = monotonic() + PATIENCE
    while any(t["generation"] == before[t["name"]] for t in _standing(client)):
        if monotonic() > deadline:
            raise TimeoutError
        sleep(0.1)


def _slowest(system: Served, job: Any) -> float:
    """The slowest answer while a job goes on; positions must never go back."""
    stopped, times = threading.Event(), list[float]()
    threads = [
        threading.Thread(target=_read, args=(system, path, stopped, times))
        for path in LISTS
    ]
    for thread in threads:
        thread.start()
    try:
        job()
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    return max(times)


def _read(
    system: Served, path: str, stopped: threading.Event, times: list[float]
) -> None:
    position = 0
    with _client(system) as client:
        while not stopped.is_set():
            begun = perf_counter()
            answer = client.get(path).raise_for_status()
            times.append(perf_counter() - begun)
            reached = answer.json()["position"]
            if reached < position:
                raise ValueError((path, reached, position))
            position = reached
