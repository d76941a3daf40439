"""How far the projections are, and having them built anew."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from psycopg import Connection

from contracts.answers import ProblemAnswer
from contracts.canonical import Json
from contracts.occurrence import format_instant
from contracts.saying import Said
from services.foundation.access import Grant, may_admin, may_read
from services.foundation.answers import JSON, Answer, encode, negotiate, respond_list
from services.foundation.database import statement
from services.foundation.describing.shared import refer
from services.foundation.problems import Problem
from services.projections.answers.documentation import PROBLEMS, ROWS
from services.projections.answers.models.projections import (
    ProjectionAnswer,
    ProjectionsAnswer,
)
from services.projections.engine import generations
from services.projections.engine.generations import (
    BUILT,
    NoSuchProjection,
    NothingKept,
)

HERE: Final = "services.projections.answers"
ACCEPTED: Final = 202
NO_CONTENT: Final = 204
router: Final = APIRouter(tags=["projections"])
Name = Annotated[str, Path(pattern="^[a-z][a-z_]{0,63}$", description="A projection.")]
Admin = Annotated[Grant, Depends(may_admin)]
Ask = Callable[[Connection[Any], str, str], object]
KIND: Final = re.compile(r"((?:The switch failed: )?\w+): .*", re.DOTALL)
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope `admin`"),
        (404, "The ledger has no projection of that name"),
        (406, "No such format of the answer"),
        (422, "A parameter is not valid"),
        (503, "The database does not answer"),
    )
}
STOPPED: Final = {status: told for status, told in RESPONSES.items() if status != 406}  # noqa: PLR2004
ASKED: Final[dict[int | str, dict[str, Any]]] = {
    202: {
        "description": "A worker does it; the projection as it is now",
        "headers": refer(("Location",)),
    },
    **RESPONSES,
}
NOTHING_KEPT: Final[dict[int | str, dict[str, Any]]] = {
    **ASKED,
    409: {"model": ProblemAnswer, "description": "No earlier generation is kept"},
}


@router.get(
    "/v1/projections", response_model=ProjectionsAnswer, responses=PROBLEMS | ROWS
)
def get_projections(
    request: Request, grant: Annotated[Grant, Depends(may_read)]
) -> Response:
    """Every projection: its version, how far it is, and why it stopped if it did."""
    with request.app.state.pool.connection() as connection:
        items = read_projections(connection, grant.ledger)
    position = min((item["position"] for item in items), default=0)
    return respond_list(request, Answer({"items": items}, position))


@router.post(
    "/v1/projections/{name}/rebuild",
    status_code=ACCEPTED,
    response_model=ProjectionAnswer,
    responses=ASKED,
)
def post_rebuild(request: Request, grant: Admin, name: Name) -> Response:
    """Build a projection anew beside the one in use, and switch when it has caught up.

    While one is under way this changes nothing. Rows that differ at the same position
    are reported, and those in use stay.
    """
    return _asked(request, grant, name, generations.request_rebuild)


@router.delete(
    "/v1/projections/{name}/rebuild",
    status_code=NO_CONTENT,
    response_class=Response,
    responses=STOPPED,
)
def delete_rebuild(request: Request, grant: Admin, name: Name) -> Response:
    """Stop building; readers keep what they use."""
    with request.app.state.pool.connection() as connection:
        _ask(connection, grant, name, generations.cancel_rebuild)
    return Response(status_code=NO_CONTENT)


@router.post(
    "/v1/projections/{name}/rollback",
    status_code=ACCEPTED,
    response_model=ProjectionAnswer,
    responses=NOTHING_KEPT,
)
def post_rollback(request: Request, grant: Admin, name: Name) -> Response:
    """Go back to the generation that was in use before the last switch.

    It catches up first, by a worker of the version that made it.
    """
    return _asked(request, grant, name, generations.request_rollback)


@router.post(
    "/v1/projections/{name}/resume",
    status_code=ACCEPTED,
    response_model=ProjectionAnswer,
    responses=ASKED,
)
def post_resume(request: Request, grant: Admin, name: Name) -> Response:
    """Try the event again at which a projection has halted."""
    return _asked(request, grant, name, generations.resume)


def _asked(request: Request, grant: Grant, name: str, ask: Ask) -> Response:
    negotiate(request, (JSON,))
    with request.app.state.pool.connection() as connection:
        _ask(connection, grant, name, ask)
        told = read_projections(connection, grant.ledger)
    item = next(item for item in told if item["name"] == name)
    headers = {"Location": "/v1/projections"}
    return Response(encode(item), ACCEPTED, headers, media_type=JSON)


def _ask(connection: Connection[Any], grant: Grant, name: str, ask: Ask) -> None:
    try:
        ask(connection, grant.ledger, name)
    except NoSuchProjection:
        detail = Said("The ledger has no projection of that name; see /v1/projections.")
        raise Problem("not-found", detail) from None
    except NothingKept:
        detail = Said("No earlier generation is kept; build it anew instead.")
        raise Problem("conflict", detail) from None


def read_projections(connection: Connection[Any], ledger: str) -> list[dict[str, Json]]:
    """Every projection of a ledger, as it is told."""
    rows = connection.execute(statement(HERE, "projections"), {"ledger": ledger})
    return [_projection(row) for row in rows]


def _projection(row: tuple[Any, ...]) -> dict[str, Json]:
    name, version, generation, position, head, error, halted_at, lag, event = row[:9]
    error = _kind_of(error)
    rebuild = _rebuild(row[10:], head)
    under_way = rebuild is not None and rebuild["state"] in BUILT
    return {
        "name": name,
        "version": version,
        "generation": generation,
        "kept_generation": row[9],
        "position": position,
        "head": head,
        "lag": {"events": head - position, "seconds": round(float(lag or 0), 3)},
        "state": "halted" if error else "rebuilding" if under_way else "live",
        "progress": rebuild["progress"]
        if rebuild is not None and under_way
        else _progress(position, head),
        "last_error": error or (rebuild["error"] if rebuild is not None else None),
        "halted_at": halted_at,
        "halted_event": event,
        "rebuild": rebuild,
    }


def _rebuild(columns: tuple[Any, ...], head: int) -> dict[str, Json] | None:
    generation, version, state, position, begun_at, error, halted_at, event = columns
    if generation is None:
        return None
    return {
        "generation": generation,
        "version": version,
        "state": state,
        "position": position,
        "progress": _progress(position, head),
        "begun_at": format_instant(begun_at),
        "error": _kind_of(error),
        "halted_at": halted_at,
        "halted_event": event,
    }


def _kind_of(error: str | None) -> str | None:
    """An error without the message of an exception, which may repeat what rows say."""
    told = error and KIND.fullmatch(error)
    return told[1] if told else error


def _progress(position: int, head: int) -> float:
    return round(position / head, 4) if head else 1.0
