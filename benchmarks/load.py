"""The load generator, a process of its own: a job on standard input, times on output."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle
from http import HTTPStatus
from time import perf_counter

import uvloop

from benchmarks.client import Answered, connect, render


@dataclass(frozen=True, slots=True)
class Job:
    """Which requests to send, over how many connections, for how long."""

    port: int
    key: str
    method: str
    path: str
    connections: int
    seconds: float
    warm_up: float = 0.5
    bodies: list[str] = field(default_factory=list)
    media_type: str = "application/json"
    keyed: bool = False

    def requests(self) -> Iterator[bytes]:
        """Requests without end, each with a key of its own if so wished."""
        head = {"Authorization": f"Bearer {self.key}", "Content-Type": self.media_type}
        paths = self.path.split()
        bodies = [body.encode() for body in self.bodies] or [b""]
        plain = [render(self.method, p, head, b) for p in paths for b in bodies]
        if not self.keyed:
            yield from cycle(plain)
        for number, request in enumerate(cycle(plain)):
            first, rest = request.split(b"\r\n", 1)
            yield b"%b\r\nIdempotency-Key: k%d\r\n%b" % (first, number, rest)


@dataclass(slots=True)
class Times:
    """Seconds that each answer took, and what the server said to those that failed."""

    seconds: list[float] = field(default_factory=list)
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
                _note(times, answered)

    await asyncio.gather(*map(keep_asking, range(job.connections)))
    for connection in connections:
        connection.close()
    return times


def _note(times: Times, answered: Answered) -> None:
    if answered.status >= HTTPStatus.BAD_REQUEST:
        times.failed += 1
        times.first_failure = times.first_failure or answered.body.decode()


def main() -> None:
    """Do the job that comes in."""
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run(job))), sys.stdout)


if __name__ == "__main__":
    main()
