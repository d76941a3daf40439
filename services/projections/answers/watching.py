"""Metrics of the projections, of all ledgers together: no ledger is named in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from prometheus_client import Gauge
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from services.foundation.database import statement

HERE: Final = "services.projections.answers"
LOOK_AGAIN: Final = 2.0
"""Seconds between looks: whoever scrapes the metrics does so less often."""
HALTED: Final = Gauge(
    "ledger_projection_halted", "Ledgers where it has stopped", ["projection"]
)
REBUILDING: Final = Gauge(
    "ledger_projection_rebuilding", "Ledgers where it is built anew", ["projection"]
)
LAG_EVENTS: Final = Gauge(
    "ledger_projection_lag_events", "Events that the slowest lacks", ["projection"]
)
LAG_SECONDS: Final = Gauge(
    "ledger_projection_lag_seconds",
    "Age of the oldest event that one lacks",
    ["projection"],
)
Pool = ConnectionPool[Connection[Any]]
log = structlog.get_logger(__name__)


@asynccontextmanager
async def watching(pool: Pool) -> AsyncIterator[None]:
    """Keep the metrics up to date meanwhile."""
    task = asyncio.create_task(_watch(pool))
    try:
        yield
    finally:
        task.cancel()


async def _watch(pool: Pool) -> None:
    while True:
        try:
            await run_in_threadpool(measure, pool)
        except OperationalError as error:
            log.warning("projections_not_measured", error=type(error).__name__)
        await asyncio.sleep(LOOK_AGAIN)


def measure(pool: Pool) -> None:
    """Take in how the projections are now."""
    with pool.connection() as connection:
        rows = connection.execute(statement(HERE, "projection_metrics")).fetchall()
    for projection, halted, rebuilding, events, seconds in rows:
        HALTED.labels(projection).set(halted)
        REBUILDING.labels(projection).set(rebuilding)
        LAG_EVENTS.labels(projection).set(events)
        LAG_SECONDS.labels(projection).set(max(seconds, 0))
