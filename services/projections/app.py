"""Composition root of the projections service: every derived answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.foundation.serving import Dsns, new_app, serving
from services.projections.answers import (
    acts,
    balances,
    changes_stream,
    journal,
    late,
    partners,
    projections,
    promises,
    stages,
)
from services.projections.answers.question import read_checkpoint

TITLE: Final = "Alliance Ledger: answers"
ROUTERS: Final = (
    partners.router,
    stages.router,
    balances.router,
    promises.router,
    acts.router,
    late.router,
    journal.router,
    projections.router,
    changes_stream.router,
)


def create_app(dsns: Dsns | None = None) -> FastAPI:
    """The projections service as an application of its own."""
    return new_app(TITLE, dsns, ROUTERS, answering)


@asynccontextmanager
async def answering(app: FastAPI, dsns: Dsns) -> AsyncIterator[None]:
    """What derived answers need while the application runs."""
    async with serving(app, dsns, "projections", read_checkpoint) as checkpoints:
        app.state.checkpoints = checkpoints
        yield
