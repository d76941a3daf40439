"""Steps of projections: rows and checkpoint in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from contracts.events import RecordedEvent
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


class Engine:
    """Moves projections forward; one for each worker.

    It remembers the batch that it read last: the next projection of the same ledger
    wants the same events, and events never change.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        self._pool = pool
        self._zones: dict[str, ZoneInfo] = {}
        self._ledger, self._events = "", list[RecordedEvent]()

    def prepare(self, projection: Projection) -> None:
        """Make the checkpoints of ledgers that have none yet."""
        made = (projection.name, FIRST_GENERATION, projection.version)
        used = (projection.name, FIRST_GENERATION)
        with self._pool.connection() as connection:
            missing = connection.execute(statement(HERE, "find_unprepared"), used)
            if missing.fetchone() is None:
                return
            connection.execute(statement(HERE, "insert_checkpoints"), made)
            connection.execute(statement(HERE, "insert_active"), used)

    def find_behind(self) -> list[Behind]:
        """Who is behind, least recently advanced first; takes no lock."""
        with self._pool.connection() as connection:
            rows = connection.execute(statement(HERE, "find_behind"))
            return [Behind(*row) for row in rows]

    def advance(
        self, projection: Projection, ledger: str, most: int = EVENTS_A_STEP
    ) -> bool:
        """Apply the next events of a ledger; True when there may be more.

        Nothing is done when another worker has the claim. An event that cannot be
        folded halts this projection of this ledger, and only that.
        """
        try:
            return self._advance(projection, ledger, most)
        except OperationalError:
            raise
        except Exception as error:
            halted = {"projection": projection.name, "ledger": ledger}
            log.exception("projection_halted", **halted)
            self._halt(projection, ledger, error)
            return False

    def _advance(self, projection: Projection, ledger: str, most: int) -> bool:
        with self._pool.connection() as connection, connection.transaction():
            claim = (ledger, projection.name)
            row = connection.execute(statement(HERE, "claim"), claim).fetchone()
            if row is None:
                return False
            generation, position = row
            events = self._read(connection, ledger, position, most)
            if not events:
                return False
            connection.execute(statement(HERE, "do_not_wait_for_disk"))
            target = Target(ledger, self._zone(connection, ledger), generation)
            projection.apply(connection, target, events)
            last = events[-1].position
            moved = (last, ledger, projection.name, generation)
            connection.execute(statement(HERE, "move_checkpoint"), moved)
            payload = (f"{ledger}/{projection.name} {last}",)
            connection.execute(statement(HERE, "notify"), payload)
        FOLDED.labels(projection.name).inc(len(events))
        return True

    def _read(
        self, connection: Connection[Any], ledger: str, position: int, most: int
    ) -> Sequence[RecordedEvent]:
        known = self._events if self._ledger == ledger else []
        if known and known[0].position == position + 1 and len(known) <= most:
            return known
        rows = read_after(connection, ledger, position, most)
        self._ledger, self._events = ledger, [decode(row) for row in rows]
        return self._events

    def _zone(self, connection: Connection[Any], ledger: str) -> ZoneInfo:
        if ledger not in self._zones:
            row = connection.execute(statement(HERE, "find_zone"), (ledger,)).fetchone()
            self._zones[ledger] = ZoneInfo("UTC" if row is None else row[0])
        return self._zones[ledger]

    def _halt(self, projection: Projection, ledger: str, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"[:500]
        parameters = (told, ledger, projection.name)
        with self._pool.connection() as connection:
            connection.execute(statement(HERE, "halt"), parameters)
