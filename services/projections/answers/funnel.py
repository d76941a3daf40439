"""What became of all promises: how many got how far, and which are overdue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from services.foundation.answers import respond_list
from services.foundation.database import statement
from services.projections.answers.documentation import PROBLEMS, ROWS
from services.projections.answers.models.funnel import PromisesAnswer
from services.projections.answers.promises import read_promises
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.streams import read_merges, streams_of, survivor
from services.projections.answers.uncertain import count_uncertain

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["promises"], route_class=Answering)
DIRECTIONS: Final = {"us": "given", "partner": "received"}
KINDS: Final = ("offer", "commitment")
COUNTS: Final = (
    "made",
    "open",
    "lapsed",
    "accepted",
    "declined",
    "withdrawn",
    "completed",
    "cancelled",
    "delivered",
    "acknowledged",
    "overdue",
)
Asked = Annotated[Question, Depends(asks("postings"))]
Limit = Annotated[int, Query(ge=1, le=1000, description="Of the overdue.")]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many promises got how far, and the commitments overdue the longest."""

    items: list[dict[str, Json]]
    overdue: list[dict[str, Json]]


@router.get("/v1/promises", response_model=PromisesAnswer, responses=PROBLEMS | ROWS)
def get_promises(request: Request, question: Asked, limit: Limit = 100) -> Response:
    """How many promises got how far, and the commitments overdue the longest.

    All of the overdue, by partner: `/v1/commitments?overdue=true`.
    """
    with request.app.state.pool.connection() as connection:
        funnel = read_funnel(connection, question, limit)
        uncertain = count_uncertain(connection, question)
    body = {**question.clocks, "uncertain": uncertain}
    body |= {"items": funnel.items, "overdue": funnel.overdue}
    return respond_list(request, question.answer(body))


def read_funnel(connection: Connection[Any], question: Question, limit: int) -> Funnel:
    """Counts for each direction and kind of promise, and so many of the overdue."""
    parameters = question.parameters(max_rows=limit)
    connection.execute(statement(HERE, "large_sums"))
    rows = connection.execute(statement(HERE, "funnel"), parameters).fetchall()
    late: Sequence[str] = rows[0][-1] or () if rows else ()
    overdue = list(_commitments(connection, question, late))
    return Funnel(list(_items(rows)), overdue)


def _items(rows: Sequence[Sequence[Any]]) -> Iterator[dict[str, Json]]:
    counts = {(side, kind): counted for side, kind, *counted, _ in rows}
    none = (0,) * len(COUNTS)
    for side, kind in product(DIRECTIONS, KINDS):
        found = counts.get((side, kind), none)
        named = {"direction": DIRECTIONS[side], "promise": kind}
        yield named | dict(zip(COUNTS, found, strict=True))


def _commitments(
    connection: Connection[Any], question: Question, items: Sequence[str]
) -> Iterator[dict[str, Json]]:
    """Commitments named `<stream>/<id>`, as the list of commitments shows them."""
    merges = read_merges(connection, question)
    named = [_shown(merges, item) for item in items]
    streams = streams_of(merges, (partner for partner, _ in named))
    found = {
        (item["partner"], item["commitment"]): item
        for item in read_promises(connection, question, "commitment", streams)
    }
    yield from (found[name] for name in named)


def _shown(merges: Mapping[str, str], item: str) -> tuple[str, str]:
    """The partner that answers for an item, and its id as read there."""
    stream, _, reference = item.partition("/")
    partner = survivor(merges, stream)
    return partner, reference if partner == stream else item
