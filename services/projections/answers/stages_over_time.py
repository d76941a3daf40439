"""How many partners were in each stage, month by month."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.occurrence import interval
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.event_log import merged_groups
from services.foundation.queries import QueryDate, QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS
from services.projections.answers.models.stages_over_time import StagesOverTimeAnswer
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import judge_of, see
from services.projections.answers.uncertain import Weighed, uncertain_beside
from services.projections.answers.windows import month_text, months_up_to, since
from services.projections.relationship.fold.stages import STAGES
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["insights"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("relationship", past=False))]
MOST_MONTHS: Final = 600
Moves = Counter[tuple[int, str]]
"""By the place of a month and a stage, how many more partners are in it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose stages are counted: of a group, of those an owner looks after."""

    group: str | None
    owner: str | None

    @property
    def everyone(self) -> bool:
        """Whether all partners are counted."""
        return self.group is None and self.owner is None

    def fit(self, seen: Sight) -> bool:
        """Whether a partner is one of them."""
        profile = seen.told.profile
        return self.group in {None, *profile.groups} and (
            self.owner in {None, profile.owner}
        )


@router.get(
    "/v1/stages", response_model=StagesOverTimeAnswer, responses=PROBLEMS | ROWS
)
def get_stages_over_time(
    request: Request,
    question: Asked,
    weighed: Weighed,
    first: Annotated[
        QueryDate | None,
        Query(
            alias="from",
            description="Its month is the first; default that of the first partner, "
            f"but at most {MOST_MONTHS} months back.",
        ),
    ] = None,
    group: Annotated[QueryText | None, Query()] = None,
    owner: Annotated[QueryText | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """How many partners were in each stage at each month's end, the last as of `as_of`.

    Judged by the newest policy; group and owner as they were as of `as_of`.
    """
    page = unpack_cursor(cursor, {**CUT, "month": str})
    question = frozen(question, page)
    after, filters = page["month"] if page else "", Filters(group, owner)
    window = since(question, first) if first else months_up_to(question, MOST_MONTHS)
    months = [month for month in window.months if month_text(month) > after]
    from_the_first = first is None and page is None
    if not from_the_first:
        months = months[: limit + 1]
    with request.app.state.pool.connection() as connection:
        found = count_stages(connection, question, filters, months) if months else []
        beside = uncertain_beside(connection, question, weighed)
    if from_the_first:
        found = _from_the_first(found)[: limit + 1]
    question = question.at_most(weighed.position)
    return respond_page(request, question, found, limit, ("month",), beside)


def _from_the_first(found: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    """The months from the first one with a partner: who has begun stays counted."""
    begun = (n for n, item in enumerate(found) if any(item[s] for s in STAGES))
    return list(found[next(begun, len(found)) :])


def count_stages(
    connection: Connection[Any],
    question: Question,
    filters: Filters,
    months: Sequence[date],
) -> list[Mapping[str, Json]]:
    """The partners in each stage at the ends of some months in order."""
    ends = _ends(question, months)
    moves = _moves(connection, question, filters, ends)
    counts = dict.fromkeys(STAGES, 0)
    items: list[Mapping[str, Json]] = []
    for place, month in enumerate(months):
        for stage in STAGES:
            counts[stage] += moves[place, stage]
        items.append({"month": month_text(month), **counts})
    return items


def _ends(question: Question, months: Sequence[date]) -> list[datetime]:
    """The last instants of months, none after `as_of`."""
    zone, as_of = question.grant.zone, question.as_of
    return [min(interval(month_text(month), zone).last, as_of) for month in months]


def _moves(
    connection: Connection[Any],
    question: Question,
    filters: Filters,
    ends: Sequence[datetime],
) -> Moves:
    otherwise = _belonging_otherwise(connection, question, filters)
    parameters = question.parameters(
        folded=sorted(otherwise),
        in_group=filters.group,
        owner=filters.owner,
        everyone=filters.everyone,
        ends=list(ends),
        first=ends[0],
        last=ends[-1],
    )
    moves, anew = Moves(), set(otherwise)
    for partner, stage, month, more in connection.execute(
        statement(HERE, "stages_over_time"), parameters
    ):
        if partner is not None:
            anew.add(partner)
        else:
            moves[month, stage] += more
    judge = judge_of(connection, question)
    for seen in see(connection, question, judge, anew).values():
        if filters.fit(seen):
            _move(moves, seen, ends)
    return moves


def _belonging_otherwise(
    connection: Connection[Any], question: Question, filters: Filters
) -> Collection[str]:
    """Partners whose rows may not tell their group or owner as of the question."""
    if filters.everyone:
        return ()
    parameters = question.parameters()
    rows = connection.execute(statement(HERE, "belonging_later"), parameters)
    streams = {stream for (stream,) in rows}
    groups = merged_groups(connection, question.ledger)
    return {tied for stream in streams for tied in groups.get(stream, (stream,))}


def _move(moves: Moves, seen: Sight, ends: Sequence[datetime]) -> None:
    """Add what one partner moves: into a stage at its row, out of it at the next."""
    rows = seen.told.stages.rows
    for row in rows:
        moves[bisect_left(ends, row.at), row.stage] += 1
    for row, following in pairwise(rows):
        moves[bisect_left(ends, following.at), row.stage] -= 1
