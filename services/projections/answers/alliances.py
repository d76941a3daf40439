"""Alliances: the joint project, who is in it, what each side promised and delivered."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.events.base import ID, PartnerId
from contracts.events.reading import Fact
from contracts.saying import Said
from services.foundation.answers import respond, unpack_cursor
from services.foundation.database import statement
from services.foundation.problems import Problem
from services.foundation.queries import QueryText
from services.projections.answers.alliance_bodies import Told, sums, with_partner
from services.projections.answers.alliance_facts import read_help
from services.projections.answers.alliance_help import help_of
from services.projections.answers.alliance_states import (
    Tie,
    leading,
    name_of,
    summary,
    ties,
)
from services.projections.answers.documentation import PROBLEMS, ROWS, UNKNOWN
from services.projections.answers.models.alliances import (
    AllianceAnswer,
    AlliancesAnswer,
)
from services.projections.answers.paging import CUT, frozen, respond_page
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.relationships import (
    Judge,
    fold_at,
    happened,
    judge_of,
    read_group,
    see,
    see_one,
    setting_of,
)
from services.projections.answers.uncertain import Weighed, uncertain_beside
from services.projections.relationship.fold.moment import moments_of

HERE: Final = "services.projections.answers"
router: Final = APIRouter(tags=["alliances"], route_class=Answering)
Listed = Annotated[Question, Depends(asks("relationship", past=False))]
Asked = Annotated[Question, Depends(asks("relationship"))]
State = Literal["proposed", "deferred", "declined", "agreed", "in_force", "ended"]
ALLIANCES_AT_ONCE: Final = 100
_ALLIANCE: Final = re.compile(ID)
Found = tuple[str, Sequence[Tie]]
Facts = Mapping[str, Sequence[Fact]]


@router.get(
    "/v1/alliances", response_model=AlliancesAnswer, responses=PROBLEMS | ROWS | UNKNOWN
)
def get_alliances(
    request: Request,
    question: Listed,
    weighed: Weighed,
    state: Annotated[State | None, Query()] = None,
    partner: Annotated[PartnerId | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[QueryText | None, Query()] = None,
) -> Response:
    """The alliances from their proposals on, by id; one with several partners is one.

    With several partners its state is the first that any has of in_force, agreed,
    proposed, deferred, ended, declined.
    """
    page = unpack_cursor(cursor, {**CUT, "alliance": str})
    question = frozen(question, page)
    after = page["alliance"] if page else ""
    with request.app.state.pool.connection() as connection:
        judge = judge_of(connection, question)
        if partner is not None:
            see_one(connection, question, judge, partner)
        every = search_alliances(connection, question, judge, after)
        wanted = (
            (name, of)
            for name, of in every
            if (state is None or leading(of).state == state)
            and (partner is None or any(tie.partner == partner for tie in of))
        )
        found = list(islice(wanted, limit + 1))
        items = listed_alliances(connection, question, judge, found)
        beside = uncertain_beside(connection, question, weighed, partner)
    question = question.at_most(weighed.position)
    return respond_page(request, question, items, limit, ("alliance",), beside)


def search_alliances(
    connection: Connection[Any], question: Question, judge: Judge, after: str
) -> Iterator[Found]:
    """The alliances after a place with their partners, as of the question."""
    who = _partners(connection, question, judge)
    names = sorted(name for name in who if name > after)
    for start in range(0, len(names), ALLIANCES_AT_ONCE):
        some = names[start : start + ALLIANCES_AT_ONCE]
        partners = {partner for name in some for partner in who[name]}
        seen = see(connection, question, judge, partners)
        found: dict[str, list[Tie]] = {name: [] for name in some}
        for partner, sight in sorted(seen.items()):
            for tie in ties(partner, sight.told, question.as_of):
                if tie.name in found:
                    found[tie.name].append(tie)
        yield from ((name, of) for name, of in found.items() if of)


def _partners(
    connection: Connection[Any], question: Question, judge: Judge
) -> Mapping[str, set[str]]:
    """By alliance, the partners that it may be with at the cut."""
    rows = connection.execute(statement(HERE, "alliances"), question.parameters())
    who: dict[str, set[str]] = {}
    changed = set()
    for alliance, partner in rows:
        if alliance is None:
            changed.add(partner)
        else:
            who.setdefault(alliance, set()).add(partner)
    for partner, sight in see(connection, question, judge, changed).items():
        for key in sight.told.profile.alliances:
            who.setdefault(name_of(key), set()).add(partner)
    return who


def listed_alliances(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    found: Sequence[Found],
) -> list[dict[str, Json]]:
    """Alliances as they are listed, with what each side did of them."""
    partners = {tie.partner for _, of in found for tie in of}
    facts = read_help(connection, question, partners) if partners else {}
    told = _told((tie for _, of in found for tie in of), facts, question, judge)
    return [
        {
            **summary(name, of),
            "partners": list(dict.fromkeys(tie.partner for tie in of)),
            **sums(told[tie.partner, tie.key] for tie in of),
        }
        for name, of in found
    ]


def _told(
    of: Iterable[Tie], facts: Facts, question: Question, judge: Judge
) -> Mapping[tuple[str, str], Told]:
    """By partner and the id that it reads: the tie and the help."""
    by_partner: dict[str, list[Tie]] = {}
    for tie in of:
        by_partner.setdefault(tie.partner, []).append(tie)
    told = {}
    for partner, own in by_partner.items():
        setting = setting_of(question, judge, partner)
        known = happened(facts.get(partner, ()), question.as_of)
        help_ = help_of(list(moments_of(known, setting)))
        for tie in own:
            told[partner, tie.key] = Told(tie, help_)
    return told


@router.get(
    "/v1/alliances/{alliance}",
    response_model=AllianceAnswer,
    responses=PROBLEMS | UNKNOWN,
)
def get_alliance(request: Request, alliance: str, question: Asked) -> Response:
    """One alliance: its project, and with each partner what both sides did of it.

    A side is silent when it delivered nothing at all while the agreement was in force.
    """
    with request.app.state.pool.connection() as connection:
        body = one_alliance(connection, question, alliance)
    return respond(request, question.answer(body))


def one_alliance(
    connection: Connection[Any], question: Question, alliance: str
) -> dict[str, Json]:
    """An alliance with each of its partners; 404 when unknown at the cut."""
    judge = judge_of(connection, question)
    facts = _facts(connection, question, alliance)
    of = [
        tie
        for partner in sorted(facts)
        for tie in ties(
            partner, fold_at(facts[partner], question, judge, partner), question.as_of
        )
        if tie.name == alliance
    ]
    told = list(_told(of, facts, question, judge).values())
    return {
        **question.clocks,
        "uncertain": _uncertain(facts, question),
        **summary(alliance, of),
        "goals": list(_leading_goals(told)),
        **sums(told),
        "partners": [with_partner(one, question.as_of) for one in told],
    }


def _facts(connection: Connection[Any], question: Question, alliance: str) -> Facts:
    """The facts known at the cut of the partners of an alliance; 404 without any."""
    if not _ALLIANCE.fullmatch(alliance):
        raise _unknown()
    named = {"own": f'"alliance":"{alliance}"', "merged": f'/{alliance}"'}
    parameters = question.parameters(alliance=alliance, **named)
    rows = connection.execute(statement(HERE, "alliance_streams"), parameters)
    streams = [stream for (stream,) in rows]
    found = read_group(connection, question, streams) if streams else None
    facts = {
        partner: told
        for partner, told in (found.facts if found else {}).items()
        if any(_introduces(fact, alliance) for fact in told)
    }
    if not facts:
        raise _unknown()
    return facts


def _introduces(fact: Fact, alliance: str) -> bool:
    made = fact.introduced
    return made is not None and (made[0], made[2]) == ("alliance", alliance)


def _unknown() -> Problem:
    return Problem("not-found", Said("No such alliance was known at this cut."))


def _leading_goals(told: Sequence[Told]) -> tuple[str, ...]:
    """The goals with the partner that tells what the whole alliance is."""
    if not told:
        return ()
    return leading([one.tie for one in told]).alliance.goals


def _uncertain(facts: Facts, question: Question) -> int:
    """How many included events may have happened after `as_of`."""
    as_of = question.as_of
    known = (fact for told in facts.values() for fact in happened(told, as_of))
    return sum(fact.occurred_to > as_of for fact in known)
