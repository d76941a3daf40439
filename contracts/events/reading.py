"""How a stream reads: corrections applied, and the order of happening.

Rules and folds share this. A *fact* is a recorded event that is in force, with the date
and data that the latest corrections give it, and the time from which it acts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from contracts.events.alliance import (
    AllianceAgreed,
    AllianceEnded,
    CommitmentCancelled,
    CommitmentChanged,
    ProposalDeclined,
    ProposalDeferred,
)
from contracts.events.base import EventData, RecordedEvent
from contracts.events.friction import IssueResolved
from contracts.events.governance import EventCorrected, EventRetracted
from contracts.events.help import (
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    HelpDelivered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
)
from contracts.events.understanding import PrincipleAcknowledged
from contracts.occurrence import interval

Thing = tuple[str, str, str]
"""A thing of a ledger: its kind, the stream that it is of, its id there."""

ANSWERED: Final[Mapping[type[EventData], tuple[tuple[str, str], ...]]] = {
    OfferAccepted: (("offer", "offer"),),
    OfferDeclined: (("offer", "offer"),),
    OfferWithdrawn: (("offer", "offer"),),
    HelpDelivered: (("offer", "offer"), ("commitment", "commitment")),
    DeliveryAcknowledged: (("delivery", "delivery"),),
    DeliveryDisputed: (("delivery", "delivery"),),
    DisputeResolved: (("delivery", "delivery"), ("delivery", "dispute")),
    CommitmentChanged: (("commitment", "commitment"),),
    CommitmentCancelled: (("commitment", "commitment"),),
    PrincipleAcknowledged: (("principle", "principle"),),
    IssueResolved: (("issue", "issue"),),
    ProposalDeclined: (("alliance", "alliance"),),
    ProposalDeferred: (("alliance", "alliance"),),
    AllianceAgreed: (("alliance", "alliance"),),
    AllianceEnded: (("alliance", "agreement"),),
}
"""The field that names what an event answers, and the kind of thing answered."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded event in force, as it reads after its corrections."""

    event: RecordedEvent
    data: EventData
    completed: Mapping[str, Any]
    occurred_from: datetime
    occurred_to: datetime
    acts_from: datetime

    @property
    def introduced(self) -> Thing | None:
        """What this fact brings into its stream."""
        return introduced_by(self.event.partner, self.event.id, self.data)


def thing(stream: str, kind: str, reference: str) -> Thing:
    """What a reference on a stream names: `x` its own, `merged/x` a merged one's."""
    partner, slash, name = reference.rpartition("/")
    return (kind, partner, name) if slash else (kind, stream, reference)


def introduced_by(stream: str, event_id: str, data: EventData) -> Thing | None:
    """The thing that an event introduces; its id is the event's own if left out."""
    if data.introduces is None:
        return None
    field, kind = data.introduces
    return thing(stream, kind, getattr(data, field) or event_id)


def in_force(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events that no retraction in force takes away, in order of position."""
    retracted: set[str] = set()
    kept = []
    for event in reversed(events):
        if event.id in retracted:
            continue
        kept.append(event)
        if isinstance(event.data, EventRetracted):
            retracted.add(event.data.target)
    kept.reverse()
    return kept


def as_fact(event: RecordedEvent) -> Fact:
    """An event as it was recorded; what it answers was known to the recorder."""
    acts_from = event.completed.get("acts_from")
    return Fact(
        event=event,
        data=event.data,
        completed=event.completed,
        occurred_from=event.occurred_from,
        occurred_to=event.occurred_to,
        acts_from=datetime.fromisoformat(acts_from)
        if acts_from
        else event.occurred_from,
    )


def read(events: Sequence[RecordedEvent], zone: tzinfo) -> list[Fact]:
    """The facts of a stream, or of merged streams, in order of position.

    Corrections and retractions are among them, unchanged: they are events too.
    """
    kept = in_force(events)
    facts: dict[str, Fact] = {e.id: as_fact(e) for e in kept}
    for event in kept:
        if isinstance(event.data, EventCorrected) and event.data.target in facts:
            target = facts[event.data.target]
            facts[event.data.target] = corrected(target, event, zone)
    return _with_acting_times(facts.values())


def corrected(target: Fact, correction: RecordedEvent, zone: tzinfo) -> Fact:
    """The target as a correction has it, field by field."""
    change = correction.data
    if not isinstance(change, EventCorrected):
        return target
    if change.occurred_at is not None:
        span = interval(change.occurred_at, zone)
        target = replace(target, occurred_from=span.first, occurred_to=span.last)
    if change.data is not None:
        data = type(target.data).model_validate(dict(change.data))
        target = replace(target, data=data, completed=correction.completed)
    return target


def _with_acting_times(facts: Iterable[Fact]) -> list[Fact]:
    clock = ActingTimes()
    return [replace(fact, acts_from=clock.advance(fact)) for fact in facts]


class ActingTimes:
    """From when the things of a stream act, learned fact by fact in recorded order."""

    def __init__(self) -> None:
        self._times: dict[Thing, datetime] = {}

    def advance(self, fact: Fact) -> datetime:
        """The acting time of the next fact, which may introduce or settle a thing."""
        stream, data = fact.event.partner, fact.data
        acts_from = max(
            [fact.occurred_from]
            + [self._times[t] for t in answered(stream, data) if t in self._times]
        )
        for settled in self._introduced(fact):
            self._times[settled] = max(acts_from, self._times.get(settled, acts_from))
        if isinstance(data, DisputeResolved):
            self._times.pop(thing(stream, "dispute", data.delivery), None)
        return acts_from

    @staticmethod
    def _introduced(fact: Fact) -> list[Thing]:
        new = fact.introduced
        stream, data = fact.event.partner, fact.data
        if isinstance(data, DeliveryDisputed):
            return [thing(stream, "dispute", data.delivery)]
        if isinstance(data, AllianceAgreed) and new is not None:
            return [("agreement", *new[1:])]
        return [] if new is None else [new]


def answered(stream: str, data: EventData) -> list[Thing]:
    """The things that an event answers, and before which it never acts."""
    return [
        thing(stream, kind, reference)
        for field, kind in ANSWERED.get(type(data), ())
        if (reference := getattr(data, field)) is not None
    ]
