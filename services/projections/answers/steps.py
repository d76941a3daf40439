"""How a relationship developed, step by step: facts and dates, each with its effect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.canonical import Json
from contracts.events import EventCorrected, RecordedEvent
from contracts.events.reading import Fact
from contracts.occurrence import format_instant
from contracts.quantity import plain
from services.projections.postings.posting import postings
from services.projections.relationship.fold.stages import Row

Corrections = Mapping[str, Sequence[RecordedEvent]]
BY_DATE: Final = 0
"""Dates come before the facts of the same instant, as the fold takes them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A fact, or a date that an agreement set, with the stages that it completed."""

    at: datetime
    fact: Fact | None
    rows: tuple[Row, ...]

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: when it acts, then the position of its event."""
        position = self.fact.event.position if self.fact else BY_DATE
        return format_instant(self.at), position


def steps(facts: Iterable[Fact], rows: Sequence[Row]) -> list[Step]:
    """The steps of a relationship, from its facts and the stages that they made."""
    completed: dict[str | None, list[Row]] = {}
    for row in rows:
        completed.setdefault(row.event, []).append(row)
    by_date = [Step(row.at, None, (row,)) for row in completed.get(None, ())]
    told = [
        Step(fact.acts_from, fact, tuple(completed.get(fact.event.id, ())))
        for fact in facts
    ]
    return sorted([*by_date, *told], key=lambda step: step.place)


def step_item(step: Step, partner: str, corrected: Corrections) -> dict[str, Json]:
    """A step as answers show it; what a date did has no event."""
    fact = step.fact
    return {
        **(_by_date(step, partner) if fact is None else _recorded(fact, corrected)),
        "effect": {
            "stages": [_stage(row) for row in step.rows],
            "postings": [] if fact is None else list(_postings(fact, partner)),
        },
    }


def _recorded(fact: Fact, corrected: Corrections) -> dict[str, Json]:
    event, changes = fact.event, corrected.get(fact.event.id, ())
    return {
        "event": event.id,
        "position": event.position,
        "type": event.type,
        "partner": event.partner,
        "occurred_at": _occurred_at(event, changes),
        "occurred_from": format_instant(fact.occurred_from),
        "occurred_to": format_instant(fact.occurred_to),
        "acts_from": format_instant(fact.acts_from),
        "recorded_at": format_instant(event.recorded_at),
        "recorded_by": event.recorded_by,
        "causation": event.causation,
        "data": fact.data.model_dump(mode="json", exclude_none=True),
        "corrected_by": [change.id for change in changes],
    }


def _occurred_at(event: RecordedEvent, changes: Iterable[RecordedEvent]) -> str:
    """The date as the latest correction of it has it."""
    told = [c.data for c in changes if isinstance(c.data, EventCorrected)]
    dates = [data.occurred_at for data in told if data.occurred_at is not None]
    return dates[-1] if dates else event.occurred_at


def _by_date(step: Step, partner: str) -> dict[str, Json]:
    return {
        "event": None,
        "position": None,
        "type": None,
        "partner": partner,
        "occurred_at": None,
        "occurred_from": None,
        "occurred_to": None,
        "acts_from": format_instant(step.at),
        "recorded_at": None,
        "recorded_by": None,
        "causation": None,
        "data": None,
        "corrected_by": [],
    }


def _stage(row: Row) -> dict[str, Json]:
    return {
        "stage": row.stage,
        "episode": row.episode,
        "from": format_instant(row.at),
        "because": list(row.because),
    }


def _postings(fact: Fact, partner: str) -> Iterator[dict[str, Json]]:
    for posting in postings(fact):
        yield {
            "side": posting.side,
            "account": posting.account,
            "unit": posting.unit,
            "amount": plain(posting.amount),
            "ref": _shown(posting.ref, fact.event.partner, partner),
        }


def _shown(ref: str, stream: str, partner: str) -> str:
    """A thing as the partner's readers see it: of a merged stream `<merged>/<id>`."""
    return ref if stream == partner or "/" in ref else f"{stream}/{ref}"
