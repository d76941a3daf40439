"""Metrics of the trees, of all ledgers together: their workers answer no requests."""

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
from services.ledger.integrity.store import HERE

Pool = ConnectionPool[Connection[Any]]
LOOK_AGAIN: Final = 5.0
"""Seconds between looks."""
LEAVES: Final = Gauge("ledger_tree_leaves", "Events that are in trees")
SIGNED: Final = Gauge("ledger_tree_signed_leaves", "Events that signed heads cover")
HALTED: Final = Gauge(
    "ledger_tree_halted", "Ledgers whose tree was found altered and is signed no more"
)
AGE: Final = Gauge(
    "ledger_tree_head_age_seconds",
    "Age of the newest head where events wait longest for the next; 0 when none wait",
)
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
            log.warning("trees_not_measured", error=type(error).__name__)
        await asyncio.sleep(LOOK_AGAIN)


def measure(pool: Pool) -> None:
    """Take in how the trees are now."""
    with pool.connection() as connection:
        row = connection.execute(statement(HERE, "tree_metrics")).fetchone()
    for gauge, value in zip((LEAVES, SIGNED, HALTED, AGE), row or (), strict=True):
        gauge.set(value)
