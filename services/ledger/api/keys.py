"""/v1/keys: who may come in."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from contracts.answers import KeysAnswer, NewKeyAnswer, ProblemAnswer
from contracts.requests import KeyRequest
from contracts.saying import Said
from services.foundation.access import Grant, Keys, KeyTerms, may_admin
from services.foundation.answers import (
    CSV,
    JSON,
    NDJSON,
    Answer,
    encode,
    negotiate,
    respond_list,
    unpack_cursor,
)
from services.foundation.describing.shared import refer
from services.foundation.faults import faults
from services.foundation.problems import Problem
from services.foundation.queries import QueryText
from services.ledger.intake import bodies

router: Final = APIRouter(tags=["keys"])
BODY_BYTES: Final = 4 * 1024
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope"),
        (422, "Not valid"),
        (429, "The key asks too often"),
        (503, "The database does not answer"),
    )
}
LISTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            NDJSON: {"schema": {"type": "string"}},
            CSV: {"schema": {"type": "string"}},
        }
    },
    406: {"model": ProblemAnswer, "description": "No such format of the answer"},
    **PROBLEMS,
}
MADE: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "The key, shown this once",
        "headers": refer(("Cache-Control", "Location")),
    },
    406: {"model": ProblemAnswer, "description": "No such format of the answer"},
    413: {"model": ProblemAnswer, "description": "Too large"},
    415: {"model": ProblemAnswer, "description": "Not JSON"},
    **PROBLEMS,
}
REVOKED: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "Revoked"},
    404: {"model": ProblemAnswer, "description": "No such key"},
    **PROBLEMS,
}
Admin = Annotated[Grant, Depends(may_admin)]


@router.get("/v1/keys", response_model=KeysAnswer, responses=LISTED)
def list_keys(
    request: Request,
    grant: Admin,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The keys of the ledger, revoked ones too, oldest first; no secret is in them."""
    keys: Keys = request.app.state.keys
    page = unpack_cursor(cursor, {"after": str, "id": str})
    after = (_instant(page["after"]), page["id"]) if page else (BEGINNING, "")
    found = keys.page(grant.ledger, after, limit + 1)
    items = [key.told() for key in found[:limit]]
    last = items[-1] if len(found) > limit else None
    more = None if last is None else {"after": last["created_at"], "id": last["id"]}
    return respond_list(request, Answer({"items": items}, 0), more)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        wrong = [("/query/cursor", Said("is not a cursor of this path"))]
        raise Problem(
            "invalid", Said("Follow the `Link` of an answer."), errors=wrong
        ) from (None)


@router.post(
    "/v1/keys",
    status_code=201,
    response_model=NewKeyAnswer,
    responses=MADE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": KeyRequest.model_json_schema(),
                    "example": {"name": "newsletter", "scopes": ["record"]},
                }
            },
        }
    },
)
async def create_key(request: Request, grant: Admin) -> Response:
    """Make a key of the ledger; its secret is shown this once."""
    negotiate(request, (JSON,))
    bodies.require_media_type(request, JSON)
    sent = bodies.read_json(await bodies.read_body(request, BODY_BYTES))
    try:
        asked = KeyRequest.model_validate(sent)
    except ValidationError as error:
        raise Problem(
            "invalid", Said("No key was made."), errors=faults(error)
        ) from None
    keys: Keys = request.app.state.keys
    scopes = sorted(set(asked.scopes))
    terms = KeyTerms(asked.name, scopes, asked.requests_per_second)
    made = await run_in_threadpool(keys.create, grant.ledger, terms)
    headers = {"Location": f"/v1/keys/{made.id}", "Cache-Control": "no-store"}
    body = encode({"id": made.id, "key": made.key})
    return Response(body, 201, headers, JSON)


@router.delete("/v1/keys/{id}", status_code=204, responses=REVOKED)
def revoke_key(request: Request, grant: Admin, id: str) -> Response:  # noqa: A002
    """Revoke a key, at once; what it recorded keeps its name."""
    keys: Keys = request.app.state.keys
    if not keys.revoke(grant.ledger, id):
        raise Problem("not-found", Said("No such key in this ledger."))
    request.app.state.access.forget(grant.ledger)
    return Response(status_code=204)
