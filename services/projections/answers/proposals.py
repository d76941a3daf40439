"""Proposals of an alliance, first of all those that came before their time."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events.base import PartnerId
from contracts.occurrence import format_instant
from services.foundation.answers import unpack_cursor
from services.foundation.database import statement
from services.foundation.queries import QueryText
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.alliances import ProposalsAnswer
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import Judge, judge_of, see, see_one
from services.projections.answers.uncertain import Weighed, uncertain_beside
from services.projections.relationship.fold.proposals import Proposal, cleared_at
from services.projections.relationship.fold.stages import EARNED
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["alliances"], route_class=Answering)
Asked = Annotated[Question, Depends(asks("relationship", past=False))]
Premature = Literal["true", "false", "any"]
PARTNERS_AT_ONCE: Final = 100
PLACE: Final = ("partner", "at", "event")
Place = tuple[str, str, str]


@router.get(
    "/v1/proposals", response_model=ProposalsAnswer, responses=PROBLEMS | ROWS | UNKNOWN
)
def get_proposals(
    request: Request,
    question: Asked,
    weighed: Weighed,
    partner: Annotated[PartnerId | None, Query()] = None,
    premature: Annotated[
        Premature, Query(description="`any`: those in good time too.")
    ] = "true",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """Premature proposals: who proposed what to whom, and how far the two were then.

    By partner, then in order of happening. What has cleared one since is told too.
    """
    page = unpack_cursor(cursor, {**CUT, **dict.fromkeys(PLACE, str)})
    question = frozen(question, page)
    after = (page["partner"], page["at"], page["event"]) if page else ("", "", "")
    with request.app.state.pool.connection() as connection:
        judge = judge_of(connection, question)
        if partner is None:
            sights = search_proposers(
                connection, question, judge, after, premature, limit + 1
            )
        else:
            seen = see_one(connection, question, judge, partner)
            sights = iter([(partner, seen)] if seen else [])
        every = (item for name, sight in sights for item in proposals_of(name, sight))
        wanted = (
            item
            for item in every
            if premature in {"any", str(item["premature"]).lower()}
            and (item["partner"], item["at"], item["event"]) > after
        )
        found = list(islice(wanted, limit + 1))
        beside = uncertain_beside(connection, question, weighed, partner)
    question = question.at_most(weighed.position)
    return respond_page(request, question, found, limit, PLACE, beside)


def search_proposers(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    after: Place,
    premature: Premature,
    wanted: int,
) -> Iterator[tuple[str, Sight]]:
    """Partners that may have proposals from a place on, by name.

    `wanted` is how many are likely to be taken.
    """
    name = after[0]
    if name:
        yield from see(connection, question, judge, [name]).items()
    parameters = question.parameters(premature_only=premature == "true")
    most = min(wanted, PARTNERS_AT_ONCE)
    while True:
        place = parameters | {"after": name, "max_rows": most}
        rows = connection.execute(statement(HERE, "proposers"), place).fetchall()
        names = [partner for (partner,) in rows]
        yield from sorted(see(connection, question, judge, names).items())
        if len(names) < most:
            return
        name, most = names[-1], PARTNERS_AT_ONCE


def proposals_of(partner: str, seen: Sight) -> Iterator[Mapping[str, Json]]:
    """The proposals of a partner in order of happening, equals by event."""
    of = sorted(seen.told.proposals, key=lambda p: (p.at, p.event))
    return (_proposal(partner, proposal, seen) for proposal in of)


def _proposal(partner: str, told: Proposal, seen: Sight) -> Mapping[str, Json]:
    cleared = cleared_at(told, seen.told.stages) if told.premature else None
    return {
        "partner": partner,
        "event": told.event,
        "alliance": told.alliance,
        "by": told.by,
        "at": format_instant(told.at),
        "scope": told.scope,
        "asks": list(told.asks),
        "gives": list(told.gives),
        "earned": EARNED[told.earned],
        "days_since_first_contact": told.days,
        "premature": told.premature,
        "cleared_at": None if cleared is None else format_instant(cleared),
    }
