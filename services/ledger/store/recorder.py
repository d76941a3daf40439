"""The eventsourcing library's recorder interface over one ledger of our log.

Whoever builds on the library records through the same group commit as the API. Rows
that came through this door without our envelope are kept as they are: their state is
any bytes, which our own readers never meet, since a ledger is used through one door.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    StoredEvent,
    Subscription,
)
from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from services.foundation import event_log
from services.foundation.database import statement
from services.foundation.freshness import Listener
from services.foundation.ids import new_event_id
from services.ledger.store import recordings as r
from services.ledger.store.mapper import LedgerNotification, LedgerStoredEvent
from services.ledger.store.writer import Writer

HERE: Final = "services.ledger.store"
FOREIGN: Final = 0
"""The schema number of rows that came without our envelope."""
NEWEST_FIRST: Final = {True: "select_stream_down", False: "select_stream_up"}
Pool = ConnectionPool[Connection[Any]]


class LedgerRecorder(ApplicationRecorder):
    """Appends through the writer, reads by stream and by position."""

    def __init__(self, pool: Pool, writer: Writer, ledger: str, dsn: str) -> None:
        self._pool, self._writer, self._ledger, self.dsn = pool, writer, ledger, dsn

    @override
    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events atomically; IntegrityError when a version is taken."""
        if not stored_events:
            return None
        raw = r.RawEvents(tuple(_row(event) for event in stored_events))
        outcome = self._writer.append(r.Submission(self._ledger, (raw,))).each[0]
        if isinstance(outcome, r.Refused):
            raise IntegrityError
        return [row.position for row in outcome.rows]

    @override
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of a stream between versions."""
        parameters = {
            "ledger": self._ledger,
            "stream": str(originator_id),
            "above": -1 if gt is None else gt,
            "up_to": event_log.NO_MORE if lte is None else lte,
            "max_rows": limit,
        }
        return [_stored(row) for row in self._read(NEWEST_FIRST[desc], parameters)]

    @override
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events of the ledger between positions, of some types or of all."""
        after = (start or 0) - 1 if inclusive_of_start else (start or 0)
        parameters = {
            "ledger": self._ledger,
            "above": after,
            "up_to": event_log.NO_MORE if stop is None else stop,
            "types": list(topics) or None,
            "max_rows": limit,
        }
        return [_notification(r) for r in self._read("select_positions", parameters)]

    @override
    def max_notification_id(self) -> int | None:
        """The head of the log."""
        with self._pool.connection() as connection:
            parameters = (self._ledger,)
            row = connection.execute(
                statement(HERE, "read_head"), parameters
            ).fetchone()
        return row[0] if row and row[0] else None

    @override
    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """The events after a position, those to come included."""
        return LedgerSubscription(self, gt, topics)

    def _read(
        self, name: str, parameters: dict[str, Any]
    ) -> list[event_log.StoredEvent]:
        with self._pool.connection() as connection:
            rows = connection.execute(statement(HERE, name), parameters)
            return [event_log.StoredEvent(*row) for row in rows]


class LedgerAggregateRecorder(AggregateRecorder):
    """The library's narrower interface: no positions are given back."""

    def __init__(self, recorder: LedgerRecorder) -> None:
        self._recorder = recorder

    @override
    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events atomically."""
        self._recorder.insert_events(stored_events, **kwargs)
        return None

    @override
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of a stream between versions."""
        return self._recorder.select_events(
            originator_id, gt=gt, lte=lte, desc=desc, limit=limit
        )


class LedgerSubscription(ListenNotifySubscription[LedgerRecorder]):
    """Pulls when a notification says that there is more."""

    def __init__(
        self, recorder: LedgerRecorder, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        wake = self._has_been_notified.set
        self._listener = Listener(
            recorder.dsn, {"ledger_events": lambda _payload: wake()}, wake
        )

    @override
    def stop(self) -> None:
        """Stop pulling and listening."""
        super().stop()
        self._listener.ask_to_stop()


def _row(event: StoredEvent) -> event_log.StoredEvent:
    if isinstance(event, LedgerStoredEvent):
        return event.row
    now = datetime.now(UTC)
    return event_log.StoredEvent(
        0,
        new_event_id(),
        str(event.originator_id),
        event.originator_version,
        event.topic,
        FOREIGN,
        now.isoformat(),
        now,
        now,
        now,
        "eventsourcing",
        None,
        None,
        None,
        None,
        event.state.decode(),
        "{}",
    )


def _stored(row: event_log.StoredEvent) -> StoredEvent:
    if row.schema == FOREIGN:
        return StoredEvent(row.partner, row.version, row.type, row.data.encode())
    return LedgerStoredEvent(row.partner, row.version, row.type, row.data.encode(), row)


def _notification(row: event_log.StoredEvent) -> Notification:
    state = row.data.encode()
    if row.schema == FOREIGN:
        return Notification(row.partner, row.version, row.type, state, row.position)
    return LedgerNotification(
        row.partner, row.version, row.type, state, row.position, row
    )
