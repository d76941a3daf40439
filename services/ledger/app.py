"""Composition root of the ledger service: recording and the raw log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.foundation.serving import Means, new_app, serving
from services.ledger.api import batch, feed, keys, log, proofs, recording, schemas
from services.ledger.integrity.reading import TreeReader
from services.ledger.integrity.watching import watching
from services.ledger.privacy.erasures import Privacy
from services.ledger.store.log_reader import LogReader, read_head
from services.ledger.store.writer import Writer

TITLE: Final = "Alliance Ledger: recording"
# The feed before the log, where one event is found at any other path below.
ROUTERS: Final = (
    recording.router,
    batch.router,
    feed.router,
    log.router,
    proofs.router,
    keys.router,
    schemas.router,
)


def create_app(means: Means | None = None) -> FastAPI:
    """The ledger service as an application of its own."""
    return new_app(TITLE, means, ROUTERS, recording_facts)


@asynccontextmanager
async def recording_facts(app: FastAPI) -> AsyncIterator[None]:
    """What recording needs while the application runs."""
    async with serving(app, "ledger_events", read_head) as heads:
        app.state.heads = heads
        app.state.tree = TreeReader(app.state.pool)
        privacy = Privacy.at(app.state.keyring, app.state.data_dir)
        app.state.log_reader = LogReader(app.state.pool)
        app.state.writer = Writer(app.state.pool, privacy)
        async with watching(app.state.pool):
            yield
        app.state.writer.close()
