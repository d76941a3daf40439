"""GET /v1/events/stream: what is recorded, as it is recorded."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool

from contracts.answers import ProblemAnswer
from contracts.events.base import StreamId
from contracts.requests import TypeName
from contracts.saying import Said
from services.foundation.access import Grant, may_read, still_may_read
from services.foundation.answers import negotiate
from services.foundation.describing.shared import refer
from services.foundation.following import Following
from services.foundation.freshness import MOST, Positions
from services.foundation.problems import Problem
from services.foundation.sse import MEDIA_TYPE, EventStream, Streams
from services.ledger.api.feed_pages import Feed, Format, Wanted

if TYPE_CHECKING:
    from services.ledger.store.log_reader import LogReader

router: Final = APIRouter(tags=["log"])
EXAMPLE: Final = """retry: 1000
id: 41

data: {"id":"0192f3a4-...","position":42,"partner":"acme","type":"ContactMade",...}
id: 42

: alive
id: 42

"""
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events, for ever: `id` is the position, `data` the "
        "event on one line. A comment comes when there is nothing to tell.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": EXAMPLE}},
        "headers": refer(("Cache-Control", "Ledger-Position", "X-Accel-Buffering")),
    },
    **{
        status: {"model": ProblemAnswer, "description": description}
        for status, description in (
            (401, "No valid key"),
            (403, "The key lacks the scope"),
            (406, "No such format of the answer"),
            (422, "A parameter is not valid, or lies beyond the head of the log"),
            (429, "The ledger has too many open streams"),
            (503, "The database does not answer, or no more streams are possible"),
        )
    },
}


def _wanted(
    grant: Annotated[Grant, Depends(may_read)],
    type: Annotated[list[TypeName] | None, Query(max_length=50)] = None,  # noqa: A002
    partner: Annotated[StreamId | None, Query()] = None,
    format: Annotated[Format, Query()] = "native",  # noqa: A002
) -> Wanted:
    return Wanted(grant.ledger, partner, frozenset(type or ()), format)


@router.get(
    "/v1/events/stream",
    status_code=200,
    response_class=EventStream,
    responses=RESPONSES,
)
async def stream_events(
    request: Request,
    wanted: Annotated[Wanted, Depends(_wanted)],
    after: Annotated[
        int | None,
        Query(ge=0, le=MOST, description="Begin after this position; default now."),
    ] = None,
    last_event_id: Annotated[
        int | None,
        Header(
            ge=0, le=MOST, description="The last position had; goes before `after`."
        ),
    ] = None,
) -> EventStream:
    """Follow what is recorded, in order, without a gap and without personal data."""
    negotiate(request, (MEDIA_TYPE,))
    reader: LogReader = request.app.state.log_reader
    streams: Streams = request.app.state.streams
    heads: Positions = request.app.state.heads
    head = await run_in_threadpool(reader.head, wanted.ledger)
    begin = _beginning(head, after, last_event_id)
    feed = Feed(reader, streams.reads, heads, wanted, begin)
    check = partial(still_may_read, request)
    following = Following(feed, heads, wanted.ledger, streams.pace, check)
    return EventStream(streams, wanted.ledger, following.told(), begin)


def _beginning(head: int, after: int | None, last_event_id: int | None) -> int:
    """Where to go on from; a place that this log never had must not wait in silence."""
    given = after if last_event_id is None else last_event_id
    if given is None:
        return head
    if given > head:
        name = "query/after" if last_event_id is None else "header/last-event-id"
        errors = [(f"/{name}", Said("lies beyond the head of the log"))]
        raise Problem("invalid", Said("See errors."), errors=errors)
    return given
