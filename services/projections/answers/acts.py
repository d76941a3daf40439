"""The many small acts over time: rhythm, wheel and breadth."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events.base import PartnerId
from services.foundation.answers import not_a_cursor, unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryDate, QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.acts import (
    BreadthAnswer,
    RhythmAnswer,
    WheelAnswer,
)
from services.projections.answers.paging import (
    CUT,
    frozen,
    respond_page,
)
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.shares import share
from services.projections.answers.uncertain import Weighed, uncertain_beside
from services.projections.answers.windows import (
    Window,
    month_text,
    months_up_to,
    since,
)

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["insights"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("acts", past=False))]
Partner = Annotated[PartnerId | None, Query()]
From = Annotated[
    QueryDate | None,
    Query(alias="from", description="First day; default twelve months up to as_of."),
]
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[QueryText | None, Query()]
MOST_MONTHS: Final = 120
SPOKE: Final = ("month", "act", "kind", "by")
Items = list[dict[str, Json]]


@router.get(
    "/v1/rhythm", response_model=RhythmAnswer, responses=PROBLEMS | ROWS | UNKNOWN
)
def get_rhythm(
    request: Request,
    question: Asked,
    weighed: Weighed,
    partner: Partner = None,
    months: Annotated[int, Query(ge=1, le=MOST_MONTHS)] = 12,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """How often we were in touch: days with a contact, partners by months.

    By partner, then month. Each partner with any contact in the window, or the one
    asked for, has every month of it, those without contact too.
    """
    page = unpack_cursor(cursor, {**CUT, "partner": str, "month": str})
    question = frozen(question, page)
    after = (page["partner"], page["month"]) if page else ("", "")
    window = months_up_to(question, months)
    with request.app.state.pool.connection() as connection:
        beside = uncertain_beside(connection, question, weighed, partner)
        if partner is None:
            names = _in_touch(connection, question, window, after, limit)
        else:
            names = [partner]
        rows = _rhythm(connection, question, window, names)
    found = [row for row in rows if (row["partner"], row["month"]) > after]
    question, place = question.at_most(weighed.position), ("partner", "month")
    return respond_page(request, question, found, limit, place, beside)


def _in_touch(
    connection: Connection[Any],
    question: Question,
    window: Window,
    after: tuple[str, str],
    limit: int,
) -> Sequence[str]:
    """Partners enough for a page; the first one when the last page left it halfway."""
    partner, month = after
    parameters = question.parameters(
        after=partner, months=window.months, max_rows=limit // len(window.months) + 2
    )
    rows = connection.execute(statement(HERE, "rhythm_partners"), parameters)
    halfway = [partner] if month < month_text(window.last) else []
    return [*filter(None, halfway), *(name for (name,) in rows)]


def _rhythm(
    connection: Connection[Any],
    question: Question,
    window: Window,
    names: Sequence[str],
) -> Items:
    parameters = question.parameters(partners=names, months=window.months)
    rows = connection.execute(statement(HERE, "rhythm"), parameters)
    days = {(partner, month): counted for partner, month, *counted in rows}
    return [
        _rhythm_month(name, month, *days.get((name, month), (0, 0)))
        for name in names
        for month in window.months
    ]


def _rhythm_month(
    partner: str, month: date, contact_days: int, in_person_days: int
) -> dict[str, Json]:
    return {
        "partner": partner,
        "month": month_text(month),
        "contact_days": contact_days,
        "in_person_days": in_person_days,
        "in_person_share": share(in_person_days, contact_days),
    }


@router.get(
    "/v1/wheel", response_model=WheelAnswer, responses=PROBLEMS | ROWS | UNKNOWN
)
def get_wheel(
    request: Request,
    question: Asked,
    weighed: Weighed,
    partner: Partner = None,
    first: From = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """The spokes of the wheel: acts by month, what they were, their kind and side.

    Attempts are counted apart, as thin ones. Beside the items stand the partner and the
    act with most acts in the whole window; of equals the first by name.
    """
    page = unpack_cursor(cursor, {**CUT, **dict.fromkeys(SPOKE, str)})
    question = frozen(question, page)
    bounds = since(question, first).bounds
    parameters = question.parameters(**bounds, partner=partner, max_rows=limit + 1)
    which = "" if partner is None else "_of_partner"
    with request.app.state.pool.connection() as connection:
        beside = uncertain_beside(connection, question, weighed, partner)
        shares = connection.execute(statement(HERE, f"shares{which}"), parameters)
        beside |= _largest(shares.fetchall())
        place = _place(bounds, page)
        rows = connection.execute(statement(HERE, f"wheel{which}"), parameters | place)
        found = [_spoke(row) for row in rows]
    question = question.at_most(weighed.position)
    return respond_page(request, question, found, limit, SPOKE, beside)


def _place(
    bounds: Mapping[str, date], page: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The spoke to go on after; its month bounds the search."""
    month = bounds["first_month"] if page is None else _month_of(page)
    return {
        "after_month": month,
        "first_month": max(bounds["first_month"], month),
        **{f"after_{name}": page[name] if page else "" for name in SPOKE[1:]},
    }


def _month_of(page: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(f"{page['month']}-01")
    except ValueError:
        raise not_a_cursor() from None


def _spoke(row: Sequence[Any]) -> dict[str, Json]:
    month, act, kind, by, count, thin_count = row
    return {
        "month": month_text(month),
        "act": act,
        "kind": kind,
        "by": by,
        "count": count,
        "thin_count": thin_count,
    }


def _largest(rows: Sequence[Sequence[Any]]) -> dict[str, Json]:
    """The largest partner and act, each row one of both: kind, name, acts, all."""
    found: dict[str, Json] = {"largest_partner": None, "largest_act": None}
    for kind, name, acts, whole in rows:
        found[f"largest_{kind}"] = {kind: name, "share": share(acts, whole)}
    return found


@router.get("/v1/breadth", response_model=BreadthAnswer, responses=PROBLEMS | ROWS)
def get_breadth(
    request: Request,
    question: Asked,
    weighed: Weighed,
    first: From = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """How many partners our acts and theirs touched a month, and how many people.

    People are those of partners that acts name; attempts touch nobody.
    """
    page = unpack_cursor(cursor, {**CUT, "month": str})
    question = frozen(question, page)
    window = since(question, first)
    after = page["month"] if page else ""
    months = [m for m in window.months if month_text(m) > after][: limit + 1]
    with request.app.state.pool.connection() as connection:
        counted = _breadth(connection, question, window, months)
        beside = uncertain_beside(connection, question, weighed)
    found = [
        {"month": month_text(month), "partners": partners, "people": people}
        for month in months
        for partners, people in [counted.get(month, (0, 0))]
    ]
    question = question.at_most(weighed.position)
    return respond_page(request, question, found, limit, ("month",), beside)


def _breadth(
    connection: Connection[Any],
    question: Question,
    window: Window,
    months: Sequence[date],
) -> Mapping[date, tuple[int, int]]:
    if not months:
        return {}
    page = {"first_month": months[0], "last_month": months[-1]}
    parameters = question.parameters(**window.bounds | page)
    rows = connection.execute(statement(HERE, "breadth"), parameters)
    return {month: (partners, people) for month, partners, people in rows}
