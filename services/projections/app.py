"""Composition root of the projections service: every derived answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.foundation.serving import Means, new_app, serving
from services.projections.answers import (
    acts,
    alliances,
    balances,
    changes,
    changes_stream,
    compare,
    deliveries,
    funnel,
    history,
    journal,
    late,
    partner,
    partners,
    projections,
    promises,
    proposals,
    reciprocity,
    reminders,
    stages,
    stages_over_time,
    today,
    verifications,
)
from services.projections.answers.names import Names
from services.projections.answers.standing import read_checkpoint
from services.projections.answers.watching import watching
from services.projections.audit.metrics import audit_metrics
from services.projections.pages import app as pages

TITLE: Final = "Alliance Ledger: answers"
ROUTERS: Final = (
    partners.router,
    partner.router,
    today.router,
    reminders.router,
    stages.router,
    history.router,
    changes.router,
    compare.router,
    stages_over_time.router,
    alliances.router,
    proposals.router,
    balances.router,
    promises.router,
    deliveries.router,
    reciprocity.router,
    funnel.router,
    acts.router,
    late.router,
    journal.router,
    projections.router,
    changes_stream.router,
    verifications.router,
    *pages.ROUTERS,
)


def create_app(means: Means | None = None) -> FastAPI:
    """The projections service as an application of its own."""
    return new_app(TITLE, means, ROUTERS, answering)


@asynccontextmanager
async def answering(app: FastAPI) -> AsyncIterator[None]:
    """What derived answers need while the application runs."""
    async with (
        serving(app, "projections", read_checkpoint) as checkpoints,
        watching(app.state.pool),
        audit_metrics(app.state.pool),
        pages.showing_pages(app),
    ):
        app.state.checkpoints = checkpoints
        app.state.names = Names(app.state.opener)
        yield
