"""A ledger in memory for scenarios: it asks of the rules what the store would ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

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
from contracts.events.reading import Fact, as_fact, read
from contracts.occurrence import interval
from contracts.quantity import exact_arithmetic
from services.ledger.rules.alone import fault_alone
from services.ledger.rules.checks import LedgerView
from services.ledger.rules.decision import decide
from services.ledger.rules.refusals import TargetNotFound
from services.ledger.rules.relationship import evolve
from services.ledger.rules.replay import Streams, fold
from services.ledger.rules.revision import Revision, revise

RECORDED = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Step:
    """One event to record; a step in place of a value stands for its event's id."""

    type: str
    data: Mapping[str, Any]
    of: str = "acme"
    at: str = "2014-03-05"

    def but(self, *, of: str | None = None, at: str | None = None, **data: Any) -> Self:
        """Another step like this one; members that are None are left out."""
        changed = {n: v for n, v in {**self.data, **data}.items() if v is not None}
        return replace(self, data=changed, of=of or self.of, at=at or self.at)


def step(
    kind: str, /, *, of: str = "acme", at: str = "2014-03-05", **data: Any
) -> Step:
    return Step(kind, data, of, at)


def retraction(of: Step) -> Step:
    return step("EventRetracted", of=of.of, at="2020", target=of, reason="Not so.")


def correction(of: Step, **changes: Any) -> Step:
    """Either `occurred_at`, or `data`, the whole new data, or both."""
    reason = {"reason": "It was otherwise."}
    return Step("EventCorrected", {"target": of, **changes, **reason}, of.of, "2020")


class Invalid(Exception):
    """Wrong whatever is recorded."""


@dataclass
class Ledger:
    """What is recorded so far, and which step became which event."""

    zone: ZoneInfo
    events: list[RecordedEvent] = field(default_factory=list)
    ids: dict[Step, str] = field(default_factory=dict)

    def record(self, new: Step) -> RecordedEvent:
        """Decide as the ledger would; a Refusal or Invalid leaves it as it was."""
        event = self._tentative(new)
        fault = fault_alone(event.partner, event.data)
        if fault is not None:
            raise Invalid(*fault)
        event = event._replace(completed=self._decided(event))
        self.events.append(event)
        self.ids[new] = event.id
        self._check_that_evolving_is_folding(event)
        return event

    def streams(self, events: Iterable[RecordedEvent] | None = None) -> Streams:
        with exact_arithmetic():
            return fold(self.facts(events))

    def facts(self, events: Iterable[RecordedEvent] | None = None) -> list[Fact]:
        return read(list(self.events if events is None else events), self.zone)

    def fact(self, of: Step) -> Fact:
        return next(f for f in self.facts() if f.event.id == self.ids[of])

    def resolved(self, value: Any) -> Any:
        if isinstance(value, Step):
            return self.ids[value]
        if isinstance(value, dict):
            return {name: self.resolved(inner) for name, inner in value.items()}
        return value

    def _tentative(self, new: Step) -> RecordedEvent:
        span, position = interval(new.at, self.zone), len(self.events) + 1
        stream = [e for e in self.events if e.partner == new.of]
        model = EventData.catalogue[new.type]
        return RecordedEvent(
            id=f"00000000-0000-7000-8000-{position:012d}",
            position=position,
            partner=new.of,
            version=len(stream) + 1,
            type=new.type,
            schema=1,
            occurred_at=new.at,
            occurred_from=span.first,
            occurred_to=span.last,
            recorded_at=RECORDED,
            recorded_by="test",
            causation=None,
            correlation=None,
            source=None,
            data=model.model_validate(self.resolved(dict(new.data))),
            completed={},
        )

    def _decided(self, event: RecordedEvent) -> Mapping[str, Any]:
        streams = self.streams()
        view = LedgerView(streams.state(LEDGER_STREAM), streams.all_states())
        if isinstance(event.data, EventCorrected | EventRetracted):
            return self._revised(event, event.data, view)
        state, at = streams.state(event.partner), event.occurred_from
        return decide(state, view, event.id, event.data, at)

    def _revised(
        self,
        event: RecordedEvent,
        change: EventCorrected | EventRetracted,
        view: LedgerView,
    ) -> Mapping[str, Any]:
        group = self._group(event.partner)
        inside = [e for e in self.events if e.partner in group]
        outside = self._outside(change.target, group)
        return revise(Revision(inside, outside, event, change, view, self.zone))

    def _group(self, partner: str) -> set[str]:
        """The streams that merges, in force or retracted, tie together."""
        data = [(e.partner, e.data) for e in self.events]
        merges = [{p, d.into} for p, d in data if isinstance(d, PartnerMerged)]
        group, before = {partner}, set[str]()
        while group != before:
            before = set(group)
            group = group.union(*(both for both in merges if both & group))
        return group

    def _outside(self, target_id: str, group: set[str]) -> list[RecordedEvent]:
        target = next((e for e in self.events if e.id == target_id), None)
        if target is None:
            raise TargetNotFound("/data/target")
        named = _named_across(target)
        return [
            fact.event
            for fact in self.facts()
            if fact.event.partner not in group
            and named in [(kind, ref) for _, kind, ref in fact.data.references()]
        ]

    def _check_that_evolving_is_folding(self, event: RecordedEvent) -> None:
        """What the writer's cache would hold is what reading anew gives."""
        if isinstance(event.data, EventCorrected | EventRetracted | PartnerMerged):
            return
        before = self.streams(self.events[:-1]).state(event.partner)
        with exact_arithmetic():
            evolved = evolve(before, as_fact(event))
        assert evolved == self.streams().state(event.partner)


def _named_across(target: RecordedEvent) -> tuple[str, str] | None:
    match target.data:
        case PartnerIdentified():
            return "partner", target.partner
        case PersonAdded(person=person) if target.partner == LEDGER_STREAM:
            return "person", person or target.id
    return None
