"""The rows of the books: a batch is folded and copied in, never changed afterwards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from psycopg import Connection

from contracts.events import EventCorrected, EventRetracted, RecordedEvent
from contracts.occurrence import interval
from contracts.quantity import counted
from services.foundation.database import statement
from services.foundation.event_log import decode, merged_groups, read_streams
from services.projections.engine.copying import copy_rows, into_part
from services.projections.engine.projection import Group, Target
from services.projections.postings.entry import Benefit, Promise
from services.projections.postings.fold import VERSION, Change, fold

HERE: Final = "services.projections.postings"
TABLES: Final = (
    "postings",
    "markers",
    "promises",
    "benefits",
    "imprecise_dates",
    "merges",
)
Rows = dict[str, list[tuple[Any, ...]]]


class PostingsProjection:
    """Balances of mutual benefit, on both clocks."""

    name = "postings"
    version = VERSION
    tables = TABLES
    of_batches = ()

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Fold the next events and copy the rows that they make."""
        histories = read_histories(connection, target.ledger, events)
        changes = fold(events, histories, target.zone)
        for table, rows in rows_of(changes, target).items():
            _copy(connection, table, rows)

    def build(
        self,
        connection: Connection[Any],
        target: Target,
        groups: Sequence[Group],
        up_to: int,  # noqa: ARG002 (rows here do not tell by when they hold)
    ) -> None:
        """Fold whole partners and copy all rows of theirs."""
        changes = fold(list(chain(*groups)), histories_of(groups), target.zone)
        for table, rows in rows_of(changes, target).items():
            copy = statement(HERE, f"copy_{table}")
            copy_rows(connection, into_part(copy, table, target.generation), rows)


def histories_of(groups: Sequence[Group]) -> Mapping[str, Group]:
    """The same of whole partners."""
    return {
        event.partner: group
        for group in groups
        for event in group
        if isinstance(event.data, REVISIONS)
    }


def read_histories(
    connection: Connection[Any], ledger: str, events: Sequence[RecordedEvent]
) -> Mapping[str, Sequence[RecordedEvent]]:
    """For each partner revised in the batch: the events of all streams tied to it."""
    revised = {e.partner for e in events if isinstance(e.data, REVISIONS)}
    if not revised:
        return {}
    groups = merged_groups(connection, ledger)
    last = events[-1].position
    return {
        partner: [
            decode(row)
            for row in read_streams(
                connection, ledger, groups.get(partner, {partner}), up_to=last
            )
        ]
        for partner in revised
    }


REVISIONS: Final = (EventCorrected, EventRetracted)


def rows_of(changes: Iterable[Change], target: Target) -> Rows:
    """The rows of every table, numbered within their position."""
    rows: Rows = {table: [] for table in TABLES}
    for change in changes:
        head = (target.ledger, target.generation, change.entry.partner)
        for table, columns in _rows(change, target):
            of_table, position = rows[table], change.position
            number = 1
            if of_table and of_table[-1][3] == position:
                number = of_table[-1][4] + 1
            of_table.append((*head, position, number, *columns))
    return rows


def _rows(change: Change, target: Target) -> Iterator[tuple[str, tuple[Any, ...]]]:
    entry, count = change.entry, change.count
    dated = (entry.event, entry.acts_from)
    for side, account, unit, amount, ref, leg in entry.postings:
        signed = amount if count > 0 else amount.copy_negate()
        yield "postings", (*dated, side, account, unit, signed, ref, leg, count)
    for marker in entry.markers:
        yield "markers", (*dated, *marker, count)
    if entry.promise is not None:
        yield "promises", (*dated, *_promise(entry.promise, target), count)
    if entry.benefit is not None:
        yield "benefits", (*dated, *_gained(entry.benefit, count))
    if entry.dated:
        yield "imprecise_dates", (*dated, entry.occurred_to, count)
    if entry.merged_into is not None:
        yield "merges", (entry.merged_into, count)


def _promise(promise: Promise, target: Target) -> tuple[Any, ...]:
    kind, ref, side, named, quantity, until = promise
    much = counted(quantity)
    until_at = interval(until, target.zone).last if until else None
    given = quantity is not None
    return (kind, ref, side, named, given, much.unit, much.value, until, until_at)


def _gained(benefit: Benefit, count: int) -> tuple[Any, ...]:
    much, value = benefit.quantity, benefit.quantity.value
    signed = value if count > 0 else value.copy_negate()
    return (benefit.gained_by, benefit.confidence, much.unit, signed, count)


def _copy(
    connection: Connection[Any], table: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    if not rows:
        return
    with connection.cursor().copy(statement(HERE, f"copy_{table}")) as copy:
        for row in rows:
            copy.write_row(row)
