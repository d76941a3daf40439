"""Facts recorded late: an audit of how soon what happened is written down."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.canonical import Json
from contracts.events.base import PartnerId
from contracts.occurrence import format_instant
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.acts import LateAnswer
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.uncertain import Weighed, uncertain_beside

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["insights"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("acts", past=False))]
MOST_DAYS: Final = 4_000_000
"""More than there are from the year 1 to the year 9999."""


@router.get("/v1/late", response_model=LateAnswer, responses=PROBLEMS | ROWS | UNKNOWN)
def get_late(
    request: Request,
    question: Asked,
    weighed: Weighed,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7,
    partner: Annotated[PartnerId | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """Facts of every type recorded at least so many days after they happened.

    The latest first; of equals the one recorded last. Dates are as corrected;
    corrections, retractions and policies are not facts of this kind.
    """
    page = unpack_cursor(cursor, {**CUT, "days": int, "position": int})
    question = frozen(question, page)
    parameters = question.parameters(
        partner=partner,
        days=days,
        before_days=page["days"] if page else MOST_DAYS,
        before_position=page["position"] if page else 0,
        max_rows=limit + 1,
    )
    which = "late" if partner is None else "late_of_partner"
    with request.app.state.pool.connection() as connection:
        beside = uncertain_beside(connection, question, weighed, partner)
        rows = connection.execute(statement(HERE, which), parameters)
        found = [_late(row) for row in rows]
    question, place = question.at_most(weighed.position), ("days", "position")
    return respond_page(request, question, found, limit, place, beside)


def _late(row: Sequence[Any]) -> dict[str, Json]:
    event, partner, position, type_name, occurred_at, *instants, by, days = row
    occurred_from, occurred_to, recorded_at = map(format_instant, instants)
    return {
        "event": event,
        "partner": partner,
        "position": position,
        "type": type_name,
        "occurred_at": occurred_at,
        "occurred_from": occurred_from,
        "occurred_to": occurred_to,
        "recorded_at": recorded_at,
        "recorded_by": by,
        "days": days,
    }
