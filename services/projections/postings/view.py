"""The rows of the books: a batch is folded and copied in, never changed afterwards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg import Connection

from contracts.events import EventCorrected, EventRetracted, RecordedEvent
from contracts.occurrence import interval
from contracts.quantity import counted
from services.foundation.database import statement
from services.foundation.event_log import decode, merged_groups, read_streams
from services.projections.engine.projection import Target
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
    numbers: dict[tuple[str, int], int] = {}
    for change in changes:
        for table, columns in _rows(change, target):
            key = (table, change.position)
            numbers[key] = number = numbers.get(key, 0) + 1
            head = (target.ledger, target.generation, change.entry.partner)
            rows[table].append((*head, change.position, number, *columns))
    return rows


def _rows(change: Change, target: Target) -> Iterator[tuple[str, tuple[Any, ...]]]:
    entry, count = change.entry, change.count
    dated = (entry.event, entry.acts_from)
    for p in entry.postings:
        amount = p.amount if count > 0 else p.amount.copy_negate()
        posted = (p.side, p.account, p.unit, amount, p.ref, p.leg, count)
        yield "postings", (*dated, *posted)
    for m in entry.markers:
        yield "markers", (*dated, m.kind, m.ref, m.marker, count)
    if entry.promise is not None:
        yield "promises", (*dated, *_promise(change, target), count)
    if entry.benefit is not None:
        b = entry.benefit
        amount = b.quantity.value if count > 0 else b.quantity.value.copy_negate()
        gained = (b.gained_by, b.confidence, b.quantity.unit, amount, count)
        yield "benefits", (*dated, *gained)
    if entry.dated:
        yield "imprecise_dates", (*dated, entry.occurred_to, count)
    if entry.merged_into is not None:
        yield "merges", (entry.merged_into, count)


def _promise(change: Change, target: Target) -> tuple[Any, ...]:
    promise = change.entry.promise
    if promise is None:
        return ()
    quantity = counted(promise.quantity)
    until = promise.until
    until_at = interval(until, target.zone).last if until else None
    given = promise.quantity is not None
    named = (promise.kind, promise.ref, promise.side, promise.help)
    return (*named, given, quantity.unit, quantity.value, until, until_at)


def _copy(
    connection: Connection[Any], table: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    if not rows:
        return
    with connection.cursor().copy(statement(HERE, f"copy_{table}")) as copy:
        for row in rows:
            copy.write_row(row)
