"""The pages of an application: their routers, their files, their client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from services.foundation.problems import Problem
from services.projections.pages import entering, insights, partner, record, routes
from services.projections.pages.asking import own_client
from services.projections.pages.showing import show

STATIC: Final = Path(__file__).parent / "static"
FILES: Final = {
    "style.css": "text/css",
    "live.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
DAY: Final = "public, max-age=86400"
files: Final = APIRouter(include_in_schema=False)
ROUTERS: Final = (
    entering.router,
    routes.router,
    record.router,
    insights.router,
    partner.router,
    files,
)


@files.get("/static/{name}")
async def static(request: Request, name: str) -> Response:  # noqa: ARG001
    """A file of the pages."""
    if name not in FILES:
        raise Problem("not-found", "There is no such file.")
    headers = {"Cache-Control": DAY}
    return FileResponse(STATIC / name, media_type=FILES[name], headers=headers)


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
    async with own_client(app) as own, own_client(app, None) as recording:
        app.state.own, app.state.recording = own, recording
        app.state.problem_page = problem_page
        yield
