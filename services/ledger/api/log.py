"""GET /v1/events: the raw log, and one event of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.answers import (
    EventsAnswer,
    ProblemAnswer,
    RecordAnswer,
    RevisedEventAnswer,
)
from contracts.events.base import EventId, StreamId
from contracts.requests import TypeName
from contracts.saying import Said
from services.foundation import event_log
from services.foundation.access import Grant, may_read
from services.foundation.answers import (
    CSV,
    NDJSON,
    Answer,
    respond,
    respond_exactly,
    respond_list,
    unpack_cursor,
)
from services.foundation.freshness import MinPosition, Positions, Wait
from services.foundation.problems import Problem
from services.foundation.queries import QueryDate, QueryText
from services.ledger.integrity.records import record
from services.ledger.store.log_reader import LogReader, Search

router: Final = APIRouter(tags=["log"])
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": description}
    for status, description in (
        (401, "No valid key"),
        (403, "The key lacks the scope"),
        (406, "No such format of the answer"),
        (422, "A parameter is not valid"),
        (503, "Not up to date in time, or the database does not answer"),
    )
}
UNKNOWN: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": ProblemAnswer, "description": "No such event"},
}
ROWS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            NDJSON: {"schema": {"type": "string"}},
            CSV: {"schema": {"type": "string"}},
        }
    }
}


async def fresh_log(
    request: Request,
    grant: Annotated[Grant, Depends(may_read)],
    min_position: MinPosition = 0,
    wait: Wait = 5.0,
) -> Grant:
    """A grant to read a log that has reached `min_position`."""
    if min_position:
        heads: Positions = request.app.state.heads
        await heads.reach(grant.ledger, min_position, wait)
    return grant


Reader = Annotated[Grant, Depends(fresh_log)]


def _search(
    partner: Annotated[StreamId | None, Query()] = None,
    type: Annotated[list[TypeName] | None, Query(max_length=50)] = None,  # noqa: A002
    occurred_from: Annotated[QueryDate | None, Query()] = None,
    occurred_to: Annotated[QueryDate | None, Query()] = None,
    recorded_from: Annotated[QueryDate | None, Query()] = None,
    recorded_to: Annotated[QueryDate | None, Query()] = None,
    recorded_by: Annotated[QueryText | None, Query()] = None,
    correlation: Annotated[QueryText | None, Query()] = None,
    causation: Annotated[EventId | None, Query()] = None,
    source_system: Annotated[QueryText | None, Query()] = None,
    source_ref: Annotated[QueryText | None, Query()] = None,
    order: Annotated[Literal["position", "-position"], Query()] = "position",
) -> Mapping[str, Any]:
    return locals()


@router.get("/v1/events", response_model=EventsAnswer, responses=PROBLEMS | ROWS)
def list_events(
    request: Request,
    grant: Reader,
    search: Annotated[Mapping[str, Any], Depends(_search)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The recorded events in order of position, with filters."""
    reader: LogReader = request.app.state.log_reader
    page = unpack_cursor(cursor, {"at": int, "top": int})
    head = reader.head(grant.ledger)
    top = min(page["top"], head) if page else head
    wanted = Search.of(search, grant.zone, top, page["at"] if page else None, limit)
    rows = reader.search(grant.ledger, wanted)
    items = [event_log.answer(row) for row in rows[:limit]]
    more = {"at": rows[limit - 1].position, "top": top} if len(rows) > limit else None
    return respond_list(request, Answer({"items": items}, top), more)


@router.get(
    "/v1/events/{id}",
    response_model=RevisedEventAnswer | RecordAnswer,
    responses=PROBLEMS | UNKNOWN,
)
def get_event(
    request: Request,
    grant: Reader,
    id: str,  # noqa: A002
    format: Annotated[Literal["record"] | None, Query()] = None,  # noqa: A002
) -> Response:
    """One event as recorded, and what later corrected or retracted it.

    As `record` it is the exact bytes that the tree holds the hash of, sealed texts and
    all.
    """
    reader: LogReader = request.app.state.log_reader
    try:
        wanted = str(UUID(id))
    except ValueError:
        wanted = ""
    found = reader.find(grant.ledger, wanted) if wanted == id else None
    if found is None:
        raise Problem("not-found", Said("No such event in this ledger."))
    head = reader.head(grant.ledger)
    if format == "record":
        return respond_exactly(request, record(grant.ledger, found), head)
    revised = [event_log.answer(row) for row in reader.revisions(grant.ledger, found)]
    body = {**event_log.answer(found), "revised_by": revised}
    return respond(request, Answer(body, head))
