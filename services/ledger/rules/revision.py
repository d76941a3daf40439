"""Corrections and retractions: what they may change, and what depends on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from contracts.events import (
    AllianceAgreed,
    EventCorrected,
    EventRetracted,
    PartnerMerged,
    PersonalDataErased,
    RecordedEvent,
)
from contracts.events.reading import Fact, Thing, corrected, in_force, read, thing
from contracts.quantity import Quantity, counted, exact_arithmetic
from services.ledger.rules import refusals
from services.ledger.rules.alone import fault_alone
from services.ledger.rules.checks import LedgerView, Proposed, check
from services.ledger.rules.completion import complete
from services.ledger.rules.erasure import check_erased
from services.ledger.rules.replay import Streams

Governance = EventRetracted | EventCorrected


@dataclass(frozen=True, slots=True)
class Revision:
    """A correction or retraction held against everything that it could touch.

    `events` are those of the stream and of all streams merged with it, in order of
    position; `outside` are events in force elsewhere that name what the target
    introduced.
    """

    events: Sequence[RecordedEvent]
    outside: Sequence[RecordedEvent]
    candidate: RecordedEvent
    change: Governance
    view: LedgerView
    zone: tzinfo


def revise(revision: Revision) -> Mapping[str, Any]:
    """The `completed` part of a revision; refused if it breaks a rule."""
    with exact_arithmetic():
        return _revise(revision)


def _revise(revision: Revision) -> Mapping[str, Any]:
    target = find_target(revision.events, revision.candidate, revision.change)
    if isinstance(revision.change, EventCorrected):
        _check_identity(revision, target)
    completed, dependents = _replay(revision, target)
    if isinstance(revision.change, EventRetracted):
        dependents += revision.outside
    if dependents:
        raise refusals.BreaksLaterEvents("/data/target", _in_order(dependents))
    return completed


def _in_order(events: Iterable[RecordedEvent]) -> list[str]:
    return [e.id for e in sorted(events, key=attrgetter("position"))]


def find_target(
    events: Sequence[RecordedEvent], candidate: RecordedEvent, change: Governance
) -> RecordedEvent:
    """The event that a correction or retraction names, if it may be changed."""
    for event in in_force(events):
        if event.id == change.target and event.partner == candidate.partner:
            break
    else:
        raise refusals.TargetNotFound("/data/target")
    if isinstance(event.data, PersonalDataErased):
        raise refusals.NotRetractable("/data/target")
    frozen = EventCorrected | EventRetracted
    if isinstance(change, EventCorrected) and isinstance(event.data, frozen):
        raise refusals.NotCorrectable("/data/target")
    return event


def _check_identity(revision: Revision, target: RecordedEvent) -> None:
    """Id, side and unit of something that others name do not change, nor a survivor."""
    facts = read(revision.events, revision.zone)
    before = next(f for f in facts if f.event.id == target.id)
    try:
        after = corrected(before, revision.candidate, revision.zone)
    except ValidationError as error:
        raise refusals.DataNotOfType("/data/data") from error
    if fault_alone(target.partner, after.data) is not None:
        raise refusals.DataNotOfType("/data/data")
    if _survivor(before) != _survivor(after):
        raise refusals.NotCorrectable("/data/target")
    if before.introduced is None or _identity(before) == _identity(after):
        return
    naming = [f.event for f in facts if before.introduced in _named(f, target.id)]
    naming += revision.outside
    if naming:
        raise refusals.NamedByOthers("/data/data", _in_order(naming))


def _survivor(fact: Fact) -> str | None:
    return fact.data.into if isinstance(fact.data, PartnerMerged) else None


def _identity(fact: Fact) -> tuple[Any, ...]:
    sides = ("by", "whose", "gained_by", "side")
    quantity = getattr(fact.data, "quantity", None)
    unit = counted(quantity).unit if isinstance(quantity, Quantity) else "act"
    return (fact.introduced, [getattr(fact.data, s, None) for s in sides], unit)


def _named(fact: Fact, but: str) -> Iterator[Thing]:
    if fact.event.id == but:
        return
    for _, kind, reference in fact.data.references():
        yield thing(fact.event.partner, kind, reference)
    if isinstance(fact.data, AllianceAgreed) and fact.introduced is not None:
        yield fact.introduced


def _replay(
    revision: Revision, target: RecordedEvent
) -> tuple[Mapping[str, Any], list[RecordedEvent]]:
    """What the target completes to, and the later events that would be refused.

    Everything is recorded anew under the change.
    """
    streams, completed = Streams(), dict[str, Any]()
    dependents = list[RecordedEvent]()
    view = _without_the_streams_replayed(revision)
    for fact in read([*revision.events, revision.candidate], revision.zone):
        revised = fact
        if fact.event.id == target.id and _has_data(revision.change):
            state = streams.state(fact.event.partner)
            completed = complete(state, fact.data, fact.occurred_from)
            revised = fact._replace(completed=completed)
        try:
            _check_again(streams, view, revised)
        except refusals.Refusal:
            if fact.event.id == target.id:
                raise
            dependents.append(fact.event)
        else:
            streams = streams.after(revised)
    _check_text(revision, streams, target)
    return completed, dependents


def _has_data(change: Governance) -> bool:
    return isinstance(change, EventCorrected) and change.data is not None


def _without_the_streams_replayed(revision: Revision) -> LedgerView:
    """What is replayed is known as far as the replay has come, and no further."""
    replayed = {event.partner for event in revision.events}
    partners = revision.view.partners.items()
    rest = {name: state for name, state in partners if name not in replayed}
    return LedgerView(revision.view.own, rest)


def _check_again(streams: Streams, view: LedgerView, fact: Fact) -> None:
    if isinstance(fact.data, EventCorrected | EventRetracted):
        return
    partners = {**view.partners, **streams.all_states()}
    proposed = Proposed(fact.event.id, fact.data, fact.completed)
    state = streams.state(fact.event.partner)
    check(state, LedgerView(view.own, partners), proposed)


def _check_text(revision: Revision, streams: Streams, target: RecordedEvent) -> None:
    """Corrected data is new text, whenever the event happened."""
    change = revision.change
    if isinstance(change, EventCorrected) and change.data is not None:
        data = type(target.data).model_validate(dict(change.data))
        state = streams.state(target.partner)
        check_erased(state, revision.view, target.id, data)
