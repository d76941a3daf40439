"""Partners as a list: who they are, how they stand, and the net of each balance."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection
from pydantic import Field

from contracts.events.base import PartnerId
from contracts.occurrence import format_instant
from services.foundation.answers import (
    Answer,
    not_a_cursor,
    respond_list,
    unpack_cursor,
)
from services.foundation.queries import QueryText
from services.projections.answers.balances import PARTNERS_A_PAGE, read_nets
from services.projections.answers.by_name import PLACE
from services.projections.answers.documentation import PROBLEMS, ROWS
from services.projections.answers.listing import list_partners
from services.projections.answers.listing_pages import Filters
from services.projections.answers.models.partners import PartnersAnswer
from services.projections.answers.paging import CUT, frozen
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import judge_of
from services.projections.answers.streams import read_merges, streams_of
from services.projections.answers.uncertain import Weighed, count_uncertain

if TYPE_CHECKING:
    from services.projections.answers.names import Names

router: Final = APIRouter(tags=["partners"], route_class=Answering)
Seen = Annotated[Question, Depends(asks("relationship", past=False))]
Stage = Literal[
    "identified",
    "acquainted",
    "exploring",
    "helping",
    "reciprocal",
    "ready",
    "allied",
    "compounding",
    "ended",
]
FlagName = Literal[
    "cooling",
    "dormant",
    "one_sided",
    "strained",
    "unearned",
    "silent_partner_in_alliance",
    "premature_proposal",
    "reactivated",
]
Some = Annotated[list[PartnerId], Field(max_length=200)]
SEARCHED: Final = "Part of an id, a name, or the name of one of its people."
Sort = Literal[
    "partner",
    "-partner",
    "name",
    "-name",
    "stage",
    "-stage",
    "last_contact",
    "-last_contact",
    "next_due",
    "-next_due",
]


@router.get("/v1/partners", response_model=PartnersAnswer, responses=PROBLEMS | ROWS)
def get_partners(
    request: Request,
    seen: Seen,
    weighed: Weighed,
    stage: Annotated[Stage | None, Query()] = None,
    flag: Annotated[FlagName | None, Query()] = None,
    group: Annotated[QueryText | None, Query()] = None,
    owner: Annotated[QueryText | None, Query()] = None,
    q: Annotated[QueryText | None, Query(description=SEARCHED)] = None,
    partner: Annotated[Some | None, Query(description="These only.")] = None,
    sort: Annotated[Sort, Query(description="`-` in front: descending.")] = "partner",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The partners: who they are, stage, flags, last contact, the net of each unit."""
    page = unpack_cursor(cursor, {**CUT, "key": str, "partner": str})
    seen, weighed = frozen(seen, page), frozen(weighed, page)
    filters = Filters(
        stage,
        flag,
        group,
        owner,
        q,
        None if partner is None else frozenset(partner),
        sort.removeprefix("-"),
        sort.startswith("-"),
    )
    after = _place(page, filters)
    names: Names = request.app.state.names
    with request.app.state.pool.connection() as connection:
        judge = judge_of(connection, seen)
        asked = (seen, judge, filters, names, after, limit + 1)
        found = list_partners(connection, *asked)
        listed = list(islice(found, limit + 1))
        nets = _nets(connection, weighed, [one.partner for one in listed[:limit]])
        unsure = count_uncertain(connection, weighed)
    items = [{**one.item, "net": nets.get(one.partner, {})} for one in listed[:limit]]
    more = None
    if len(listed) > limit:
        last = listed[limit - 1]
        cut = {"as_of": format_instant(seen.as_of), "top": seen.position}
        more = {**cut, "key": last.key, "partner": last.partner}
    position = min(seen.position, weighed.position)
    clocks = {**seen.clocks, "position": position}
    body = {**clocks, "uncertain": unsure, "items": items}
    headers = {**seen.headers, **weighed.headers}
    answer = Answer(body, position, headers, seen.unstable)
    return respond_list(request, answer, more)


def _place(page: Mapping[str, Any] | None, filters: Filters) -> tuple[str, str] | None:
    """The sort key and the partner that a cursor holds."""
    if page is None:
        return None
    if filters.sort == "name" and not PLACE.fullmatch(page["key"]):
        raise not_a_cursor()
    return page["key"], page["partner"]


def _nets(
    connection: Connection[Any], weighed: Question, partners: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The net of each unit, by partner; a page at a time, so that plans stay small."""
    merges, nets = read_merges(connection, weighed), dict[str, dict[str, str]]()
    for start in range(0, len(partners), PARTNERS_A_PAGE):
        streams = streams_of(merges, partners[start : start + PARTNERS_A_PAGE])
        nets |= read_nets(connection, weighed, streams)
    return nets
