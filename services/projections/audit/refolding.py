"""The rows that the log makes of some partner, by every read model. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from contracts.events import LEDGER_STREAM, RecordedEvent
from services.projections.acts import fold as acts
from services.projections.acts import view as acts_view
from services.projections.acts.view import ActsProjection
from services.projections.audit.tables import (
    ACTS,
    POSTINGS,
    RELATIONSHIP,
    Table,
    columns,
)
from services.projections.engine.projection import Projection, Target
from services.projections.postings import fold as postings
from services.projections.postings import view as postings_view
from services.projections.postings.view import PostingsProjection
from services.projections.relationship import view as relationship_view
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.folded import folded_from
from services.projections.relationship.rows import Written, promise_rows, rows_of
from services.projections.relationship.streams import facts_of
from services.projections.relationship.view import RelationshipProjection

Rows = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """By which policy stages are judged: its name, and what it asks."""

    name: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Group:
    """A partner and those whom merges tie to it: all their events, in order."""

    target: Target
    streams: Sequence[str]
    events: Sequence[RecordedEvent]
    judged: Judged

    def by_stream(self) -> dict[str, list[RecordedEvent]]:
        """The events of each stream."""
        ordered = sorted(self.events, key=lambda e: (e.partner, e.position))
        told = {k: list(v) for k, v in groupby(ordered, key=lambda e: e.partner)}
        return {stream: told.get(stream, []) for stream in self.streams}


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A projection, its tables, and how the rows of a group are made anew.

    With `every_revision` each correction costs a reading of the whole group.
    """

    projection: Projection
    home: str
    tables: Sequence[Table]
    refold: Callable[[Group], Rows]
    every_revision: bool = False

    @property
    def name(self) -> str:
        """The name of its projection."""
        return self.projection.name

    def columns(self, table: Table) -> Sequence[str]:
        """What is written to a table, in order; empty where rows may differ."""
        return columns(self.home, table.name, self.projection.of_batches)

    def rows(self, group: Group) -> Mapping[str, list[dict[str, Any]]]:
        """The rows of every table that the log makes of a group."""
        made = self.refold(group) if group.events else {}
        return {
            table.name: [
                {n: v for n, v in zip(self.columns(table), row, strict=True) if n}
                for row in made.get(table.name, ())
            ]
            for table in self.tables
        }


def _postings(group: Group) -> Rows:
    histories = dict.fromkeys(group.streams, group.events)
    changes = postings.fold(group.events, histories, group.target.zone)
    return postings_view.rows_of(changes, group.target)


def _acts(group: Group) -> Rows:
    made = acts.fold(group.events, [group.events], group.target.zone)
    head = (group.target.ledger, group.target.generation)
    return {
        table: [(*head, *row) for row in rows]
        for table, rows in acts_view.columns_of(made).items()
    }


def _relationship(group: Group) -> Rows:
    target, policy = group.target, group.judged.policy
    written = Written(0, group.judged.name)
    rows: dict[str, list[tuple[Any, ...]]] = {}
    told = group.by_stream()
    told.pop(LEDGER_STREAM, None)
    for partner, facts in facts_of(told, target.zone).facts.items():
        if not facts:
            continue
        folded = folded_from(facts, Setting(partner, target.zone, policy))
        made = rows_of(partner, folded.told, target, policy, written)
        made["open_promises"] = list(promise_rows(partner, folded.changes, target))
        for table, new in made.items():
            rows.setdefault(table, []).extend(new)
    return rows


READ_MODELS: Final = (
    ReadModel(
        PostingsProjection(),
        postings_view.HERE,
        POSTINGS,
        _postings,
        every_revision=True,
    ),
    ReadModel(
        RelationshipProjection(), relationship_view.HERE, RELATIONSHIP, _relationship
    ),
    ReadModel(ActsProjection(), acts_view.HERE, ACTS, _acts),
)
