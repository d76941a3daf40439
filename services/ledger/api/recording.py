"""POST /v1/events: one event, or a list recorded atomically."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from contracts.answers import EventAnswer, EventsAnswer, ProblemAnswer
from contracts.canonical import Json, canonical
from contracts.requests import EventRequest
from contracts.saying import Said
from services.foundation.access import Grant, may_record
from services.foundation.answers import show
from services.foundation.describing.shared import refer
from services.foundation.event_log import answer_json
from services.foundation.problems import Problem
from services.ledger.api.refusing import as_problem, as_service_problem
from services.ledger.intake import bodies
from services.ledger.intake.prepare import EVENT_BYTES, Sender, prepare
from services.ledger.store import recordings as r

if TYPE_CHECKING:
    from services.ledger.store.writer import Writer

router: Final = APIRouter(tags=["recording"])
MOST_ITEMS: Final = 100
KEY: Final = r'^("[ !#-\[\]-~]{1,255}"|[!#-\[\]-~]{1,255})$'
"""A quoted one may also hold `\\"` and `\\\\`, and letters beyond ASCII."""
VERSION: Final = '^"(0|[1-9][0-9]{0,17})"$'
HEADERS: Final[list[dict[str, Any]]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": KEY},
        "description": "Makes the request repeatable: the same key and content give "
        "the first answer.",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": VERSION},
        "description": 'The version that the partner must be at, such as `"7"`; '
        '`"0"`: no such partner yet.',
    },
]
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope"),
        (409, "Conflicts with what is recorded"),
        (412, "The partner's stream has moved on"),
        (413, "Too large"),
        (415, "Not JSON"),
        (422, "Not valid, or the key was used with other content"),
        (429, "The key asks too often, or the ledger is full"),
        (503, "The database does not answer, or the outcome is not known"),
    )
}
RECORDED: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "Recorded now, or by an earlier request",
        "headers": refer(
            ("ETag", "Idempotent-Replayed", "Ledger-Position", "Location")
        ),
    }
}


@router.post(
    "/v1/events",
    status_code=201,
    response_model=EventAnswer | EventsAnswer,
    responses=PROBLEMS | RECORDED,
    openapi_extra={
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "oneOf": [
                            EventRequest.model_json_schema(),
                            {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": MOST_ITEMS,
                                "items": EventRequest.model_json_schema(),
                            },
                        ]
                    },
                    "example": {
                        "type": "ContactMade",
                        "partner": "acme",
                        "occurred_at": "2026-03-05",
                        "data": {"by": "partner", "channel": "phone", "minutes": 20},
                    },
                }
            },
        },
    },
)
async def record(
    request: Request, grant: Annotated[Grant, Depends(may_record)]
) -> Response:
    """Record one event, or a list of up to 100 of which all or none are recorded."""
    bodies.require_media_type(request, "application/json")
    body = await bodies.read_body(request, bodies.BODY_BYTES)
    content = bodies.read_json(body)
    _check_sizes(content, body)
    sender = Sender(grant.zone, grant.name, datetime.now(UTC))
    recording = prepare(content, sender, bodies.conditions_of(request))
    _check_one_partner(recording)
    writer: Writer = request.app.state.writer
    try:
        outcomes = await writer.record(r.Submission(grant.ledger, (recording,)))
    except r.WriterError as error:
        raise as_service_problem(error) from error
    outcome = outcomes.each[0]
    if isinstance(outcome, r.Refused):
        at = f"/{outcome.index}" if isinstance(content, list) else ""
        raise as_problem(outcome.reason, at)
    told = await _told(request, recording, outcome)
    return _receipt(outcome, told, in_list=isinstance(content, list))


def _check_sizes(content: Json, body: bytes) -> None:
    if not isinstance(content, list):
        if len(body) > EVENT_BYTES:
            raise bodies.too_large(EVENT_BYTES)
        return
    if not 1 <= len(content) <= MOST_ITEMS:
        reason = [("", Said("must be a list of 1 to {most} events", most=MOST_ITEMS))]
        raise Problem(
            "invalid", Said("Nothing was recorded; see errors."), errors=reason
        )
    if len(body) > EVENT_BYTES and any(_size(item) > EVENT_BYTES for item in content):
        raise bodies.too_large(EVENT_BYTES)


def _size(item: Json) -> int:
    try:
        return len(canonical(item).encode("utf-8", "replace"))
    except RecursionError:
        reason = [("", Said("is nested too deeply"))]
        raise Problem("invalid", Said("Nothing was recorded."), errors=reason) from None


def _check_one_partner(recording: r.Recording) -> None:
    if recording.expected_version is None:
        return
    if len({item.partner for item in recording.items}) > 1:
        reason = [("/headers/If-Match", Said("needs all events to be of one partner"))]
        raise Problem(
            "invalid", Said("Nothing was recorded; see errors."), errors=reason
        )


async def _told(request: Request, recording: r.Recording, outcome: r.Recorded) -> bytes:
    """The recorded events, with commas between.

    What was just sent is told as it was sent; personal text of a first answer only to
    who may read it.
    """
    if not outcome.replayed:
        sent = {item.id: item.text for item in recording.items}
        rows = [row._replace(data=sent[row.id]) for row in outcome.rows]
        return ",".join(map(answer_json, rows)).encode()
    told = ",".join(map(answer_json, outcome.rows)).encode()
    return await run_in_threadpool(show, request, told)


def _receipt(outcome: r.Recorded, told: bytes, *, in_list: bool) -> Response:
    rows = outcome.rows
    last = rows[-1]
    headers = {
        "Location": f"/v1/events/{rows[0].id}",
        "ETag": f'"{last.version}"',
        "Ledger-Position": str(last.position),
    }
    if outcome.replayed:
        headers["Idempotent-Replayed"] = "true"
    body = b'{"items":[%b]}' % told if in_list else told
    return Response(body, 201, headers, "application/json")
