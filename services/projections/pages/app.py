"""The pages of an application: their routers, their files, their client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from services.foundation.problems import Problem
from services.projections.pages import (
    adding,
    answering,
    entering,
    event,
    files,
    insights,
    log,
    other,
    partner,
    record,
    routes,
)
from services.projections.pages.asking import own_client
from services.projections.pages.remembering import Remembered
from services.projections.pages.showing import show

ROUTERS: Final = (
    entering.router,
    routes.router,
    answering.router,
    record.router,
    other.router,
    adding.router,
    insights.router,
    log.router,
    event.router,
    partner.router,
    files.router,
)


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem as people read it; who is not signed in is shown how to."""
    if problem.code == "unauthorized":
        return RedirectResponse("/login", 303)
    words = entering.words_of(request)
    body = problem.body(words.language)
    shown = show(request, "problem.html", words, problem.status, problem=body)
    shown.headers.update(problem.headers)
    return shown


@asynccontextmanager
async def showing_pages(app: FastAPI) -> AsyncIterator[None]:
    """What pages need while the application runs."""
    elsewhere: str | None = app.state.recording_url
    async with own_client(app) as own, own_client(app, elsewhere) as recording:
        app.state.own, app.state.recording = own, recording
        app.state.problem_page = problem_page
        app.state.remembered = Remembered()
        yield
