"""What makes one partner's way unlike another's: a pure reading of its facts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Any, Final, TypeVar

from contracts.canonical import Json
from contracts.events import (
    BenefitReported,
    ContactAttempted,
    ContactMade,
    EventData,
    GoalAsked,
)
from contracts.events.reading import Fact
from contracts.occurrence import day_of, format_instant
from services.projections.acts.act import ACTS, act
from services.projections.answers.shares import share
from services.projections.relationship.fold.proposals import Proposal
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.things import Principle

Data = TypeVar("Data", bound=EventData)
STANCES: Final = ("respected", "supported", "understood", "rejected")
IN_PERSON: Final = "in_person"


def compared(
    facts: Sequence[Fact], told: Relationship, zone: tzinfo
) -> dict[str, Json]:
    """How a relationship went, from its facts in order of happening and their fold."""
    first = told.contacts.first
    begun = first.day if first else None
    return {
        **_beginnings(facts),
        **_rhythm(facts, zone),
        **_proposals(told.proposals),
        "stages": [
            {
                "stage": row.stage,
                "episode": row.episode,
                "from": format_instant(row.at),
                "days": _days(begun, row.at, zone),
            }
            for row in told.stages.rows
            if row.shown
        ],
        **_benefits(facts, begun, zone),
        "principles": _stances(told.profile.principles.values()),
        "wheel": _wheel(facts, zone),
    }


def _of(facts: Iterable[Fact], kind: type[Data]) -> Iterator[tuple[Fact, Data]]:
    """The facts of a type with their data, in order of happening."""
    return ((fact, fact.data) for fact in facts if isinstance(fact.data, kind))


def _seen(fact: Fact, **more: Json) -> dict[str, Json]:
    return {"event": fact.event.id, **more, "at": format_instant(fact.acts_from)}


def _beginnings(facts: Sequence[Fact]) -> dict[str, Json]:
    """Who first got in touch, and who first asked whom about goals."""
    contacts, asked = _of(facts, ContactMade), _of(facts, GoalAsked)
    return {
        "first_contact": next(
            (_seen(f, by=data.by, channel=data.channel) for f, data in contacts), None
        ),
        "first_goal_asked": next((_seen(f, by=data.by) for f, data in asked), None),
    }


def _rhythm(facts: Sequence[Fact], zone: tzinfo) -> dict[str, Json]:
    days = {day_of(f.acts_from, zone) for f, _ in _of(facts, ContactMade)}
    in_person = {
        day_of(fact.acts_from, zone)
        for fact, data in _of(facts, ContactMade)
        if data.channel == IN_PERSON
    }
    return {
        "contact_days": len(days),
        "in_person_share": share(len(in_person), len(days)),
        "attempts": sum(1 for _ in _of(facts, ContactAttempted)),
        "longest_silence": _silence(facts, zone),
    }


def _silence(facts: Sequence[Fact], zone: tzinfo) -> Json:
    """The most days between two contacts, the first such, and what ended them."""
    contacts = list(_of(facts, ContactMade))
    longest: tuple[int, Json] = (0, None)
    for (before, _), (fact, data) in pairwise(contacts):
        first, last = (day_of(f.acts_from, zone) for f in (before, fact))
        days = (last - first).days
        if days > longest[0]:
            ended = _seen(fact, by=data.by, channel=data.channel)
            span = {"from": first.isoformat(), "to": last.isoformat()}
            longest = (days, {"days": days, **span, "ended_by": ended})
    return longest[1]


def _proposals(proposals: Sequence[Proposal]) -> dict[str, Json]:
    """What was proposed, and how much was asked against how much was given."""
    return {
        "proposals": [
            {
                "event": proposal.event,
                "alliance": proposal.alliance,
                "by": proposal.by,
                "at": format_instant(proposal.at),
                "asks": list(proposal.asks),
                "gives": list(proposal.gives),
                "premature": proposal.premature,
            }
            for proposal in proposals
        ],
        "asks": sum(len(proposal.asks) for proposal in proposals),
        "gives": sum(len(proposal.gives) for proposal in proposals),
    }


def _benefits(
    facts: Sequence[Fact], begun: date | None, zone: tzinfo
) -> dict[str, Json]:
    """The first benefit to either side, and the first that was confirmed."""
    gains = [
        (
            _seen(fact, gained_by=data.gained_by, confidence=data.confidence)
            | {"days": _days(begun, fact.acts_from, zone)}
        )
        for fact, data in _of(facts, BenefitReported)
    ]
    sure = (gain for gain in gains if gain["confidence"] == "confirmed")
    return {
        "first_benefit": gains[0] if gains else None,
        "first_confirmed_benefit": next(sure, None),
    }


def _days(begun: date | None, at: datetime, zone: tzinfo) -> int | None:
    """Days since the first contact day; negative before it, None without one."""
    return None if begun is None else (day_of(at, zone) - begun).days


def _stances(principles: Iterable[Principle]) -> dict[str, Json]:
    """To how many of our principles the partner's latest stance is which."""
    latest = Counter(p.stance for p in principles if p.by == "us")
    return {stance: latest[stance] for stance in STANCES}


def _wheel(facts: Sequence[Fact], zone: tzinfo) -> dict[str, Any]:
    """How many acts of each kind, the attempts too."""
    done = (act(fact, fact.event.partner, zone) for fact in facts)
    counts: Mapping[str, int] = Counter(one.act for one in done if one)
    names = [kind.act for kind in ACTS.values()]
    return {name: counts[name] for name in names if name in counts}
