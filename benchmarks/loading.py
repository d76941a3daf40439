"""Running load generators and reading what they measured."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import quantiles

from benchmarks.load import Job


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast answers came; times in milliseconds."""

    a_second: float
    p50: float
    p99: float


def run_load(job: Job) -> list[float]:
    """The seconds that each answer took, in a process that only asks."""
    told = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(job)).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    times = json.loads(told.stdout)
    if times["failed"]:
        raise LoadFailedError(job.path, times["failed"], times["first_failure"])
    return list(times["seconds"])


class LoadFailedError(Exception):
    """Some answers were not a success, so that their times mean nothing."""


def pace_of(rounds: Iterable[list[float]], seconds: float) -> Pace:
    """The pace of some rounds that each took so many seconds."""
    taken = list(rounds)
    times = [t for each in taken for t in each]
    percentiles = quantiles(times, n=100, method="inclusive")
    rate = len(times) / (seconds * len(taken))
    return Pace(rate, percentiles[49] * 1000, percentiles[98] * 1000)
