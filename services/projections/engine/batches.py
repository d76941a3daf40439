"""Batches of the log, decoded once for all projections that want the same."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import Connection

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.foundation.event_log import decode, read_after

HERE: Final = "services.projections.engine"
REMEMBERED: Final = 2
"""Batches: one for the rows that readers use, and one for those being built."""


class Batches:
    """Reads the log for a worker, and remembers what it read last.

    The next projection of the same ledger wants the same events, and events never
    change.
    """

    def __init__(self) -> None:
        self._zones: dict[str, ZoneInfo] = {}
        self._read: dict[tuple[str, int], Sequence[RecordedEvent]] = {}

    def after(
        self, connection: Connection[Any], ledger: str, position: int, most: int
    ) -> Sequence[RecordedEvent]:
        """The next events of a ledger, at most so many."""
        known = self._read.get((ledger, position), ())
        if known and len(known) <= most:
            return known
        rows = read_after(connection, ledger, position, most)
        events = [decode(row) for row in rows]
        if events:
            self._remember((ledger, position), events)
        return events

    def _remember(self, key: tuple[str, int], events: Sequence[RecordedEvent]) -> None:
        self._read.pop(key, None)
        while len(self._read) >= REMEMBERED:
            del self._read[next(iter(self._read))]
        self._read[key] = events

    def zone(self, connection: Connection[Any], ledger: str) -> ZoneInfo:
        """The time zone of a ledger, which never changes."""
        if ledger not in self._zones:
            row = connection.execute(statement(HERE, "find_zone"), (ledger,)).fetchone()
            self._zones[ledger] = ZoneInfo("UTC" if row is None else row[0])
        return self._zones[ledger]
