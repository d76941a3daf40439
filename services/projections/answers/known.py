"""What was known of a partner at a cut, and what made two cuts differ."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from contracts.canonical import Json
from contracts.events import LEDGER_STREAM, RecordedEvent
from contracts.events.reading import Fact
from services.foundation.event_log import decode, read_streams
from services.projections.answers.balances import read_balances
from services.projections.answers.between import Cut
from services.projections.answers.differing import (
    Opening,
    as_stored,
    counting,
    is_merge,
    read_otherwise,
)
from services.projections.answers.relationships import (
    Judge,
    read_group,
    seen_in,
    uncertain,
)
from services.projections.answers.revisions import read_revisions, subjects
from services.projections.answers.stages import current, history
from services.projections.answers.streams import streams_for
from services.projections.relationship.fold.standing import Sight

POLICY: Final = "StagePolicyPublished"


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a partner at a cut, and the policy that judges it.

    `streams` are those for which it answered, and its own; `tied` are the facts of all
    that a merge ever tied to it. `answers`: it was known, and not merged away.
    """

    partner: str
    cut: Cut
    judge: Judge
    facts: Sequence[Fact]
    streams: frozenset[str]
    tied: Sequence[Fact]
    answers: bool


def known(connection: Connection[Any], cut: Cut, judge: Judge, partner: str) -> Known:
    """What was known of a partner at a cut."""
    found = read_group(connection, cut.seen, (partner,))
    told = {stream for stream, answering in found.roots.items() if answering == partner}
    facts = found.facts.get(partner, ())
    tied = [fact for told_together in found.facts.values() for fact in told_together]
    streams = frozenset({partner, *told})
    return Known(partner, cut, judge, facts, streams, tied, answers=bool(facts))


def stood(told: Known) -> Sight | None:
    """How a partner stood, folded from its facts; None before the first of them."""
    return seen_in(told.facts, told.cut.seen, told.judge, told.partner)


def state_of(
    connection: Connection[Any], told: Known, seen: Sight | None, language: str
) -> dict[str, Json]:
    """What answers said at a cut at which a partner answered for itself."""
    streams = streams_for(connection, told.cut.weighed, told.partner)
    balances = read_balances(connection, told.cut.weighed, streams)
    return {
        "policy": told.judge.name,
        "uncertain": uncertain(seen),
        "balance": [
            {name: value for name, value in item.items() if name != "partner"}
            for item in balances
        ],
        "current": None if seen is None else current(seen, language),
        "history": [] if seen is None else list(history(seen)),
    }


def events_between(
    connection: Connection[Any], then: Known, now: Known, opened: Opening = as_stored
) -> list[RecordedEvent]:
    """The events recorded in between that made facts, or the policy, read otherwise.

    Of a stream that was merged in between, the merge and what else changed since; of
    one that left, that it left. `opened` opens what is sealed in facts.
    """
    question, streams = now.cut.seen, then.streams | now.streams
    before = [f for f in then.tied if f.event.partner in streams]
    before = [f for f in before if is_merge(f) or f.event.partner in now.streams]
    as_of = question.as_of
    after = counting(now.facts, as_of)
    changed = read_otherwise(counting(before, as_of), after, opened)
    about = subjects(read_revisions(connection, question, streams))
    bounds = {"after": then.cut.position, "up_to": now.cut.position}
    rows = read_streams(connection, question.ledger, streams, **bounds)
    made = [decode(row) for row in rows if about.get(row.id, row.id) in changed]
    if then.judge != now.judge:
        made += _policies(connection, then.cut, now.cut)
    return sorted(made, key=lambda event: event.position)


def _policies(
    connection: Connection[Any], then: Cut, now: Cut
) -> Collection[RecordedEvent]:
    """Policies and their revisions that were recorded in between."""
    events = read_revisions(connection, now.seen, (LEDGER_STREAM,), POLICY)
    published = {event.id for event in events if event.type == POLICY}
    about = subjects(events)
    later = [event for event in events if event.position > then.position]
    return [event for event in later if about.get(event.id, event.id) in published]
