"""The rows of relationships: a batch moves its partners on, or folds them anew."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from psycopg import Connection

from contracts.events import LEDGER_STREAM, RecordedEvent, StagePolicyPublished
from contracts.events.reading import Fact, as_fact
from contracts.quantity import exact_arithmetic
from services.foundation.database import statement
from services.foundation.event_log import merged_groups
from services.projections.engine.projection import Target
from services.projections.relationship.document import load
from services.projections.relationship.fold.moment import Setting, moments_of
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.promises import (
    Change,
    Key,
    promise_changes,
)
from services.projections.relationship.fold.relationship import (
    REVISIONS,
    VERSION,
    Relationship,
    after,
    in_order,
)
from services.projections.relationship.rows import (
    WHOLE,
    Rows,
    Written,
    promise_rows,
    rows_of,
)
from services.projections.relationship.streams import (
    read_facts,
    read_policies,
)

HERE: Final = "services.projections.relationship"
TABLES: Final = (*WHOLE, "open_promises")
PARTNERS_AT_ONCE: Final = 100
Told = dict[str, list[RecordedEvent]]


@dataclass(frozen=True, slots=True)
class Folded:
    """A partner after a batch, and what the facts folded in change of its promises."""

    partner: str
    told: Relationship
    changes: Mapping[Key, Change]


class RelationshipProjection:
    """How each relationship stands: stages, contacts, goals, people, open promises."""

    name = "relationship"
    version = VERSION
    tables = TABLES
    of_batches = ("position",)

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Move on the partners of a batch; fold anew those whose past it changes."""
        batch = _Batch.read(connection, target, events)
        anew = batch.without_order()
        moved, late = batch.moved_on(anew)
        batch.write(moved)
        everyone = sorted(batch.together(anew | late))
        for start in range(0, len(everyone), PARTNERS_AT_ONCE):
            batch.fold_anew(everyone[start : start + PARTNERS_AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch of events on its way into the rows of one ledger and generation."""

    connection: Connection[Any]
    target: Target
    last: int
    policy_name: str
    policy: Policy
    judged_anew: bool
    groups: Mapping[str, frozenset[str]]
    told: Told = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> "_Batch":
        told: Told = {}
        for event in events:
            told.setdefault(event.partner, []).append(event)
        own, last = told.pop(LEDGER_STREAM, []), events[-1].position
        now = read_policies(connection, target.ledger, target.zone, last).newest
        before = now
        if any(isinstance(e.data, (StagePolicyPublished, *REVISIONS)) for e in own):
            earlier = events[0].position - 1
            known = read_policies(connection, target.ledger, target.zone, earlier)
            before = known.newest
        groups = merged_groups(connection, target.ledger)
        return cls(connection, target, last, *now, now != before, groups, told)

    def setting(self, partner: str) -> Setting:
        return Setting(partner, self.target.zone, self.policy)

    def together(self, partners: Collection[str]) -> set[str]:
        """The partners and every stream that a merge ties to one of them."""
        tied = (self.groups.get(partner, {partner}) for partner in partners)
        return {stream for group in tied for stream in group}

    def without_order(self) -> set[str]:
        """The partners whose past the batch changes for sure."""
        if self.judged_anew:
            parameters = (self.target.ledger, self.last)
            rows = self.connection.execute(statement(HERE, "all_partners"), parameters)
            return {partner for (partner,) in rows}
        return {
            partner
            for partner, events in self.told.items()
            if partner in self.groups
            or any(isinstance(event.data, REVISIONS) for event in events)
        }

    def moved_on(self, anew: Collection[str]) -> tuple[list[Folded], set[str]]:
        """The partners moved on by facts in order, and those for whom some are late."""
        names = sorted(self.told.keys() - set(anew))
        known = self._known(names)
        moved, late = [], set()
        for name in names:
            facts = in_order(map(as_fact, self.told[name]))
            start = known.get(name, Relationship())
            if facts and facts[0].acts_from < start.latest:
                late.add(name)
            elif facts:
                moved.append(folded_from(facts, self.setting(name), start))
        return moved, late

    def _known(self, names: Sequence[str]) -> dict[str, Relationship]:
        if not names:
            return {}
        parameters = (self.target.ledger, self.target.generation, list(names))
        rows = self.connection.execute(statement(HERE, "read_documents"), parameters)
        return {partner: load(document) for partner, document in rows}

    def fold_anew(self, partners: Sequence[str]) -> None:
        """Fold partners from their whole past and write every row of them."""
        whole = sorted(self.together(partners))
        found = read_facts(
            self.connection, self.target.ledger, self.target.zone, whole, self.last
        )
        folded = [
            folded_from(facts, self.setting(root))
            for root, facts in found.facts.items()
            if facts
        ]
        self._delete(TABLES, whole)
        self._copy(self._rows(folded))
        self._copy({"open_promises": list(self._made(folded))})

    def write(self, moved: Sequence[Folded]) -> None:
        """Write partners that facts in order have moved on."""
        if not moved:
            return
        self._delete(WHOLE, [folded.partner for folded in moved])
        self._copy(self._rows(moved))
        changed = [
            (folded.partner, *key, change)
            for folded in moved
            for key, change in folded.changes.items()
            if change.made is None
        ]
        self._change(changed)
        self._copy({"open_promises": list(self._made(moved))})

    def _made(self, folded: Iterable[Folded]) -> Iterator[tuple[Any, ...]]:
        for one in folded:
            yield from promise_rows(one.partner, one.changes, self.target)

    def _rows(self, folded: Iterable[Folded]) -> Rows:
        rows: Rows = {table: [] for table in WHOLE}
        written = Written(self.last, self.policy_name)
        for one in folded:
            made = rows_of(one.partner, one.told, self.target, self.policy, written)
            for table, new in made.items():
                rows[table] += new
        return rows

    def _delete(self, tables: Iterable[str], partners: Sequence[str]) -> None:
        parameters = (self.target.ledger, self.target.generation, list(partners))
        for table in tables:
            self.connection.execute(statement(HERE, f"delete_{table}"), parameters)

    def _copy(self, rows: Rows) -> None:
        for table, new in rows.items():
            if not new:
                continue
            with self.connection.cursor().copy(statement(HERE, f"copy_{table}")) as to:
                for row in new:
                    to.write_row(row)

    def _change(self, changed: Sequence[tuple[str, str, str, Change]]) -> None:
        """Add to what is open, then drop what was closed."""
        if not changed:
            return
        parameters = {
            "ledger": self.target.ledger,
            "generation": self.target.generation,
            "partners": [partner for partner, *_ in changed],
            "kinds": [kind for _, kind, *_ in changed],
            "refs": [ref for _, _, ref, _ in changed],
            "totals": [change.total for *_, change in changed],
            "delivered": [change.delivered for *_, change in changed],
            "accepted": [change.accepted for *_, change in changed],
            "closed": [change.closed for *_, change in changed],
        }
        self.connection.execute(statement(HERE, "change_promises"), parameters)
        self.connection.execute(statement(HERE, "drop_closed_promises"), parameters)


def folded_from(
    facts: Sequence[Fact], setting: Setting, start: Relationship | None = None
) -> Folded:
    """A partner after some more facts, which are in order of happening."""
    state = start or Relationship()
    moments = list(moments_of(facts, setting, state.facts))
    state = reduce(after, moments, state)
    with exact_arithmetic():
        return Folded(setting.partner, state, promise_changes(moments))
