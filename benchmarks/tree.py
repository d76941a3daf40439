"""The tree: how fast it takes events in, what proofs cost, and recording beside it."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import nullcontext
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any, Final

import psycopg
from psycopg import Connection

from benchmarks.facts import PARTNERS, facts, introductions
from benchmarks.figures import Figure, Scale
from benchmarks.filling import fill
from benchmarks.histories import Population
from benchmarks.in_process import EVENTS_A_SECOND, prepared, record_all
from benchmarks.load import Job
from benchmarks.loading import pace_of, run_load
from benchmarks.places import Place, place
from benchmarks.processes import served, tree_worker
from services.foundation.database import open_pool
from services.foundation.ledgers import DEFAULT
from services.foundation.sealing import Keyring
from services.ledger.integrity.growing import Grower
from services.ledger.integrity.heads import Signing
from services.ledger.integrity.notes import Signer
from services.ledger.privacy.erasures import Privacy
from services.ledger.store.recordings import Submission
from services.ledger.store.writer import Writer

GOAL: Final = 50_000
"""10⁶ events in 20 s."""
PLACES: Final = 500
"""Events that are proven in turn."""
PAIRS: Final = 5
PATIENCE: Final = 60.0
LOOK_AGAIN: Final = 0.05
BEHIND: Final = """
SELECT 1 FROM ledger_heads
LEFT JOIN trees ON trees.ledger_id = ledger_heads.ledger_id
WHERE trees.signed IS DISTINCT FROM ledger_heads.position
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second into the tree, proofs over HTTP, and recording beside it."""
    events = scale.events[-1]
    with place() as here:
        with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
            fill(connection, Population(), events)
            connection.execute("VACUUM ANALYZE events")
        name = f"into the tree, {events:,} events"
        yield Figure(name, events / _grown(here), "events/s", at_least=GOAL)
        yield from _proven(here, scale, events)
    with place() as here:
        ratio = _beside(here, scale)
    yield Figure("recording, with its worker", ratio, "ratio", at_least=0.9)


def _grown(here: Place) -> float:
    """The seconds that one process takes from an empty tree to its signed head."""
    data = here.folder / "data"
    with open_pool(here.service_dsn, min_size=1, max_size=2, name="bench") as pool:
        grower = Grower(pool, Signing(Signer.of(data / "signing.key"), data))
        begun = perf_counter()
        while grower.grow(DEFAULT):
            pass
        grower.sign(DEFAULT)
        return perf_counter() - begun


def _proven(here: Place, scale: Scale, events: int) -> Iterator[Figure]:
    chance = random.Random(1)  # noqa: S311 (which events to ask about)
    wanted = [chance.randrange(events) + 1 for _ in range(PLACES)]
    asked = {
        "inclusion": [f"inclusion?position={at}" for at in wanted],
        "consistency": [f"consistency?from={at}" for at in wanted],
    }
    with served(here) as system:
        for kind, paths in asked.items():
            told = " ".join(f"/v1/log/proof/{path}" for path in paths)
            job = Job(system.port, system.key, "GET", told, 1, scale.seconds)
            pace = pace_of([run_load(job)], scale.seconds)
            yield Figure(f"{kind} proof at {events:,}: p50", pace.p50, "ms")
            yield Figure(f"{kind} proof: p99", pace.p99, "ms", at_most=10)


def _beside(here: Place, scale: Scale) -> float:
    """What of the pace of recording is left with the worker, as pairs of runs show."""
    count = round(EVENTS_A_SECOND * scale.seconds / 2)
    data = here.folder / "data"
    with open_pool(here.service_dsn, min_size=2, max_size=4, name="bench") as pool:
        writer = Writer(pool, Privacy.at(Keyring.of(data / "kek"), data))
        writer.append(Submission(DEFAULT, prepared(introductions(PARTNERS))))
        _pace(writer, count)
        ratios = [_ratio(here, writer, count, pair) for pair in range(PAIRS)]
        writer.close()
    return median(ratios)


def _ratio(here: Place, writer: Writer, count: int, pair: int) -> float:
    """One run with the worker and one without; which is first takes turns."""
    paces: dict[bool, float] = {}
    for is_beside in (True, False) if pair % 2 else (False, True):
        with tree_worker(here) if is_beside else nullcontext():
            if is_beside:
                _wait_for_tree(here)
            paces[is_beside] = _pace(writer, count)
    return paces[True] / paces[False]


def _pace(writer: Writer, count: int) -> float:
    recordings = prepared(facts(PARTNERS, count))
    return count / asyncio.run(record_all(writer, recordings))


def _wait_for_tree(here: Place) -> None:
    """The worker's start, and what was recorded without it, is none of the cost."""
    deadline = monotonic() + PATIENCE
    with psycopg.connect(here.service_dsn, autocommit=True) as connection:
        while _is_behind(connection):
            if monotonic() > deadline:
                raise TimeoutError
            sleep(LOOK_AGAIN)


def _is_behind(connection: Connection[Any]) -> bool:
    return connection.execute(BEHIND).fetchone() is not None
