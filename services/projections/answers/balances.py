"""The balance of mutual benefit: of one partner, and of all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.occurrence import format_instant
from contracts.quantity import exact_arithmetic, plain
from services.foundation.answers import respond, respond_list, unpack_cursor
from services.foundation.database import planned_once, statement
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.balances import (
    BalanceAnswer,
    BalancesAnswer,
    PostingsAnswer,
)
from services.projections.answers.paging import CUT, cut_of, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.streams import (
    Streams,
    pages_of_streams,
    read_merges,
    streams_for,
)
from services.projections.answers.uncertain import count_uncertain

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["balances"], route_class=Answering)
AMOUNTS: Final = (
    "offered",
    "lapsed",
    "accepted",
    "committed",
    "outstanding",
    "delivered",
    "acknowledged",
    "awaiting",
    "disputed",
)
CONFIDENCES: Final = ("estimated", "reported", "confirmed")
PARTNERS_A_PAGE: Final = 100
Asked = Annotated[Question, Depends(asks("postings"))]


@router.get(
    "/v1/partners/{partner}/balance",
    response_model=BalanceAnswer,
    responses=PROBLEMS | UNKNOWN,
)
def get_balance(request: Request, partner: str, question: Asked) -> Response:
    """What each side offered, promised, gave and acknowledged, per unit."""
    with planned_once(request.app.state.pool) as connection:
        streams = streams_for(connection, question, partner)
        items = list(read_balances(connection, question, streams))
        uncertain = count_uncertain(connection, question, streams)
    for item in items:
        del item["partner"]
    body = {"partner": partner, **question.clocks, "uncertain": uncertain}
    return respond(request, question.answer(body | {"items": items}))


@router.get(
    "/v1/partners/{partner}/postings",
    response_model=PostingsAnswer,
    responses=PROBLEMS | ROWS | UNKNOWN,
)
def get_postings(
    request: Request,
    partner: str,
    question: Asked,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The postings behind a balance, in the order of the log."""
    page = unpack_cursor(cursor, {**CUT, "at": int, "n": int})
    question = frozen(question, page)
    with planned_once(request.app.state.pool) as connection:
        streams = streams_for(connection, question, partner)
        parameters = question.parameters(
            streams=streams.parameters["streams"],
            root=partner,
            after=page["at"] if page else 0,
            after_n=page["n"] if page else 0,
            max_rows=limit + 1,
        )
        rows = connection.execute(statement(HERE, "postings"), parameters).fetchall()
        uncertain = count_uncertain(connection, question, streams)
    items = [_posting(row) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    more = {**cut_of(question), "at": last[0], "n": last[1]} if last else None
    body = {"partner": partner, **question.clocks, "uncertain": uncertain}
    return respond_list(request, question.answer(body | {"items": items}), more)


@router.get("/v1/balances", response_model=BalancesAnswer, responses=PROBLEMS | ROWS)
def get_balances(
    request: Request,
    question: Asked,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The balances of all partners, a row per partner and unit."""
    page = unpack_cursor(cursor, {**CUT, "partner": str, "unit": str})
    question = frozen(question, page)
    after = (page["partner"], page["unit"]) if page else ("", "")
    with request.app.state.pool.connection() as connection:
        items = _take(all_balances(connection, question, after), limit + 1)
        uncertain = count_uncertain(connection, question)
    beside: dict[str, Json] = {"uncertain": uncertain}
    return respond_page(request, question, items, limit, ("partner", "unit"), beside)


def _take(items: Iterator[dict[str, Json]], most: int) -> list[dict[str, Json]]:
    return [item for item, _ in zip(items, range(most), strict=False)]


def all_balances(
    connection: Connection[Any], question: Question, after: tuple[str, str]
) -> Iterator[dict[str, Json]]:
    """Balances by partner and unit after a place, a page of partners at a time."""
    merges = read_merges(connection, question)

    def following(name: str) -> Sequence[str]:
        return _names(connection, question, name)

    for streams in pages_of_streams(merges, following, after[0]):
        for item in read_balances(connection, question, streams):
            if (item["partner"], item["unit"]) > after:
                yield item


def _names(
    connection: Connection[Any], question: Question, after: str
) -> Sequence[str]:
    parameters = question.parameters(after=after, max_rows=PARTNERS_A_PAGE)
    rows = connection.execute(statement(HERE, "partners_page"), parameters)
    return [name for (name,) in rows]


def read_balances(
    connection: Connection[Any], question: Question, streams: Streams
) -> Iterator[dict[str, Json]]:
    """The balances of the partners that streams answer for, by partner and unit."""
    parameters = question.parameters(**streams.parameters)
    sums = connection.execute(statement(HERE, "balances"), parameters).fetchall()
    gains = connection.execute(statement(HERE, "benefits"), parameters).fetchall()
    sides = {(root, unit, side): amounts for root, unit, side, *amounts in sums}
    gained = {(r, u, side, trust): amount for r, u, side, trust, amount in gains}
    for root, unit in sorted({key[:2] for key in [*sides, *gained]}):
        yield balance_item(root, unit, sides, gained)


def balance_item(
    root: str,
    unit: str,
    sides: Mapping[tuple[str, str, str], Sequence[str]],
    gained: Mapping[tuple[str, str, str, str], str],
) -> dict[str, Json]:
    """The balance in a unit, from the sums of each side and what each gained."""
    given = _amounts(sides.get((root, unit, "us")))
    received = _amounts(sides.get((root, unit, "partner")))
    with exact_arithmetic():
        net = Decimal(given["acknowledged"]) - Decimal(received["acknowledged"])
    benefit = {
        side: {
            trust: plain(Decimal(gained.get((root, unit, side, trust), "0")))
            for trust in CONFIDENCES
        }
        for side in ("us", "partner")
    }
    return {
        "partner": root,
        "unit": unit,
        "given": given,
        "received": received,
        "net": plain(net),
        "benefit": benefit,
    }


def _amounts(texts: Sequence[str] | None) -> dict[str, str]:
    values: Iterable[str] = texts or ["0"] * len(AMOUNTS)
    return {
        name: plain(Decimal(text)) for name, text in zip(AMOUNTS, values, strict=True)
    }


def read_nets(
    connection: Connection[Any], question: Question, streams: Streams
) -> dict[str, dict[str, str]]:
    """The net of each unit, by partner: lists need no more of a balance."""
    parameters = question.parameters(**streams.parameters)
    nets: dict[str, dict[str, str]] = {}
    for root, unit, net in connection.execute(statement(HERE, "nets"), parameters):
        nets.setdefault(root, {})[unit] = plain(Decimal(net))
    return nets


def _posting(row: Sequence[Any]) -> dict[str, Json]:
    position, _, event, acts_from, side, account, unit, amount, ref = row
    return {
        "position": position,
        "event": event,
        "acts_from": format_instant(acts_from),
        "side": side,
        "account": account,
        "unit": unit,
        "amount": plain(Decimal(amount)),
        "ref": ref,
    }
