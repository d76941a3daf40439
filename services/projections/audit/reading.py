"""What an audit reads: of one partner at a time, as one moment shows it all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, merged_groups, read_streams
from services.projections.audit.refolding import READ_MODELS, Judged, ReadModel
from services.projections.audit.tables import Table
from services.projections.relationship.streams import read_policies

HERE: Final = "services.projections.audit"
Pool = ConnectionPool[Connection[Any]]
StoredRows = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A read model's generation in use, how far it is, and its rows of some streams."""

    model: ReadModel
    generation: int
    position: int
    rows: StoredRows


@dataclass(frozen=True, slots=True)
class Sample:
    """Streams that belong together: their events, and what every read model says.

    `unknown` are partners next to them who have rows and no event.
    """

    streams: Sequence[str]
    log: Sequence[StoredEvent]
    judged: Judged
    stored: Sequence[Stored]
    unknown: Sequence[str]


@contextmanager
def one_moment(pool: Pool) -> Iterator[Connection[Any]]:
    """A short look at everything as of one moment; it takes no lock on any row."""
    with pool.connection() as connection, connection.transaction():
        connection.execute(statement(HERE, "one_moment"))
        connection.execute(statement(HERE, "disturb_nobody"))
        yield connection


def read_zone(pool: Pool, ledger: str) -> ZoneInfo:
    """The time zone of a ledger."""
    with pool.connection() as connection:
        row = connection.execute(statement(HERE, "zone"), {"ledger": ledger}).fetchone()
    return ZoneInfo("UTC" if row is None else row[0])


def read_head(pool: Pool, ledger: str) -> tuple[int, int]:
    """The position that a ledger's head says, and the last one of its events."""
    named = {"ledger": ledger}
    with pool.connection() as connection:
        row = connection.execute(statement(HERE, "head"), named).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def read_live(connection: Connection[Any], ledger: str) -> dict[str, tuple[int, int]]:
    """The generation that readers use and its position, of each projection.

    What another version of this program makes is left out.
    """
    versions = {m.name: m.projection.version for m in READ_MODELS}
    rows = connection.execute(statement(HERE, "live"), {"ledger": ledger})
    return {
        name: (generation, position)
        for name, version, generation, position in rows
        if versions.get(name) == version
    }


def read_sample(
    connection: Connection[Any], ledger: str, zone: ZoneInfo, partner: str, most: int
) -> Sample | None:
    """A partner and those merged with it; None when they have more events."""
    streams = sorted(merged_groups(connection, ledger).get(partner, {partner}))
    live = read_live(connection, ledger)
    last = max((position for _, position in live.values()), default=0)
    counted = {"ledger": ledger, "streams": streams, "most": most + 1}
    row = connection.execute(statement(HERE, "count_events"), counted).fetchone()
    if row is None or row[0] > most:
        return None
    judged = read_policies(
        connection, ledger, zone, live.get("relationship", (0, 0))[1]
    )
    stored = [
        Stored(
            model, *live[model.name], _rows(connection, ledger, streams, model, live)
        )
        for model in READ_MODELS
        if model.name in live
    ]
    return Sample(
        streams,
        read_streams(connection, ledger, streams, up_to=last),
        Judged(*judged.newest),
        stored,
        unknown(connection, ledger, _neighbours(connection, ledger, streams, stored)),
    )


def _rows(
    connection: Connection[Any],
    ledger: str,
    streams: Sequence[str],
    model: ReadModel,
    live: Mapping[str, tuple[int, int]],
) -> StoredRows:
    named = {
        "ledger": ledger,
        "generation": live[model.name][0],
        "streams": list(streams),
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return {
            table.name: cursor.execute(_select(model, table), named).fetchall()
            for table in model.tables
        }


def _select(model: ReadModel, table: Table) -> sql.Composed:
    """The rows of some streams. The table and its columns are this program's own."""
    names = sql.SQL(", ").join(sql.Identifier(n) for n in model.columns(table) if n)
    return sql.SQL(
        "SELECT {} FROM {} WHERE ledger_id = %(ledger)s"
        " AND generation = %(generation)s AND {} = any(%(streams)s)"
    ).format(names, sql.Identifier(table.name), sql.Identifier(table.partner))


def _neighbours(
    connection: Connection[Any],
    ledger: str,
    streams: Iterable[str],
    stored: Iterable[Stored],
) -> Iterator[str]:
    """Of whom the tables have the next rows: somebody whom the log may not know."""
    for one in stored:
        for table in one.model.tables:
            for stream in streams:
                named = {
                    "ledger": ledger,
                    "generation": one.generation,
                    "stream": stream,
                }
                for (name,) in connection.execute(_next(table), named):
                    yield name


def _next(table: Table) -> sql.Composed:
    partner = sql.Identifier(table.partner)
    return sql.SQL(
        "SELECT {} FROM {} WHERE ledger_id = %(ledger)s"
        " AND generation = %(generation)s AND {} > %(stream)s ORDER BY {} LIMIT 1"
    ).format(partner, sql.Identifier(table.name), partner, partner)


def unknown(
    connection: Connection[Any], ledger: str, partners: Iterable[str]
) -> list[str]:
    """Those of whom the log has no event."""
    named = {"ledger": ledger, "partners": sorted(set(partners))}
    rows = connection.execute(statement(HERE, "unknown"), named)
    return [name for (name,) in rows]
