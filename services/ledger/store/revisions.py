"""What a correction or retraction is held against, gathered from log and batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from psycopg import Connection

from contracts.events import (
    LEDGER_STREAM,
    EventCorrected,
    EventData,
    EventRetracted,
    PartnerIdentified,
    PartnerMerged,
    PersonAdded,
    RecordedEvent,
)
from contracts.events.reading import Fact, read
from services.foundation.database import statement
from services.foundation.event_log import NO_MORE, decode, read_streams
from services.ledger.rules.checks import LedgerView
from services.ledger.rules.refusals import TargetNotFound
from services.ledger.rules.relationship import Relationship
from services.ledger.rules.replay import fold
from services.ledger.rules.revision import Revision, revise
from services.ledger.store.states import LedgerStates

HERE: Final = "services.ledger.store"
PARTNER_FIELDS: Final = frozenset(
    field
    for model in EventData.catalogue.values()
    for field, kind in model.named
    if kind == "partner"
)


class Undecided(Protocol):
    """What a revision needs of the batch that it is decided in."""

    connection: Connection[Any]
    states: LedgerStates
    events: list[RecordedEvent]

    def state(self, partner: str) -> Relationship:
        """The state of a stream as the batch leaves it so far."""


@dataclass(frozen=True, slots=True)
class Revised:
    """The events that were looked at, and what the revision completes to."""

    events: Sequence[RecordedEvent]
    completed: Mapping[str, Any]


def prepare_revision(batch: Undecided, candidate: RecordedEvent) -> Revised:
    """Decide a correction or retraction against all that it could touch."""
    change = candidate.data
    if not isinstance(change, EventCorrected | EventRetracted):
        raise TypeError(change)
    events = events_of(batch, group_of(batch, candidate.partner))
    targets = [e for e in events if e.id == change.target]
    if not targets:
        raise TargetNotFound("/data/target")
    may_vanish = isinstance(change, EventRetracted) or targets[0].data.introduces
    inside = {e.partner for e in events}
    outside = _outside(batch, targets[0], inside) if may_vanish else []
    named = partners_named([*events, candidate])
    partners = {partner: batch.state(partner) for partner in named}
    view = LedgerView(batch.state(LEDGER_STREAM), partners)
    zone = batch.states.zone
    completed = revise(Revision(events, outside, candidate, change, view, zone))
    return Revised(events, completed)


def group_of(batch: Undecided, partner: str) -> frozenset[str]:
    """The streams tied to one by merges, in the log or earlier in this batch."""
    merges = [
        {event.partner, event.data.into}
        for event in batch.events
        if isinstance(event.data, PartnerMerged)
    ]
    group, before = frozenset((partner,)), frozenset[str]()
    while group != before:
        before = group
        tied = [batch.states.group(batch.connection, p) for p in group]
        group = group.union(*tied, *(both for both in merges if both & group))
    return group


def events_of(batch: Undecided, streams: frozenset[str]) -> list[RecordedEvent]:
    """The events of some streams, this batch's included."""
    rows = read_streams(batch.connection, batch.states.ledger, streams)
    new = [event for event in batch.events if event.partner in streams]
    return [decode(row) for row in rows] + new


def refold(batch: Undecided, event: RecordedEvent) -> Mapping[str, Relationship]:
    """The states of all streams that a revision or merge touches."""
    streams = group_of(batch, event.partner)
    events = events_of(batch, streams)
    folded = fold(read(events, batch.states.zone))
    return {p: folded.state(p) for p in streams}


def _outside(
    batch: Undecided, target: RecordedEvent, inside: set[str]
) -> list[RecordedEvent]:
    """Events in force on other streams that name what the target introduced.

    Only partners and people of ours are named across streams. This reads the log after
    the target, which is as rare as taking back that somebody exists.
    """
    name = _named_across(target)
    if name is None:
        return []
    kind, reference = name
    parameters = (batch.states.ledger, target.position, f'"{reference}"')
    rows = batch.connection.execute(statement(HERE, "find_naming"), parameters)
    streams = {partner for (partner,) in rows} | {e.partner for e in batch.events}
    return [
        fact.event
        for stream in sorted(streams - inside)
        for fact in _naming(batch, stream, kind, reference)
    ]


def _naming(batch: Undecided, stream: str, kind: str, reference: str) -> list[Fact]:
    """The facts of a stream that name something of another by this reference."""
    facts = read(events_of(batch, frozenset((stream,))), batch.states.zone)
    own = (kind, stream, reference)  # from then on the reference means its own
    since = [fact.event.position for fact in facts if fact.introduced == own]
    before = min(since, default=NO_MORE)
    return [
        fact
        for fact in facts
        if fact.event.position < before
        and any((k, ref) == (kind, reference) for _, k, ref in fact.data.references())
    ]


def partners_named(events: Iterable[RecordedEvent]) -> set[str]:
    """The partners that events name, in their data or in the data of a correction."""
    named = set()
    for event in events:
        named |= {ref for _, kind, ref in event.data.references() if kind == "partner"}
        if isinstance(event.data, EventCorrected):
            corrected = event.data.data or {}
            values = (v for k, v in corrected.items() if k in PARTNER_FIELDS)
            named |= {name for name in values if isinstance(name, str)}
    return named


def _named_across(target: RecordedEvent) -> tuple[str, str] | None:
    match target.data:
        case PartnerIdentified():
            return "partner", target.partner
        case PersonAdded(person=person) if target.partner == LEDGER_STREAM:
            return "person", person or target.id
    return None
