"""A batch of events: partners moved on by it, and those whose past it changes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from contracts.events import (
    LEDGER_STREAM,
    PartnerMerged,
    RecordedEvent,
    StagePolicyPublished,
)
from contracts.events.reading import as_fact
from services.foundation.database import statement
from services.foundation.event_log import merged_groups
from services.projections.engine.projection import Target
from services.projections.relationship.document import load
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.relationship import (
    REVISIONS,
    Relationship,
    in_order,
)
from services.projections.relationship.folded import Folded, folded_from
from services.projections.relationship.memory import Known
from services.projections.relationship.rows import (
    WHOLE,
    Rows,
    Written,
    lasting_rows,
    promise_rows,
    rows_of,
)
from services.projections.relationship.streams import (
    read_facts,
    read_policies,
)
from services.projections.relationship.writing import Tables

HERE: Final = "services.projections.relationship"
TABLES: Final = (*WHOLE, "open_promises")
Told = dict[str, list[RecordedEvent]]


@dataclass(frozen=True, slots=True)
class _Moved:
    """A partner moved on by facts in order, and the rows of it that were there."""

    folded: Folded
    before: Rows


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of events on its way into the rows of one ledger and generation."""

    tables: Tables
    known: Known
    judged_anew: bool
    told: Told

    @classmethod
    def read(
        cls,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
        known: Known | None,
    ) -> "Batch":
        """A batch with what is to be known of it, remembered or read."""
        told: Told = {}
        for event in events:
            told.setdefault(event.partner, []).append(event)
        own, ledger = told.pop(LEDGER_STREAM, []), target.ledger
        known = known or _known(connection, target, events[0].position - 1)
        before, known.position = known.policy, events[-1].position
        if any(isinstance(e.data, (StagePolicyPublished, *REVISIONS)) for e in own):
            policies = read_policies(connection, ledger, target.zone, known.position)
            known.policy = policies.newest
        if any(isinstance(event.data, PartnerMerged) for event in events):
            known.groups = merged_groups(connection, ledger)
        return cls(Tables(connection, target), known, known.policy != before, told)

    @property
    def connection(self) -> Connection[Any]:
        """Where to read."""
        return self.tables.connection

    @property
    def target(self) -> Target:
        """The ledger and the generation."""
        return self.tables.target

    @property
    def last(self) -> int:
        """The position of the last event."""
        return self.known.position

    @property
    def policy(self) -> Policy:
        """What judges stages from now on."""
        return self.known.policy[1]

    def setting(self, partner: str) -> Setting:
        """How a partner is looked at."""
        return Setting(partner, self.target.zone, self.policy)

    def together(self, partners: Collection[str]) -> set[str]:
        """The partners and every stream that a merge ties to one of them."""
        tied = (self.known.groups.get(partner, {partner}) for partner in partners)
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
            if partner in self.known.groups
            or any(isinstance(event.data, REVISIONS) for event in events)
        }

    def moved_on(self, anew: Collection[str]) -> tuple[list[_Moved], set[str]]:
        """The partners moved on by facts in order, and those for whom some are late."""
        names = sorted(self.told.keys() - set(anew))
        states = self._states(names)
        moved, late = [], set()
        for name in names:
            facts = in_order(map(as_fact, self.told[name]))
            start = states.get(name)
            if facts and start and facts[0].acts_from < start.latest:
                late.add(name)
            elif facts:
                before = self._before(name, start)
                moved.append(
                    _Moved(folded_from(facts, self.setting(name), start), before)
                )
        return moved, late

    def _states(self, names: Sequence[str]) -> Mapping[str, Relationship]:
        """The partners as they were, remembered or read."""
        partners = self.known.partners
        states = {name: partners[name] for name in names if name in partners}
        unknown = [name for name in names if name not in states]
        if unknown:
            parameters = (self.target.ledger, self.target.generation, unknown)
            rows = self.connection.execute(
                statement(HERE, "read_documents"), parameters
            )
            states |= {partner: load(document) for partner, document in rows}
        return states

    def _before(self, partner: str, start: Relationship | None) -> Rows:
        """The rows that are there; of the relationship only that there is one."""
        if start is None:
            return {}
        return {"relationships": [()], **lasting_rows(partner, start, self.target)}

    def fold_anew(self, partners: Sequence[str]) -> None:
        """Fold partners from their whole past and write every row of them."""
        whole = sorted(self.together(partners))
        self.known.forget(whole)
        found = read_facts(
            self.connection, self.target.ledger, self.target.zone, whole, self.last
        )
        folded = [
            folded_from(facts, self.setting(root))
            for root, facts in found.facts.items()
            if facts
        ]
        self.tables.delete(TABLES, whole)
        self.tables.copy(self._rows(folded))
        self.tables.copy({"open_promises": list(self._made(folded))})

    def write(self, moved: Sequence[_Moved]) -> None:
        """Write what changed of partners that facts in order have moved on."""
        gone: dict[str, list[str]] = {table: [] for table in WHOLE}
        rows: Rows = {table: [] for table in WHOLE}
        for one in moved:
            partner = one.folded.partner
            self.known.keep(partner, one.folded.told)
            for table, new in self._rows([one.folded]).items():
                before = one.before.get(table, [])
                if new != before:
                    rows[table] += new
                    gone[table] += [partner] if before else []
        for table, partners in gone.items():
            self.tables.delete([table], partners)
        folded = [one.folded for one in moved]
        rows["open_promises"] = list(self._made(folded))
        self.tables.change(folded)
        self.tables.copy(rows)

    def _made(self, folded: Iterable[Folded]) -> Iterator[tuple[Any, ...]]:
        for one in folded:
            yield from promise_rows(one.partner, one.changes, self.target)

    def _rows(self, folded: Iterable[Folded]) -> Rows:
        rows: Rows = {table: [] for table in WHOLE}
        written = Written(self.last, self.known.policy[0])
        for one in folded:
            made = rows_of(one.partner, one.told, self.target, self.policy, written)
            for table, new in made.items():
                rows[table] += new
        return rows


def _known(connection: Connection[Any], target: Target, position: int) -> Known:
    """What is to be known at a position before partners are."""
    policies = read_policies(connection, target.ledger, target.zone, position)
    groups = merged_groups(connection, target.ledger)
    return Known(position, policies.newest, groups)
