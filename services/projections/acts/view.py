"""The rows of acts: a batch adds to them; partners told anew are written anew."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from psycopg import Connection

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.foundation.event_log import decode, merged_groups, read_streams
from services.projections.acts.act import Act
from services.projections.acts.fold import VERSION, LateFact, Rows, fold, told_anew
from services.projections.engine.copying import copy_rows, into_part
from services.projections.engine.projection import Group, Target

HERE: Final = "services.projections.acts"
TABLES: Final = ("acts", "act_people", "late_facts")


class ActsProjection:
    """What was done by whom and when, and what was recorded late."""

    name = "acts"
    version = VERSION
    tables = TABLES
    of_batches = ()

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Fold the next events and write the rows that they make."""
        groups = _groups(connection, target.ledger, events)
        histories = [
            _read(connection, target.ledger, group, events[-1].position)
            for group in groups
        ]
        if groups:
            _delete(connection, target, sorted(set().union(*groups)))
        for table, rows in columns_of(fold(events, histories, target.zone)).items():
            _copy(connection, target, table, rows)

    def build(
        self,
        connection: Connection[Any],
        target: Target,
        groups: Sequence[Group],
        up_to: int,  # noqa: ARG002 (acts do not tell by when they hold)
    ) -> None:
        """Fold whole partners and copy all rows of theirs."""
        anew = [group for group in groups if told_anew(group)]
        rows = columns_of(fold(list(chain(*groups)), anew, target.zone))
        head = (target.ledger, target.generation)
        for table, new in rows.items():
            copy = into_part(statement(HERE, f"copy_{table}"), table, target.generation)
            copy_rows(connection, copy, [(*head, *row) for row in new])


def _groups(
    connection: Connection[Any], ledger: str, events: Sequence[RecordedEvent]
) -> Sequence[frozenset[str]]:
    """The streams to write anew, those that merges tie together in one group."""
    revised = told_anew(events)
    if not revised:
        return ()
    merged = merged_groups(connection, ledger)
    groups = {merged.get(stream, frozenset((stream,))) for stream in revised}
    return sorted(groups, key=min)


def _read(
    connection: Connection[Any], ledger: str, streams: Iterable[str], last: int
) -> Sequence[RecordedEvent]:
    rows = read_streams(connection, ledger, sorted(streams), up_to=last)
    return [decode(row) for row in rows]


def _delete(
    connection: Connection[Any], target: Target, streams: Sequence[str]
) -> None:
    """A survivor is of the group itself, so that its rows are those of the group."""
    gone = (target.ledger, target.generation, list(streams))
    for table in TABLES:
        connection.execute(statement(HERE, f"delete_{table}"), gone)


def columns_of(rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, without ledger and generation."""
    return {
        "acts": [_of_act(act) for act in rows.acts],
        "act_people": [*rows.people],
        "late_facts": [_of_late(fact) for fact in rows.late],
    }


def _of_act(act: Act) -> tuple[Any, ...]:
    named = (act.partner, act.stream, act.position, act.event)
    done = (act.act, act.by, act.kind, act.in_person, act.thin)
    month = act.day.replace(day=1)
    return (*named, *done, act.acts_from, act.day, month, list(act.persons))


def _of_late(fact: LateFact) -> tuple[Any, ...]:
    event = fact.event
    named = (fact.partner, event.position, event.id, event.type)
    dated = (fact.occurred_at, fact.occurred_from, fact.occurred_to, fact.acts_from)
    return (*named, *dated, event.recorded_at, event.recorded_by, fact.days)


def _copy(
    connection: Connection[Any],
    target: Target,
    table: str,
    rows: Sequence[tuple[Any, ...]],
) -> None:
    if not rows:
        return
    with connection.cursor().copy(statement(HERE, f"copy_{table}")) as copy:
        for row in rows:
            copy.write_row((target.ledger, target.generation, *row))
