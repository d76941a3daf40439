"""How partners stood at a pair of cuts: from their rows, else folded anew."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from contracts.events.base import PARTNER
from contracts.events.reading import Fact
from contracts.saying import Said
from services.foundation.database import statement
from services.foundation.event_log import merged_groups
from services.foundation.problems import Problem
from services.projections.answers.question import Question
from services.projections.answers.streams import check_is_root, unknown
from services.projections.relationship.document import load
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import V1_NAME, Policy
from services.projections.relationship.fold.relationship import Relationship, fold
from services.projections.relationship.fold.standing import Sight, sight
from services.projections.relationship.streams import (
    Facts,
    read_facts,
    read_policies,
)

HERE: Final = "services.projections.answers"
_PARTNER: Final = re.compile(PARTNER)


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy, and what it is called in questions and answers."""

    name: str
    policy: Policy


def judge_of(
    connection: Connection[Any], question: Question, name: str | None = None
) -> Judge:
    """The policy that is asked for, else the newest that was known at the cut."""
    zone = question.grant.zone
    known = read_policies(connection, question.ledger, zone, question.position)
    if name is None:
        return Judge(*known.newest)
    found = known.named(name)
    if found is None:
        reason = Said("is neither {v1} nor a policy published by then", v1=V1_NAME)
        errors = [("/query/policy", reason)]
        raise Problem("invalid", Said("See errors."), errors=errors)
    return Judge(*found)


def setting_of(question: Question, judge: Judge, partner: str) -> Setting:
    """Whose eyes a partner is seen with."""
    return Setting(partner, question.grant.zone, judge.policy)


def see(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    partners: Collection[str],
) -> dict[str, Sight]:
    """How partners stood; those of whom nothing had happened by then are left out.

    A row tells the present from the last fact on, and as far back as nothing of the
    partner was recorded after the cut; any other question folds the log anew.
    """
    seen = _from_rows(connection, question, judge, partners)
    others = set(partners) - seen.keys()
    if others:
        found = read_group(connection, question, others)
        for partner in others:
            told = seen_in(found.facts.get(partner, ()), question, judge, partner)
            if told is not None:
                seen[partner] = told
    return seen


def _from_rows(
    connection: Connection[Any],
    question: Question,
    judge: Judge,
    partners: Collection[str],
) -> dict[str, Sight]:
    parameters = question.parameters(partners=list(partners), policy=judge.name)
    rows = connection.execute(statement(HERE, "documents"), parameters)
    return {
        partner: sight(
            load(document), question.as_of, setting_of(question, judge, partner)
        )
        for partner, document in rows
    }


def read_group(
    connection: Connection[Any], question: Question, partners: Collection[str]
) -> Facts:
    """The facts known at the cut of partners and of every stream tied to them."""
    groups = merged_groups(connection, question.ledger)
    streams = {s for p in partners for s in groups.get(p, (p,))}
    zone = question.grant.zone
    return read_facts(connection, question.ledger, zone, streams, question.position)


def fold_at(
    facts: Iterable[Fact], question: Question, judge: Judge, partner: str
) -> Relationship:
    """The relationship that the facts that had happened by `as_of` make."""
    setting = setting_of(question, judge, partner)
    return fold(happened(facts, question.as_of), setting)


def seen_in(
    facts: Iterable[Fact], question: Question, judge: Judge, partner: str
) -> Sight | None:
    """How a partner stood by its facts; None when none had happened by `as_of`."""
    told = fold_at(facts, question, judge, partner)
    if not told.facts:
        return None
    return sight(told, question.as_of, setting_of(question, judge, partner))


def happened(facts: Iterable[Fact], as_of: datetime) -> Sequence[Fact]:
    """The facts that had happened by an instant, in the order given."""
    return [fact for fact in facts if fact.acts_from <= as_of]


def see_one(
    connection: Connection[Any], question: Question, judge: Judge, partner: str
) -> Sight | None:
    """How one partner stood; None before its first event.

    404 when it is not known at the cut, or merged into another by then.
    """
    if not _PARTNER.fullmatch(partner):
        raise unknown()
    found = _from_rows(connection, question, judge, (partner,))
    if found:
        return found[partner]
    return seen_in(facts_of(connection, question, partner), question, judge, partner)


def facts_of(
    connection: Connection[Any], question: Question, partner: str
) -> Sequence[Fact]:
    """The facts known of one partner at the cut, in order of happening; else 404."""
    if not _PARTNER.fullmatch(partner):
        raise unknown()
    found = read_group(connection, question, (partner,))
    check_is_root(found.roots.get(partner, partner), partner)
    facts = found.facts.get(partner, ())
    if not facts:
        raise unknown()
    return facts


def uncertain(seen: Sight | None) -> int:
    """How many included events may have happened after `as_of`."""
    return 0 if seen is None else sum(i > seen.as_of for i in seen.told.imprecise)
