"""Writing whole relationships of which no row is there yet, as a rebuild does."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from psycopg import Connection

from contracts.events import LEDGER_STREAM, RecordedEvent
from services.foundation.database import statement
from services.projections.engine.copying import copy_rows, into_part
from services.projections.engine.projection import Group, Target
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.folded import Folded, folded_from
from services.projections.relationship.rows import (
    WHOLE,
    Rows,
    Written,
    promise_rows,
    rows_of,
)
from services.projections.relationship.streams import facts_of, read_policies

HERE: Final = "services.projections.relationship"


def write_whole(
    connection: Connection[Any], target: Target, groups: Sequence[Group], up_to: int
) -> None:
    """Write every row of partners, judged by the policy known at a position."""
    known = read_policies(connection, target.ledger, target.zone, up_to)
    name, policy = known.newest
    folded = [one for group in groups for one in _folded(group, target, policy)]
    for table, rows in _rows(folded, target, policy, Written(up_to, name)).items():
        copy = into_part(statement(HERE, f"copy_{table}"), table, target.generation)
        copy_rows(connection, copy, rows)


def _folded(group: Group, target: Target, policy: Policy) -> Iterator[Folded]:
    """The partners that answer for a group; the ledger's own stream is none."""
    told: dict[str, Sequence[RecordedEvent]] = {
        partner: list(events)
        for partner, events in groupby(sorted(group, key=_partner), _partner)
        if partner != LEDGER_STREAM
    }
    for root, facts in facts_of(told, target.zone).facts.items():
        if facts:
            yield folded_from(facts, Setting(root, target.zone, policy))


_partner: Final = attrgetter("partner")


def _rows(
    folded: Sequence[Folded], target: Target, policy: Policy, written: Written
) -> Rows:
    rows: Rows = {table: [] for table in (*WHOLE, "open_promises")}
    for one in folded:
        made = rows_of(one.partner, one.told, target, policy, written)
        made["open_promises"] = [*promise_rows(one.partner, one.changes, target)]
        for table, new in made.items():
            rows[table] += new
    return rows
