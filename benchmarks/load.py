"""The load generator, a process of its own: a job on its input, times on its output."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from itertools import cycle
from time import perf_counter

import uvloop

from benchmarks.client import Answered, connect, render


@dataclass(frozen=True, slots=True)
class Job:
    """Which requests to send, over how many connections, for how long.

    `a_second` is the rate of those who keep to one; 0 is as fast as answers come.
    """

    port: int
    key: str
    method: str
    path: str
    connections: int
    seconds: float
    warm_up: float = 0.5
    bodies: list[str] = field(default_factory=list)
    media_type: str = "application/json"
    with_keys: bool = False
    a_second: int = 0

    def requests(self) -> Iterator[bytes]:
        """Requests without end, each with a key of its own if so wished."""
        head = {"Authorization": f"Bearer {self.key}", "Content-Type": self.media_type}
        paths = self.path.split()
        bodies = [body.encode() for body in self.bodies] or [b""]
        plain = [render(self.method, p, head, b) for p in paths for b in bodies]
        if not self.with_keys:
            yield from cycle(plain)
        for number, request in enumerate(cycle(plain)):
            first, rest = request.split(b"\r\n", 1)
            yield b"%b\r\nIdempotency-Key: k%d\r\n%b" % (first, number, rest)


@dataclass(slots=True)
class Times:
    """Seconds that each answer took, and what the server said to those that failed.

    `took` is how long all of it took, of those that keep to a rate.
    """

    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    failed: int = 0
    first_failure: str = ""


async def run(job: Job) -> Times:
    """Ask as fast as the connections allow; what the warm-up took does not count."""
    connections = [await connect(job.port) for _ in range(job.connections)]
    requests, times = job.requests(), Times()
    begin = perf_counter() + job.warm_up
    end = begin + job.seconds

    async def keep_asking(place: int) -> None:
        connection = connections[place]
        while (sent := perf_counter()) < end:
            answered = await connection.ask(next(requests))
            if begin <= sent:
                times.seconds.append(perf_counter() - sent)
                note(times, answered)

    await asyncio.gather(*map(keep_asking, range(job.connections)))
    for connection in connections:
        connection.close()
    return times


def note(times: Times, answered: Answered) -> None:
    """Count an answer that is not a success, and keep the first."""
    if answered.status >= HTTPStatus.BAD_REQUEST:
        times.failed += 1
        times.first_failure = times.first_failure or answered.body.decode()


def main() -> None:
    """Do the job that comes in."""
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run(job))), sys.stdout)


if __name__ == "__main__":
    main()
