"""Partners side by side: how each relationship began, grew and bore fruit."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection
from pydantic import AfterValidator, StringConstraints

from contracts.canonical import Json
from contracts.events.base import PARTNER
from contracts.events.reading import Fact
from contracts.saying import Said
from services.foundation.answers import respond
from services.foundation.problems import Problem, language_of
from services.projections.answers.comparing import compared
from services.projections.answers.documentation import PROBLEMS, SPOKEN, UNKNOWN
from services.projections.answers.models.compare import CompareAnswer
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import (
    happened,
    judge_of,
    read_group,
    see,
    uncertain,
)
from services.projections.answers.stages import PolicyName, flag, spoken
from services.projections.relationship.fold.flags import flags
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.stages import EARNED
from services.projections.relationship.fold.standing import Sight

router: Final = APIRouter(tags=["stages"], route_class=Answering)
MOST: Final = 10


def _distinct(text: str) -> str:
    names = text.split(",")
    if len(set(names)) < len(names):
        reason = Said("names a partner twice")
        raise ValueError(reason)
    return text


Asked = Annotated[Question, Depends(asks("relationship"))]
Partners = Annotated[
    str,
    StringConstraints(pattern=f"^{PARTNER}(,{PARTNER}){{1,{MOST - 1}}}$"),
    AfterValidator(_distinct),
    Query(description=f"The ids of 2 to {MOST} partners, with commas between them."),
]


@router.get(
    "/v1/compare", response_model=CompareAnswer, responses=PROBLEMS | SPOKEN | UNKNOWN
)
def get_comparison(
    request: Request,
    partners: Partners,
    question: Asked,
    policy: PolicyName | None = None,
) -> Response:
    """Who asked first, what was asked and given, rhythm, stages, benefit, wheel.

    Days count from the first contact day of each partner, over all its episodes.
    """
    names = partners.split(",")
    with request.app.state.pool.connection() as connection:
        judge = judge_of(connection, question, policy)
        told = _facts(connection, question, names)
        seen = see(connection, question, judge, names)
    language = language_of(request)
    items = [
        _compared(partner, facts, question, seen.get(partner), language)
        for partner, facts in zip(names, told, strict=True)
    ]
    unsure = sum(map(uncertain, seen.values()))
    body = {**question.clocks, "uncertain": unsure, "policy": judge.name}
    body |= {"partners": items}
    return respond(request, question.answer(body, spoken(request)))


def _facts(
    connection: Connection[Any], question: Question, names: Sequence[str]
) -> list[Sequence[Fact]]:
    """The facts of each partner; 404 says which is not known, or merged, at the cut."""
    found = read_group(connection, question, names)
    for number, partner in enumerate(names):
        pointer = f"/query/partners/{number}"
        into = found.roots.get(partner, partner)
        if into != partner:
            detail = Said("The partner was merged into another, which answers for it.")
            errors = [(pointer, Said("was merged into another"))]
            raise Problem("not-found", detail, errors=errors, merged_into=into)
        if not found.facts.get(partner):
            errors = [(pointer, Said("was not known at this cut"))]
            raise Problem("not-found", Said("See errors."), errors=errors)
    return [found.facts[partner] for partner in names]


def _compared(
    partner: str,
    facts: Sequence[Fact],
    question: Question,
    seen: Sight | None,
    language: str,
) -> dict[str, Json]:
    told = Relationship() if seen is None else seen.told
    return {
        "partner": partner,
        **_standing(seen, language),
        **compared(happened(facts, question.as_of), told, question.grant.zone),
    }


def _standing(seen: Sight | None, language: str) -> dict[str, Json]:
    """Who it is and how it stands; nulls before its first event."""
    if seen is None:
        nothing = dict.fromkeys(("name", "stage", "earned", "episode"))
        return {**nothing, "flags": []}
    now = seen.told.stages.now
    return {
        "name": seen.told.profile.name,
        "stage": now.stage,
        "earned": EARNED[now.earned],
        "episode": now.episode,
        "flags": [flag(one, language) for one in flags(seen)],
    }
