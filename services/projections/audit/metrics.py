"""How the newest audits ended, for whoever watches."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from prometheus_client import Gauge
from starlette.concurrency import run_in_threadpool

from services.projections.audit import results
from services.projections.audit.audit import AWAY
from services.projections.audit.reading import Pool

LOOK_AGAIN: Final = 15.0
LEDGERS: Final = Gauge("ledger_audits_ledgers", "Ledgers that have been audited")
FAILING: Final = Gauge(
    "ledger_audits_failing", "Ledgers whose newest audit found problems"
)
PROBLEMS: Final = Gauge(
    "ledger_audits_problems", "Problems that the newest audit of each ledger found"
)
AGE: Final = Gauge(
    "ledger_audits_age_seconds", "Since the oldest of each ledger's newest audits"
)
log = structlog.get_logger(__name__)


@asynccontextmanager
async def audit_metrics(pool: Pool) -> AsyncIterator[None]:
    """Keep the metrics fresh while an application runs."""
    watching = asyncio.create_task(_watch(pool))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def _watch(pool: Pool) -> None:
    while True:
        try:
            await run_in_threadpool(refresh, pool)
        except AWAY as error:
            log.warning("audit_metrics_wait", error=type(error).__name__)
        except Exception:
            log.exception("audit_metrics_failed")
        await asyncio.sleep(LOOK_AGAIN)


def refresh(pool: Pool) -> None:
    """Set the metrics from what is stored."""
    with pool.connection() as connection:
        told = results.overview(connection)
    LEDGERS.set(told.ledgers)
    FAILING.set(told.failing)
    PROBLEMS.set(told.problems)
    finished = told.oldest_finished_at
    begun = time.time() if finished is None else finished.timestamp()
    AGE.set_function(lambda: max(0.0, time.time() - begun) if finished else 0.0)
