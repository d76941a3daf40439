"""What a batch of events adds to the acts, and which partners it tells anew. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from contracts.events import (
    LEDGER_STREAM,
    EventCorrected,
    EventRetracted,
    PartnerMerged,
    PersonAdded,
    RecordedEvent,
    StagePolicyPublished,
)
from contracts.events.reading import Fact, as_fact, read
from services.projections.acts.act import Act, act

VERSION: Final = 1
LATE: Final = timedelta(days=1)
GOVERNANCE: Final = (EventCorrected, EventRetracted, StagePolicyPublished)
REWRITING: Final = (EventCorrected, EventRetracted, PartnerMerged)


class LateFact(NamedTuple):
    """A fact recorded so many whole days after it happened, as now known."""

    partner: str
    event: RecordedEvent
    occurred_at: str
    occurred_from: datetime
    occurred_to: datetime
    acts_from: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that facts make: acts, people of partners, late facts."""

    acts: list[Act] = field(default_factory=list)
    people: list[tuple[str, str]] = field(default_factory=list)
    late: list[LateFact] = field(default_factory=list)


def told_anew(events: Sequence[RecordedEvent]) -> set[str]:
    """The streams whose rows a batch may change, not only add to."""
    revised = [e for e in events if isinstance(e.data, REWRITING)]
    merged_into = {e.data.into for e in revised if isinstance(e.data, PartnerMerged)}
    return {e.partner for e in revised} | merged_into


def fold(
    events: Sequence[RecordedEvent],
    histories: Collection[Sequence[RecordedEvent]],
    zone: tzinfo,
) -> Rows:
    """The rows of a batch.

    `histories` holds, for the streams told anew and all merged with them, every event
    up to the end of the batch, one history for streams that belong together. Other
    streams only grow, and none of them is merged: a merged stream takes no plain facts.
    """
    rows, again = Rows(), {e.partner for history in histories for e in history}
    for history in histories:
        _add_history(rows, history, zone)
    for event in events:
        if event.partner not in again:
            _add(rows, as_fact(event), event.occurred_at, event.partner, zone)
    return rows


def _add_history(rows: Rows, history: Sequence[RecordedEvent], zone: tzinfo) -> None:
    facts = read(history, zone)
    into = {
        fact.event.partner: fact.data.into
        for fact in facts
        if isinstance(fact.data, PartnerMerged)
    }
    dates = {
        fact.data.target: fact.data.occurred_at
        for fact in facts
        if isinstance(fact.data, EventCorrected) and fact.data.occurred_at is not None
    }
    for fact in facts:
        occurred_at = dates.get(fact.event.id, fact.event.occurred_at)
        _add(rows, fact, occurred_at, _survivor(into, fact.event.partner), zone)


def _survivor(into: Mapping[str, str], stream: str) -> str:
    while stream in into:
        stream = into[stream]
    return stream


def _add(rows: Rows, fact: Fact, occurred_at: str, partner: str, zone: tzinfo) -> None:
    done = act(fact, partner, zone)
    if done is not None:
        rows.acts.append(done)
    if isinstance(fact.data, PersonAdded) and fact.event.partner != LEDGER_STREAM:
        person = fact.data.person or fact.event.id
        rows.people.append((fact.event.partner, person))
    lag = fact.event.recorded_at - fact.occurred_to
    if lag >= LATE and not isinstance(fact.data, GOVERNANCE):
        rows.late.append(_late(fact, occurred_at, partner, lag.days))


def _late(fact: Fact, occurred_at: str, partner: str, days: int) -> LateFact:
    return LateFact(
        partner,
        fact.event,
        occurred_at,
        fact.occurred_from,
        fact.occurred_to,
        fact.acts_from,
        days,
    )
