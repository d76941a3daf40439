"""Reading the log: rows as stored, decoded when somebody needs their meaning."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg import Connection

from contracts.canonical import Json
from contracts.events import RecordedEvent, Source
from contracts.events.upcasts import decode_text
from contracts.occurrence import format_instant
from services.foundation.database import statement

HERE: Final = "services.foundation"
NO_MORE: Final = 2**62
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class StoredEvent(NamedTuple):
    """A row of the log, in the order of its columns; data and completed as text."""

    position: int
    id: str
    partner: str
    version: int
    type: str
    schema: int
    occurred_at: str
    occurred_from: datetime
    occurred_to: datetime
    recorded_at: datetime
    recorded_by: str
    causation: str | None
    correlation: str | None
    source_system: str | None
    source_ref: str | None
    data: str
    completed: str


def decode(row: StoredEvent) -> RecordedEvent:
    """The recorded event that a row holds."""
    return RecordedEvent(
        row.id,
        row.position,
        row.partner,
        row.version,
        row.type,
        row.schema,
        row.occurred_at,
        row.occurred_from,
        row.occurred_to,
        row.recorded_at,
        row.recorded_by,
        row.causation,
        row.correlation,
        source_of(row),
        decode_text(row.type, row.schema, row.data),
        _completed(row.completed),
    )


@lru_cache(maxsize=256)
def _few(text: str) -> Mapping[str, Any]:
    return json.loads(text)  # type: ignore[no-any-return]


def _completed(text: str) -> Mapping[str, Any]:
    return {} if text == "{}" else _few(text)


def source_of(row: StoredEvent) -> Source | None:
    """Where an imported event comes from."""
    if row.source_system is None or row.source_ref is None:
        return None
    return Source(row.source_system, row.source_ref)


def answer(row: StoredEvent) -> dict[str, Json]:
    """A recorded event as the API shows it."""
    told: dict[str, Json] = json.loads(answer_json(row))
    return told


def answer_json(row: StoredEvent) -> str:
    """The same as JSON text; data and completed go out as they are stored."""
    source = source_of(row)
    told = None if source is None else {"system": source.system, "ref": source.ref}
    envelope = _ENCODE(
        {
            "id": row.id,
            "position": row.position,
            "partner": row.partner,
            "version": row.version,
            "type": row.type,
            "schema": row.schema,
            "occurred_at": row.occurred_at,
            "occurred_from": format_instant(row.occurred_from),
            "occurred_to": format_instant(row.occurred_to),
            "recorded_at": format_instant(row.recorded_at),
            "recorded_by": row.recorded_by,
            "causation": row.causation,
            "correlation": row.correlation,
            "source": told,
        }
    )
    return f'{envelope[:-1]},"data":{row.data},"completed":{row.completed}}}'


def read_streams(
    connection: Connection[Any],
    ledger: str,
    partners: Iterable[str],
    *,
    after: int = 0,
    up_to: int = NO_MORE,
) -> list[StoredEvent]:
    """The events of some streams in order of position, after one and up to another."""
    parameters = (ledger, list(partners), after, up_to)
    rows = connection.execute(statement(HERE, "read_streams"), parameters)
    return [StoredEvent(*row) for row in rows]


def read_positions(
    connection: Connection[Any], ledger: str, positions: Iterable[int]
) -> list[StoredEvent]:
    """The events at some positions, in order."""
    parameters = (ledger, list(positions))
    rows = connection.execute(statement(HERE, "read_positions"), parameters)
    return [StoredEvent(*row) for row in rows]


def read_after(
    connection: Connection[Any], ledger: str, position: int, limit: int
) -> list[StoredEvent]:
    """The next events of a ledger after a position."""
    parameters = (ledger, position, limit)
    rows = connection.execute(statement(HERE, "read_after"), parameters)
    return [StoredEvent(*row) for row in rows]


def merged_groups(
    connection: Connection[Any], ledger: str, up_to: int = NO_MORE
) -> dict[str, frozenset[str]]:
    """By stream: the streams that merges, in force or retracted, tie to it."""
    groups: dict[str, frozenset[str]] = {}
    asked = (ledger, up_to)
    for merged, into in connection.execute(statement(HERE, "read_merges"), asked):
        both = [groups.get(p, frozenset((p,))) for p in (merged, into)]
        group = frozenset[str]().union(*both)
        groups.update(dict.fromkeys(group, group))
    return groups


def position_at(
    connection: Connection[Any], ledger: str, moment: datetime, head: int
) -> int:
    """The last position recorded by a moment, up to the head; 0 when there is none."""
    parameters = {"ledger": ledger, "head": head, "moment": moment}
    found = connection.execute(statement(HERE, "position_at"), parameters)
    row = found.fetchone()
    return 0 if row is None else int(row[0])
