"""Metrics and logs."""

import gc
import logging
import sys
from typing import Final

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

from services.foundation.failures import without_messages

REQUESTS: Final = Counter(
    "ledger_http_requests", "Answers sent", ["method", "route", "status"]
)
SECONDS: Final = Histogram(
    "ledger_http_request_duration_seconds",
    "Time from request to answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
BATCH: Final = Histogram(
    "ledger_append_batch_events",
    "Events in one append transaction",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 5000),
)
APPEND_SECONDS: Final = Histogram(
    "ledger_append_duration_seconds", "Time of one append transaction"
)
FOLDED: Final = Counter("ledger_folded_events", "Events folded", ["projection"])
SERVERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access")
router = APIRouter()


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Metrics in the Prometheus text format; no partner is named in them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def write_logs() -> None:
    """One JSON object a line on standard error, from this code and from libraries."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[others], force=True)
    for name in SERVERS:  # which set up their own when started by uvicorn's command
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True


def settle_memory() -> None:
    """Keep what start-up made out of garbage collection: it made requests wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
