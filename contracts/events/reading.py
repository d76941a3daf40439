"""How a stream reads: corrections applied, and the order of happening.

Rules and folds share this. A *fact* is a recorded event that is in force, with the date
and data that the latest corrections give it, and the time from which it acts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, NamedTuple

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


class Fact(NamedTuple):
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
    completed, occurred_from = event.completed, event.occurred_from
    acts_from = completed.get("acts_from")
    return Fact(
        event,
        event.data,
        completed,
        occurred_from,
        event.occurred_to,
        datetime.fromisoformat(acts_from) if acts_from else occurred_from,
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
        target = target._replace(occurred_from=span.first, occurred_to=span.last)
    if change.data is not None:
        data = type(target.data).model_validate(dict(change.data))
        target = target._replace(data=data, completed=correction.completed)
    return target


def _with_acting_times(facts: Iterable[Fact]) -> list[Fact]:
    clock = ActingTimes()
    return [clock.timed(fact) for fact in facts]


class ActingTimes:
    """From when the things of a stream act, learned fact by fact in recorded order."""

    def __init__(self) -> None:
        self._times: dict[Thing, datetime] = {}

    def timed(self, fact: Fact) -> Fact:
        """The next fact with its acting time."""
        acts_from = self.advance(fact)
        if acts_from == fact.acts_from:
            return fact
        return fact._replace(acts_from=acts_from)

    def advance(self, fact: Fact) -> datetime:
        """The acting time of the next fact, which may introduce or settle a thing."""
        stream, data = fact.event.partner, fact.data
        acts_from, times = fact.occurred_from, self._times
        for known in answered(stream, data):
            if known in times:
                acts_from = max(acts_from, times[known])
        for settled in self._introduced(fact):
            times[settled] = max(acts_from, times.get(settled, acts_from))
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
