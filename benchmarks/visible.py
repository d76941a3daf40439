"""From recorded to visible: a client that writes and reads its own write, steadily.

Run as a program it takes a job on standard input, as the load generator does; the times
are from the receipt to the answer that reflects it.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import cycle, islice
from time import perf_counter
from typing import Final

import uvloop

from benchmarks.client import Connection, connect, render
from benchmarks.facts import PARTNERS, introductions, keyed
from benchmarks.figures import Figure, Scale
from benchmarks.load import Job, Times, note
from benchmarks.loading import pace_of, send_batch, times_of
from benchmarks.places import place
from benchmarks.processes import served, worker
from benchmarks.recording import EVENTS, bodies

RATES: Final = {100: (1, 20), 1_000: (20, 20)}
"""Facts a second: how many in a request, over how many connections."""


def measure(scale: Scale) -> Iterator[Figure]:
    """The time from a receipt to a balance that reflects it, at steady rates."""
    with place() as here, served(here) as system, worker(here):
        send_batch(system, keyed(introductions(PARTNERS), "partner"))
        for rate, (together, connections) in RATES.items():
            job = Job(
                system.port, system.key, "POST", EVENTS, connections, scale.seconds
            )
            job = replace(job, a_second=rate // together)
            wanted = int(job.a_second * scale.seconds) + connections
            job.bodies.extend(islice(_lists(together), wanted))
            times = times_of(job, "benchmarks.visible")
            pace = pace_of([times.seconds], times.took)
            named = f"{rate:,} facts/s, {together} a request"
            yield Figure(f"{named}: kept up", pace.a_second * together, "facts/s")
            yield Figure(f"{named}, to visible: p50", pace.p50, "ms", at_most=50)
            yield Figure(f"{named}, to visible: p99", pace.p99, "ms", at_most=50)


def _lists(together: int) -> Iterator[str]:
    """What is sent: facts one by one, or so many as a list, without end."""
    facts = cycle(_of_now())
    while True:
        some = list(islice(facts, together))
        yield some[0] if together == 1 else f"[{','.join(some)}]"


def _of_now() -> list[str]:
    """What happens now: late facts have a benchmark of their own."""
    facts = [json.loads(body) for body in bodies(PARTNERS)]
    for fact in facts:
        del fact["occurred_at"]
    return [json.dumps(fact) for fact in facts]


async def run(job: Job) -> Times:
    """Write at a steady rate over some connections and wait for each write."""
    times, begun = Times(), perf_counter() + job.warm_up
    pause = job.connections / job.a_second

    async def keep_writing(place: int) -> None:
        connection = await connect(job.port)
        due = begun + place / job.a_second
        for body in job.bodies[place :: job.connections]:
            await asyncio.sleep(max(due - perf_counter(), 0))  # the rate is the point
            if due > begun + job.seconds:
                break
            await _write_and_see(connection, job, body, times)
            due += pause
        connection.close()

    await asyncio.gather(*map(keep_writing, range(job.connections)))
    times.took = perf_counter() - begun
    return times


async def _write_and_see(
    connection: Connection, job: Job, body: str, times: Times
) -> None:
    head = {"Authorization": f"Bearer {job.key}", "Content-Type": job.media_type}
    receipt = await connection.ask(render("POST", job.path, head, body.encode()))
    note(times, receipt)
    begun = perf_counter()
    position = receipt.header(b"ledger-position").decode()
    sent = json.loads(body)
    partner = (sent[-1] if isinstance(sent, list) else sent)["partner"]
    path = f"/v1/partners/{partner}/balance?min_position={position}"
    note(times, await connection.ask(render("GET", path, head)))
    times.seconds.append(perf_counter() - begun)


def main() -> None:
    """Do the job that comes in."""
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run(job))), sys.stdout)


if __name__ == "__main__":
    main()
