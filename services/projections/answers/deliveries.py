"""Deliveries, with what of each was acknowledged."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events import HelpDelivered
from contracts.events.base import PartnerId
from contracts.events.reading import read
from contracts.occurrence import format_instant
from contracts.quantity import plain
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, decode
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.deliveries import DeliveriesAnswer
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
DeliveryState = Literal["awaiting", "acknowledged", "disputed", "conceded"]


class Row(NamedTuple):
    """A delivery as the books have it."""

    partner: str
    ref: str
    stream: str
    side: str
    unit: str
    amount: Decimal
    delivered: Decimal
    acknowledged: Decimal
    awaiting: Decimal
    disputed: Decimal
    state: str
    event: str
    acts_from: Any

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return self.partner, self.ref


@router.get(
    "/v1/deliveries",
    response_model=DeliveriesAnswer,
    responses=PROBLEMS | ROWS | UNKNOWN,
)
def get_deliveries(
    request: Request,
    question: Asked,
    partner: Annotated[PartnerId | None, Query()] = None,
    state: Annotated[DeliveryState | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """Deliveries: awaiting an acknowledgement, acknowledged, disputed or conceded.

    One that is in part disputed is disputed, else one that in part awaits is awaiting.
    """
    page = unpack_cursor(cursor, {**CUT, "partner": str, "delivery": str})
    question = frozen(question, page)
    after = (page["partner"], page["delivery"]) if page else ("", "")
    with request.app.state.pool.connection() as connection:
        found = _search(connection, question, partner, after)
        wanted = (row for row in found if state in {None, row.state})
        rows = list(islice(wanted, limit + 1))
        items = read_items(connection, question, rows)
        beside = uncertain_beside(connection, question, question, partner)
    place = ("partner", "delivery")
    return respond_page(request, question, items, limit, place, beside)


def _search(
    connection: Connection[Any],
    question: Question,
    partner: str | None,
    after: tuple[str, str],
) -> Iterator[Row]:
    """Deliveries by partner and id after a place, a page of partners at a time."""
    for streams in _pages(connection, question, partner, after[0]):
        for row in read_rows(connection, question, streams):
            if row.place > after:
                yield row


def _pages(
    connection: Connection[Any], question: Question, partner: str | None, start: str
) -> Iterator[Streams]:
    if partner is not None:
        yield streams_for(connection, question, partner)
        return

    def following(after: str) -> Sequence[str]:
        parameters = question.parameters(after=after, max_rows=PARTNERS_A_PAGE)
        rows = connection.execute(statement(HERE, "partners_page"), parameters)
        return [name for (name,) in rows]

    yield from pages_of_streams(read_merges(connection, question), following, start)


def read_rows(
    connection: Connection[Any], question: Question, streams: Streams
) -> list[Row]:
    """The deliveries of the partners that streams answer for, by partner and id."""
    parameters = question.parameters(**streams.parameters)
    rows = connection.execute(statement(HERE, "deliveries"), parameters)
    return sorted((Row._make(row) for row in rows), key=lambda row: row.place)


def read_items(
    connection: Connection[Any], question: Question, rows: Sequence[Row]
) -> list[dict[str, Json]]:
    """The same as they are shown, with what the books do not hold."""
    told = _read_data(connection, question, rows)
    return [_item(row, told[row.event]) for row in rows]


def _read_data(
    connection: Connection[Any], question: Question, rows: Sequence[Row]
) -> Mapping[str, HelpDelivered]:
    """What was recorded of deliveries, by event, as corrected by the cut."""
    parameters = question.parameters(
        ids=[row.event for row in rows], streams=list({row.stream for row in rows})
    )
    found = connection.execute(statement(HERE, "delivery_events"), parameters)
    events = [decode(StoredEvent(*each)) for each in found]
    facts = read(events, question.grant.zone)
    return {f.event.id: f.data for f in facts if isinstance(f.data, HelpDelivered)}


def _item(row: Row, told: HelpDelivered) -> dict[str, Json]:
    quantity = {"amount": plain(row.amount), "unit": row.unit}
    return {
        "partner": row.partner,
        "delivery": row.ref,
        "by": row.side,
        "kind": told.kind,
        "quantity": None if told.quantity is None else quantity,
        "offer": _shown(row, told.offer),
        "commitment": _shown(row, told.commitment),
        "delivered": plain(row.delivered),
        "acknowledged": plain(row.acknowledged),
        "awaiting": plain(row.awaiting),
        "disputed": plain(row.disputed),
        "state": row.state,
        "event": row.event,
        "acts_from": format_instant(row.acts_from),
    }


def _shown(row: Row, reference: str | None) -> str | None:
    """A promise's id as it reads on the partner that answers for the delivery."""
    if reference is None or row.stream == row.partner or "/" in reference:
        return reference
    return f"{row.stream}/{reference}"
