"""Which paths there are, and which methods each of them knows."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match


def spelled_out(app: FastAPI) -> frozenset[str]:
    """The paths of an application that hold no name in braces."""
    paths = {route.path or "/" for route in iter_route_contexts(app.routes)}
    return frozenset(path for path in paths if "{" not in path)


async def only_own_path(request: Request) -> None:
    """A dependency of every path: 405 where another one is spelled out.

    `GET /v1/events/batch` asks for no event, though `/v1/events/{id}` would take it.
    """
    route: Any = request.scope["route"]
    if "{" in route.path and request.url.path in request.app.state.spelled_out:
        raise HTTPException(405)


def methods_of(request: Request) -> list[str]:
    """What the path of a request allows; the one that is spelled out goes first."""
    matching = [
        route
        for route in iter_route_contexts(request.app.routes)
        if route.matches(request.scope)[0] is not Match.NONE
    ]
    paths = [route.path for route in matching]
    own = request.url.path if request.url.path in paths else paths[0]
    return sorted(_methods(route.methods for route in matching if route.path == own))


def _methods(each: Iterable[set[str] | None]) -> set[str]:
    return set().union(*(methods or () for methods in each))
