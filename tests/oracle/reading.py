"""How recorded events read at a position: in force, as corrected, in acting order.

Everything here works on the JSON objects of the log and knows no other code of ours.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

GOVERNANCE = frozenset({"EventRetracted", "EventCorrected"})

Event = dict[str, Any]
Thing = tuple[str, str, str]
"""Kind, the stream that introduced it, and its id there."""

INTRODUCES = {
    "HelpOffered": ("offer", "offer"),
    "ResourceCommitted": ("commitment", "commitment"),
    "HelpDelivered": ("delivery", "delivery"),
    "PrincipleStated": ("principle", "principle"),
    "IssueRaised": ("issue", "issue"),
    "AllianceProposed": ("proposal", "alliance"),
    "AllianceAgreed": ("agreement", "alliance"),
}
"""Event type to the kind of thing it introduces and the field that holds its id."""

# A benefit that names a delivery reports about it and is not an answer to it; likewise
# only `AllianceEnded` answers an agreement ("nothing else moves it").
ANSWERS = {
    "OfferAccepted": (("offer", "offer"),),
    "OfferDeclined": (("offer", "offer"),),
    "OfferWithdrawn": (("offer", "offer"),),
    "HelpDelivered": (("offer", "offer"), ("commitment", "commitment")),
    "DeliveryAcknowledged": (("delivery", "delivery"),),
    "DeliveryDisputed": (("delivery", "delivery"),),
    "DisputeResolved": (("delivery", "delivery"),),
    "CommitmentChanged": (("commitment", "commitment"),),
    "CommitmentCancelled": (("commitment", "commitment"),),
    "PrincipleAcknowledged": (("principle", "principle"),),
    "IssueResolved": (("issue", "issue"),),
    "ProposalDeclined": (("proposal", "alliance"),),
    "ProposalDeferred": (("proposal", "alliance"),),
    "AllianceAgreed": (("proposal", "alliance"),),
    "AllianceEnded": (("agreement", "alliance"),),
}
"""Event type to the things whose acting time it cannot precede."""


@dataclass(frozen=True)
class Fact:
    """One event in force, as corrected, with the instant from which it acts."""

    id: str
    position: int
    stream: str
    type: str
    data: dict[str, Any]
    completed: dict[str, Any]
    occurred_to: datetime
    acts_from: datetime
    introduces: Thing | None
    answers: tuple[Thing, ...]


def interval(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First and last microsecond, in UTC, of a year, month, day or instant."""
    if "T" in text:
        instant = datetime.fromisoformat(text).astimezone(UTC)
        return instant, instant
    first, last = _days(text)
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last, time.max, zone).replace(fold=1)
    return start.astimezone(UTC), end.astimezone(UTC)


def _days(text: str) -> tuple[date, date]:
    """The first and the last day that a year, month or day denotes."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        first = date(parts[0], parts[1], 1)
        following = (first + timedelta(days=31)).replace(day=1)
        return first, following - timedelta(days=1)
    return date(*parts), date(*parts)


def in_force(events: Iterable[Event], position: int) -> list[Event]:
    """The events up to a position that no retraction in force takes away."""
    recorded = sorted(
        (event for event in events if event["position"] <= position),
        key=lambda event: int(event["position"]),
    )
    gone: set[str] = set()
    # Newest first: whatever could retract a retraction was recorded after it.
    for event in reversed(recorded):
        if event["type"] == "EventRetracted" and event["id"] not in gone:
            gone.add(event["data"]["target"])
    return [event for event in recorded if event["id"] not in gone]


def corrected(event: Event, corrections: Iterable[Event], zone: ZoneInfo) -> Event:
    """The event with each field as its latest correction, in order, gives it."""
    for correction in corrections:
        if correction["data"]["target"] == event["id"]:
            event = event | _changes(correction, zone)
    return event


def _changes(correction: Event, zone: ZoneInfo) -> Event:
    changes: Event = {}
    if (text := correction["data"].get("occurred_at")) is not None:
        start, end = interval(text, zone)
        changes |= {"occurred_from": start.isoformat(), "occurred_to": end.isoformat()}
    if (data := correction["data"].get("data")) is not None:
        changes |= {"data": data, "completed": correction["completed"]}
    return changes


def introduced(event: Event) -> Thing | None:
    """The thing that an event introduces; an id left out is the event's own."""
    if event["type"] not in INTRODUCES:
        return None
    kind, field = INTRODUCES[event["type"]]
    reference = event["data"].get(field) or event["id"]
    return thing(kind, reference, event["partner"])


def answered(event: Event) -> tuple[Thing, ...]:
    """The things that an event answers."""
    found = []
    for kind, field in ANSWERS.get(event["type"], ()):
        if (reference := event["data"].get(field)) is not None:
            found.append(thing(kind, reference, event["partner"]))
    return tuple(found)


def thing(kind: str, reference: str, stream: str) -> Thing:
    """The thing that an event of a stream means; `m/x` is x of the merged stream m.

    An agreement too may bear such a name: that of a proposal of the merged stream.
    """
    *merged, name = reference.split("/")
    return kind, merged[-1] if merged else stream, name


def facts(events: Iterable[Event], *, position: int, zone: ZoneInfo) -> list[Fact]:
    """What the log says at a position, corrections applied, in order of happening."""
    standing = in_force(events, position)
    corrections = [event for event in standing if event["type"] == "EventCorrected"]
    clock = _Clock()
    read = [
        clock.read(corrected(event, corrections, zone))
        for event in standing
        if event["type"] not in GOVERNANCE
    ]
    return sorted(read, key=lambda fact: (fact.acts_from, fact.position))


class _Clock:
    """Acting times of the things seen so far, in order of position."""

    def __init__(self) -> None:
        self.acting: dict[Thing, datetime] = {}
        self.unresolved: dict[Thing, list[datetime]] = defaultdict(list)

    def read(self, event: Event) -> Fact:
        answers, introduces = answered(event), introduced(event)
        acts_from = max(self._bounds(event, answers))
        if introduces is not None:
            self.acting[introduces] = acts_from
        if event["type"] == "DeliveryDisputed":
            self.unresolved[answers[0]].append(acts_from)
        if event["type"] == "DisputeResolved":
            self.unresolved[answers[0]].clear()
        return Fact(
            id=event["id"],
            position=event["position"],
            stream=event["partner"],
            type=event["type"],
            data=event["data"],
            completed=event.get("completed") or {},
            occurred_to=datetime.fromisoformat(event["occurred_to"]),
            acts_from=acts_from,
            introduces=introduces,
            answers=answers,
        )

    def _bounds(self, event: Event, answers: tuple[Thing, ...]) -> list[datetime]:
        bounds = [datetime.fromisoformat(event["occurred_from"])]
        # Only an agreement may come without what it answers: a proposal.
        sure = event["type"] != "AllianceAgreed"
        bounds += [
            self.acting[answer] for answer in answers if sure or answer in self.acting
        ]
        if event["type"] == "DisputeResolved":
            bounds += self.unresolved[answers[0]]
        return bounds


def folded_into(read: Iterable[Fact], partner: str) -> frozenset[str]:
    """The partner's stream and every stream merged into it, directly or through others.

    A merge counts from its position on, whatever its date.
    """
    into = {f.stream: f.data["into"] for f in read if f.type == "PartnerMerged"}
    streams = {partner}
    while more := {m for m, to in into.items() if to in streams} - streams:
        streams |= more
    return frozenset(streams)
