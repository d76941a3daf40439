"""Running load generators and reading what they measured."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import quantiles
from time import perf_counter
from typing import Any

import httpx2

from benchmarks.load import Job, Times
from benchmarks.processes import Served


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast answers came; times in milliseconds."""

    a_second: float
    p50: float
    p99: float


class LoadFailedError(Exception):
    """Some answers were not a success, so that their times mean nothing."""


def run_load(job: Job, module: str = "benchmarks.load") -> list[float]:
    """The seconds that each answer took, in a process that only asks."""
    return times_of(job, module).seconds


def times_of(job: Job, module: str) -> Times:
    """What such a process measured."""
    told = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-m", module],
        input=json.dumps(asdict(job)).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    times = Times(**json.loads(told.stdout))
    if times.failed:
        raise LoadFailedError(job.path, times.failed, times.first_failure)
    return times


def pace_of(rounds: Iterable[list[float]], seconds: float) -> Pace:
    """The pace of some rounds that each took so many seconds."""
    taken = list(rounds)
    times = [t for each in taken for t in each]
    percentiles = quantiles(times, n=100, method="inclusive")
    rate = len(times) / (seconds * len(taken))
    return Pace(rate, percentiles[49] * 1000, percentiles[98] * 1000)


def send_batch(system: Served, lines: Sequence[dict[str, Any]]) -> float:
    """Record a batch over HTTP, all of it anew; the seconds that it took."""
    content = "\n".join(map(json.dumps, lines))
    begun = perf_counter()
    answer = httpx2.post(
        f"http://127.0.0.1:{system.port}/v1/events/batch",
        content=content,
        headers={
            "Authorization": f"Bearer {system.key}",
            "Content-Type": "application/x-ndjson",
        },
        timeout=60,
    )
    spent = perf_counter() - begun
    if answer.raise_for_status().json()["recorded"] != len(lines):
        raise LoadFailedError(answer.text)
    return spent
