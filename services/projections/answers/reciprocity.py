"""Given and received per unit, over all partners or of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events.base import PartnerId
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryText
from services.projections.answers.balances import balance_item, read_balances
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.reciprocity import ReciprocityAnswer
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.streams import (
    Streams,
    read_merges,
    streams_for,
    survivor,
)
from services.projections.answers.uncertain import count_uncertain

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["balances"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("postings"))]


@dataclass(frozen=True, slots=True)
class Sides:
    """How many partners have an acknowledged part of given, of received, of both."""

    given: int = 0
    received: int = 0
    both: int = 0


@router.get(
    "/v1/reciprocity",
    response_model=ReciprocityAnswer,
    responses=PROBLEMS | ROWS | UNKNOWN,
)
def get_reciprocity(
    request: Request,
    question: Asked,
    partner: Annotated[PartnerId | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """Given and received, a row per unit: the sums of all balances.

    `partner` asks for one. Units are never added together, and zero is neutral.
    """
    page = unpack_cursor(cursor, {**CUT, "unit": str})
    question = frozen(question, page)
    after = page["unit"] if page else ""
    with request.app.state.pool.connection() as connection:
        streams = (
            None if partner is None else streams_for(connection, question, partner)
        )
        found = list(read_reciprocity(connection, question, streams))
        uncertain = count_uncertain(connection, question, streams)
    rest = [item for item in found if item["unit"] > after]
    beside = {"uncertain": uncertain}
    return respond_page(request, question, rest, limit, ("unit",), beside)


def read_reciprocity(
    connection: Connection[Any], question: Question, streams: Streams | None = None
) -> Iterator[dict[str, Json]]:
    """Given and received by unit: of one partner's streams, or of all partners."""
    if streams is None:
        yield from _of_all(connection, question)
        return
    for item in read_balances(connection, question, streams):
        given = int(item["given"]["acknowledged"] != "0")
        received = int(item["received"]["acknowledged"] != "0")
        yield _item(item, Sides(given, received, given * received))


def _of_all(
    connection: Connection[Any], question: Question
) -> Iterator[dict[str, Json]]:
    merges = read_merges(connection, question)
    merged = Streams(tuple((stream, survivor(merges, stream)) for stream in merges))
    parameters = question.parameters(**merged.parameters)
    connection.execute(statement(HERE, "large_sums"))
    sums = connection.execute(statement(HERE, "reciprocity"), parameters).fetchall()
    gains = connection.execute(statement(HERE, "benefits_all"), parameters).fetchall()
    sides = {("", unit, side): amounts for unit, side, _, _, *amounts in sums}
    counts = {(unit, side): (one, both) for unit, side, one, both, *_ in sums}
    gained = {("", unit, side, trust): much for unit, side, trust, much in gains}
    for unit in sorted({key[1] for key in [*sides, *gained]}):
        yield _item(balance_item("", unit, sides, gained), _sides(counts, unit))


def _sides(counts: Mapping[tuple[str, str], tuple[int, int]], unit: str) -> Sides:
    given, both = counts.get((unit, "us"), (0, 0))
    received, _ = counts.get((unit, "partner"), (0, 0))
    return Sides(given, received, both)


def _item(balance: Mapping[str, Json], sides: Sides) -> dict[str, Json]:
    return {
        **{name: value for name, value in balance.items() if name != "partner"},
        "partners_given": sides.given,
        "partners_received": sides.received,
        "partners_both": sides.both,
    }
