"""Between recorded events and what the eventsourcing library stores."""

import json
from dataclasses import dataclass
from typing import Any

from eventsourcing.persistence import Mapper, Notification, StoredEvent
from typing_extensions import override

from contracts.canonical import canonical
from contracts.events import EventData, RecordedEvent
from services.foundation import event_log


@dataclass(frozen=True)
class LedgerStoredEvent(StoredEvent):
    """The library's stored event with the rest of our envelope; state is the data."""

    row: event_log.StoredEvent


@dataclass(frozen=True)
class LedgerNotification(Notification):
    """The same, at its position in the log."""

    row: event_log.StoredEvent


@dataclass(frozen=True)
class StreamEvent:
    """A recorded event under the names that the library uses."""

    originator_id: str
    originator_version: int
    event: RecordedEvent


class LedgerMapper(Mapper[str]):
    """Maps by the catalogue's names and schema numbers, never by Python paths."""

    @override
    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The stored form of a stream event."""
        event: RecordedEvent = domain_event.event
        row = row_of(event)
        return LedgerStoredEvent(
            originator_id=event.partner,
            originator_version=event.version,
            topic=event.type,
            state=row.data.encode(),
            row=row,
        )

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> StreamEvent:
        """The recorded event of a stored one."""
        if not isinstance(stored_event, LedgerStoredEvent | LedgerNotification):
            raise TypeError(stored_event)
        event = event_log.decode(stored_event.row)
        return StreamEvent(event.partner, event.version, event)


def row_of(event: RecordedEvent, text: str | None = None) -> event_log.StoredEvent:
    """The row of a recorded event; `text` is its data as sent, in canonical form."""
    source = event.source
    return event_log.StoredEvent(
        event.position,
        event.id,
        event.partner,
        event.version,
        event.type,
        event.schema,
        event.occurred_at,
        event.occurred_from,
        event.occurred_to,
        event.recorded_at,
        event.recorded_by,
        event.causation,
        event.correlation,
        source.system if source else None,
        source.ref if source else None,
        canonical(data_of(event.data)) if text is None else text,
        canonical(event.completed) if event.completed else "{}",
    )


def data_of(data: EventData) -> Any:
    """The JSON value of a fact's data: what was given, and nothing else."""
    return json.loads(data.model_dump_json(exclude_none=True))
