"""The read models that workers left, against a fresh fold of the same log."""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import Connection, sql

from services.foundation.database import open_pool
from services.foundation.ledgers import DEFAULT
from services.projections.engine.advance import Engine
from services.projections.engine.projection import Projection
from services.projections.worker import PROJECTIONS
from tests.servers import Database

PATIENCE = 60.0
COPIED = ("ledgers", "ledger_heads", "events")
Rows = dict[str, Counter[str]]


def wait_for_projections(database: Database, *ledgers: str) -> None:
    """Return when workers have applied every event of some ledgers."""
    deadline = time.monotonic() + PATIENCE
    while found := behind(database, ledgers):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def behind(database: Database, ledgers: Iterable[str]) -> list[tuple[Any, ...]]:
    """Where the live read models do not say what the log does, and why."""
    query = (
        "SELECT h.ledger_id, p.name, c.position, h.position, c.error"
        " FROM ledger_heads AS h CROSS JOIN unnest(%s::text[]) AS p (name)"
        " LEFT JOIN checkpoints AS c ON (c.ledger_id, c.projection, c.state)"
        " = (h.ledger_id, p.name, 'live') WHERE h.ledger_id = any(%s)"
        " AND c.position IS DISTINCT FROM h.position"
    )
    asked = ([p.name for p in PROJECTIONS], list(ledgers))
    with psycopg.connect(database.owner_dsn) as connection:
        return connection.execute(query, asked).fetchall()


def assert_as_folded_afresh(database: Database, ledger: str = DEFAULT) -> None:
    """Every row of every read model is as one fold of a copy of the log makes it."""
    copy = f"{ledger}-copy"
    with psycopg.connect(database.owner_dsn) as connection:
        for table in COPIED:
            _copy(connection, table, ledger, copy)
    with open_pool(database.service_dsn, min_size=1, max_size=2, name="fresh") as pool:
        engine = Engine(pool)
        for projection in PROJECTIONS:
            engine.prepare(projection)
            while engine.advance(projection, copy):
                continue
    assert behind(database, [ledger, copy]) == []
    with psycopg.connect(database.owner_dsn) as connection:
        for projection in PROJECTIONS:
            left = _rows(connection, projection, ledger)
            assert left == _rows(connection, projection, copy), projection.name


def _copy(connection: Connection[Any], table: str, ledger: str, copy: str) -> None:
    name = sql.Identifier(table)
    found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(name))
    assert found.description is not None
    columns = [c.name for c in found.description if c.name != "ledger_id"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    insert = "INSERT INTO {0} (ledger_id, {1}) SELECT %s, {1} FROM {0}"
    rows = sql.SQL(insert + " WHERE ledger_id = %s").format(name, names)
    connection.execute(rows, (copy, ledger))


def _rows(connection: Connection[Any], projection: Projection, ledger: str) -> Rows:
    """The rows in use, but for what tells of ledger, generation and batches."""
    left_out = ["ledger_id", "generation", *projection.of_batches]
    query = sql.SQL(
        "SELECT (to_jsonb(t) - %s::text[])::text FROM {} AS t"
        " INNER JOIN active_generations AS a ON"
        " (a.ledger_id, a.generation) = (t.ledger_id, t.generation)"
        " WHERE a.projection = %s AND t.ledger_id = %s"
    )
    found = {}
    for table in projection.tables:
        asked = (left_out, projection.name, ledger)
        rows = connection.execute(query.format(sql.Identifier(table)), asked)
        found[table] = Counter(row for (row,) in rows)
    return found
