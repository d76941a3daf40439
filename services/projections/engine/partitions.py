"""Parts of tables for a generation: made when it begins, gone when nobody needs it."""

from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.projections.engine.projection import Projection

HERE: Final = "services.projections.engine"
GRACE: Final = timedelta(minutes=1)
"""Longer than any answer takes that began on rows of an earlier generation."""
Pool = ConnectionPool[Connection[Any]]
log = structlog.get_logger(__name__)


def make_partitions(
    connection: Connection[Any], projection: Projection, generation: int
) -> None:
    """Make a place for the rows of a generation."""
    for table in projection.tables:
        part = {"table": table, "generation": generation}
        connection.execute(statement(HERE, "make_partition"), part)


def begin_partitions(
    connection: Connection[Any], projection: Projection, generation: int
) -> None:
    """Make a place for so many rows that their indexes are better made afterwards."""
    for table in projection.tables:
        part = {"table": table, "generation": generation}
        connection.execute(statement(HERE, "begin_partition"), part)


def find_detached(
    connection: Connection[Any], projection: Projection, generation: int
) -> list[str]:
    """The tables whose place for a generation is begun and not attached."""
    asked = {"tables": list(projection.tables), "generation": generation}
    rows = connection.execute(statement(HERE, "find_detached"), asked)
    return [table for (table,) in rows]


def attach_partition(connection: Connection[Any], table: str, generation: int) -> bool:
    """Make the indexes of a place and attach it; False while the table is locked."""
    part = {"table": table, "generation": generation}
    row = connection.execute(statement(HERE, "attach_partition"), part).fetchone()
    return row == (True,)


def analyze_partitions(pool: Pool, projection: Projection, generation: int) -> None:
    """Have the first readers of a generation get good plans."""
    for table in projection.tables:
        part = {"table": table, "generation": generation}
        with pool.connection() as connection:
            connection.execute(statement(HERE, "analyze_partition"), part)


def sweep(pool: Pool, projection: Projection, grace: timedelta) -> None:
    """Drop the rows of generations that have been out of use for so long.

    Parts that no ledger uses are dropped whole, if that makes nobody wait. Sweeping
    twice, or half, does no harm: the checkpoint goes last.
    """
    asked = {"projection": projection.name, "grace": grace}
    with pool.connection() as connection:
        found = connection.execute(statement(HERE, "find_dropped"), asked).fetchall()
    for ledger, generation in found:
        if _empty(pool, projection, ledger, generation, grace):
            gone = {"ledger": ledger, "generation": generation, **asked}
            with pool.connection() as connection:
                connection.execute(statement(HERE, "delete_checkpoint"), gone)
            log.info("generation_dropped", **{**gone, "grace": grace.total_seconds()})


def _empty(
    pool: Pool, projection: Projection, ledger: str, generation: int, grace: timedelta
) -> bool:
    part = {"projection": projection.name, "generation": generation}
    with pool.connection() as connection:
        asked = {**part, "grace": grace}
        row = connection.execute(statement(HERE, "find_other_use"), asked).fetchone()
    whole = generation > 1 and row == (False,)
    for table in projection.tables:
        with pool.connection() as connection:
            if not whole:
                attached = {"table": table, "generation": generation}
                connection.execute(statement(HERE, "make_partition"), attached)
                _delete_rows(connection, table, ledger, generation)
            elif not _drop(connection, {**part, "table": table}):
                return False
    return True


def _drop(connection: Connection[Any], part: dict[str, Any]) -> bool:
    row = connection.execute(statement(HERE, "drop_partition"), part).fetchone()
    return row == (True,)


def _delete_rows(
    connection: Connection[Any], table: str, ledger: str, generation: int
) -> None:
    delete = sql.SQL("DELETE FROM {} WHERE ledger_id = %s AND generation = %s")
    connection.execute(delete.format(sql.Identifier(table)), (ledger, generation))
