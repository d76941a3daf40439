"""One step of one projection on one ledger: rows and checkpoint in one transaction."""

from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.foundation.event_log import decode, read_after
from services.foundation.telemetry import FOLDED
from services.projections.engine.projection import Projection, Target

HERE: Final = "services.projections.engine"
EVENTS_A_STEP: Final = 5_000
FIRST_GENERATION: Final = 1
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Behind:
    """A ledger that a projection has not caught up with."""

    ledger: str
    projection: str


def prepare(pool: ConnectionPool[Connection[Any]], projection: Projection) -> None:
    """Make the checkpoints of ledgers that have none yet."""
    parameters = (projection.name, FIRST_GENERATION, projection.version)
    with pool.connection() as connection:
        connection.execute(statement(HERE, "insert_checkpoints"), parameters)
        activate = (projection.name, FIRST_GENERATION)
        connection.execute(statement(HERE, "insert_active"), activate)


def find_behind(pool: ConnectionPool[Connection[Any]]) -> list[Behind]:
    """Who is behind, least recently advanced first; takes no lock."""
    with pool.connection() as connection:
        rows = connection.execute(statement(HERE, "find_behind"))
        return [Behind(*row) for row in rows]


def advance(
    pool: ConnectionPool[Connection[Any]],
    projection: Projection,
    ledger: str,
    most: int = EVENTS_A_STEP,
) -> bool:
    """Apply the next events of a ledger; True when there may be more.

    Nothing is done when another worker has the claim. An event that cannot be folded
    halts this projection of this ledger, and only that.
    """
    try:
        return _advance(pool, projection, ledger, most)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("projection_halted", projection=projection.name, ledger=ledger)
        _halt(pool, projection, ledger, error)
        return False


def _advance(
    pool: ConnectionPool[Connection[Any]],
    projection: Projection,
    ledger: str,
    most: int,
) -> bool:
    with pool.connection() as connection, connection.transaction():
        claim = (ledger, projection.name)
        row = connection.execute(statement(HERE, "claim"), claim).fetchone()
        if row is None:
            return False
        generation, position = row
        events = [
            decode(stored) for stored in read_after(connection, ledger, position, most)
        ]
        if not events:
            return False
        zone = _zone(connection, ledger)
        projection.apply(connection, Target(ledger, zone, generation), events)
        last = events[-1].position
        moved = (last, ledger, projection.name, generation)
        connection.execute(statement(HERE, "move_checkpoint"), moved)
        payload = (f"{ledger}/{projection.name} {last}",)
        connection.execute(statement(HERE, "notify"), payload)
    FOLDED.labels(projection.name).inc(len(events))
    return len(events) == most


def _zone(connection: Connection[Any], ledger: str) -> ZoneInfo:
    row = connection.execute(statement(HERE, "find_zone"), (ledger,)).fetchone()
    return ZoneInfo("UTC" if row is None else row[0])


def _halt(
    pool: ConnectionPool[Connection[Any]],
    projection: Projection,
    ledger: str,
    error: Exception,
) -> None:
    told = f"{type(error).__name__}: {error}"[:500]
    with pool.connection() as connection:
        parameters = (told, ledger, projection.name)
        connection.execute(statement(HERE, "halt"), parameters)
