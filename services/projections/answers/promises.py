"""Offers and commitments, with what became of them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events.base import PartnerId
from contracts.occurrence import format_instant
from contracts.quantity import plain
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.promises import CommitmentsAnswer, OffersAnswer
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.streams import (
    Streams,
    pages_of_streams,
    read_merges,
    streams_for,
)
from services.projections.answers.uncertain import uncertain_beside

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["promises"], route_class=Answering)
PARTNERS_A_PAGE: Final = 100
Asked = Annotated[Question, Depends(asks("postings"))]
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[QueryText | None, Query()]
OfferState = Literal["open", "lapsed", "accepted", "declined", "withdrawn", "completed"]
CommitmentState = Literal["open", "completed", "cancelled"]
Wanted = Callable[[dict[str, Json]], bool]


@router.get(
    "/v1/offers", response_model=OffersAnswer, responses=PROBLEMS | ROWS | UNKNOWN
)
def get_offers(
    request: Request,
    question: Asked,
    partner: Annotated[PartnerId | None, Query()] = None,
    state: Annotated[OfferState | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Offers: open, lapsed, accepted, declined, withdrawn or completed."""
    wanted = _wanted(state, overdue)
    return _answer(request, question, "offer", partner, wanted, limit, cursor)


@router.get(
    "/v1/commitments",
    response_model=CommitmentsAnswer,
    responses=PROBLEMS | ROWS | UNKNOWN,
)
def get_commitments(
    request: Request,
    question: Asked,
    partner: Annotated[PartnerId | None, Query()] = None,
    state: Annotated[CommitmentState | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Commitments: open, completed or cancelled."""
    wanted = _wanted(state, overdue)
    return _answer(request, question, "commitment", partner, wanted, limit, cursor)


def _wanted(state: str | None, overdue: bool | None) -> Wanted:  # noqa: FBT001
    def wanted(item: dict[str, Json]) -> bool:
        right_state = state is None or item["state"] == state
        return right_state and (overdue is None or item["overdue"] == overdue)

    return wanted


def _answer(
    request: Request,
    question: Question,
    kind: str,
    partner: str | None,
    wanted: Wanted,
    limit: int,
    cursor: str | None,
) -> Response:
    page = unpack_cursor(cursor, {**CUT, "partner": str, kind: str})
    question = frozen(question, page)
    after = (page["partner"], page[kind]) if page else ("", "")
    with request.app.state.pool.connection() as connection:
        found = search_promises(connection, question, kind, partner, after)
        chosen = (item for item in found if wanted(item))
        items = list(islice(chosen, limit + 1))
        beside = uncertain_beside(connection, question, question, partner)
    return respond_page(request, question, items, limit, ("partner", kind), beside)


def search_promises(
    connection: Connection[Any],
    question: Question,
    kind: str,
    partner: str | None,
    after: tuple[str, str],
) -> Iterator[dict[str, Json]]:
    """Promises by partner and id after a place, a page of partners at a time."""
    for streams in _pages(connection, question, kind, partner, after[0]):
        for item in read_promises(connection, question, kind, streams):
            if (item["partner"], item[kind]) > after:
                yield item


def read_promises(
    connection: Connection[Any], question: Question, kind: str, streams: Streams
) -> list[dict[str, Json]]:
    """The promises of the partners that streams answer for, by partner and id."""
    parameters = question.parameters(kind=kind, **streams.parameters)
    rows = connection.execute(statement(HERE, "promises"), parameters).fetchall()
    items = (_promise(kind, row) for row in rows)
    return sorted(items, key=lambda found: (found["partner"], found[kind]))


def _pages(
    connection: Connection[Any],
    question: Question,
    kind: str,
    partner: str | None,
    name: str,
) -> Iterator[Streams]:
    if partner is not None:
        yield streams_for(connection, question, partner)
        return
    merges = read_merges(connection, question)

    def following(after: str) -> Sequence[str]:
        return _names(connection, question, kind, after)

    yield from pages_of_streams(merges, following, name)


def _names(
    connection: Connection[Any], question: Question, kind: str, after: str
) -> list[str]:
    parameters = question.parameters(kind=kind, after=after, max_rows=PARTNERS_A_PAGE)
    rows = connection.execute(statement(HERE, "promisers_page"), parameters)
    return [name for (name,) in rows]


def _promise(kind: str, row: Sequence[Any]) -> dict[str, Json]:
    root, ref, side, help_, quantified, unit, total, against, remaining, *rest = row
    state, overdue, until, event, acts_from = rest
    quantity = {"amount": plain(total), "unit": unit} if quantified else None
    return {
        "partner": root,
        kind: ref,
        "by": side,
        "kind": help_,
        "quantity": quantity,
        "delivered": plain(against),
        "remaining": plain(remaining),
        "state": state,
        "overdue": overdue,
        "valid_until" if kind == "offer" else "due": until,
        "event": event,
        "acts_from": format_instant(acts_from),
    }
