"""Composition root of the ledger service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import Depends, FastAPI

from services.foundation import probes, problems, telemetry
from services.foundation.access import Access
from services.foundation.database import open_pool
from services.foundation.freshness import Positions, listen
from services.foundation.queries import only_known_parameters
from services.foundation.settings import Settings, load_settings
from services.ledger.api import batch, log, recording, schemas
from services.ledger.store.log_reader import LogReader, read_head
from services.ledger.store.writer import Writer

TITLE: Final = "Alliance Ledger: recording"
ROUTERS: Final = (recording.router, batch.router, log.router, schemas.router)


@dataclass(frozen=True, slots=True)
class Dsns:
    """Where the database is: for requests, and directly for LISTEN."""

    service: str
    direct: str
    prepared: bool = True


def create_app(settings: Settings | None = None, dsns: Dsns | None = None) -> FastAPI:
    """The ledger service as an application of its own."""
    app = FastAPI(
        title=TITLE,
        version="1",
        lifespan=_lifespan,
        dependencies=[Depends(only_known_parameters)],
        docs_url=None,
        redoc_url=None,
    )
    app.state.dsns = dsns or dsns_of(settings or load_settings())
    for router in (*ROUTERS, probes.router):
        app.include_router(router)
    app.include_router(telemetry.router)
    problems.install(app)
    app.add_middleware(telemetry.Measured)
    return app


def dsns_of(settings: Settings) -> Dsns:
    """The database of the settings; a service alone never starts its own."""
    if settings.dsn is None:
        sentence = "Set LEDGER_DSN, or run `alliance-ledger serve`."
        raise RuntimeError(sentence)
    direct = settings.direct_dsn or settings.dsn
    return Dsns(settings.dsn, direct, not settings.is_pooled)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    dsns: Dsns = app.state.dsns
    pool = open_pool(
        dsns.service, min_size=2, max_size=16, name="ledger", prepared=dsns.prepared
    )
    app.state.pool = pool
    app.state.access = Access(pool)
    app.state.log_reader = LogReader(pool)
    app.state.writer = Writer(pool)
    app.state.heads = Positions(pool, read_head)
    listener = listen(dsns.direct, "ledger_events", app.state.heads)
    telemetry.settle_memory()
    try:
        yield
    finally:
        listener.close()
        app.state.writer.close()
        pool.close()
