"""Making every read model anew from the log, beside the raw COPY of the same rows."""

import resource
from collections.abc import Iterator
from time import perf_counter
from typing import Any, Final

import psycopg
from psycopg import Connection

from benchmarks.figures import Figure, Scale
from benchmarks.filling import fill
from benchmarks.histories import Population
from benchmarks.places import Place, place
from benchmarks.stock_runner import stock_runner_pace
from services.foundation.database import open_pool
from services.foundation.ledgers import DEFAULT
from services.projections.engine.advance import Engine
from services.projections.engine.projection import Projection
from services.projections.worker import PROJECTIONS

RAW: Final = "COPY (SELECT * FROM events WHERE ledger_id = 'default') TO STDOUT"
GOAL: Final = 60_000
EVENTS: Final = {True: 200_000, False: 20_000}
KIBIBYTES_A_MEBIBYTE: Final = 1024


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second of each projection in one process, and of all on two cores."""
    events = EVENTS[scale.rounds > 1]
    with place() as here:
        with psycopg.connect(here.owner_dsn) as connection:
            fill(connection, Population(), events)
        with psycopg.connect(here.owner_dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE events")
            raw = events / _copied(connection)
        yield Figure("raw COPY of the log", raw, "events/s")
        spent = 0.0
        for projection in PROJECTIONS:
            seconds = _folded(here, projection)
            spent += seconds
            yield Figure(f"{projection.name} alone", events / seconds, "events/s")
        stock = stock_runner_pace(here.owner_dsn)
        yield Figure("the library's runner, one counter", stock, "events/s")
    total = events / spent
    yield Figure("all, one after another", total, "events/s", at_least=GOAL)
    yield Figure("of the raw COPY", total / raw, "ratio")
    yield Figure("of the library's runner", total / stock, "ratio", at_least=30)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_A_MEBIBYTE
    yield Figure("most memory", peak, "MiB")


def _copied(connection: Connection[Any]) -> float:
    begun = perf_counter()
    with connection.cursor().copy(RAW) as rows:
        for _ in rows:
            pass
    return perf_counter() - begun


def _folded(here: Place, projection: Projection) -> float:
    """The seconds that a projection takes from the first event to the last."""
    with open_pool(here.service_dsn, min_size=1, max_size=2, name="bench") as pool:
        engine = Engine(pool)
        engine.prepare(projection)
        begun = perf_counter()
        while engine.advance(projection, DEFAULT):
            pass
        return perf_counter() - begun
