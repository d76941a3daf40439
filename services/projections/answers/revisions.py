"""What corrections and retractions say of other events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from psycopg import Connection

from contracts.events import EventCorrected, EventRetracted, RecordedEvent
from contracts.events.reading import in_force
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, decode
from services.projections.answers.question import Question

HERE: Final = "services.projections.answers"
REVISIONS: Final = ("EventCorrected", "EventRetracted")


def read_revisions(
    connection: Connection[Any],
    question: Question,
    streams: Collection[str],
    *others: str,
) -> list[RecordedEvent]:
    """The revisions of streams known at the cut, and events of other types named."""
    parameters = question.parameters(
        streams=sorted(streams), types=[*REVISIONS, *others]
    )
    rows = connection.execute(statement(HERE, "events_of_types"), parameters)
    return [decode(StoredEvent(*row)) for row in rows]


def target_of(event: RecordedEvent) -> str | None:
    """The event that a revision is about; None for any other event."""
    data = event.data
    return data.target if isinstance(data, EventCorrected | EventRetracted) else None


def corrections(revisions: Sequence[RecordedEvent]) -> dict[str, list[RecordedEvent]]:
    """By event, the corrections of it that are in force, in order of recording."""
    found: dict[str, list[RecordedEvent]] = {}
    for event in in_force(revisions):
        if isinstance(event.data, EventCorrected):
            found.setdefault(event.data.target, []).append(event)
    return found


def subjects(revisions: Iterable[RecordedEvent]) -> Mapping[str, str]:
    """By revision, the fact that it is finally about, whatever revisions lie between.

    The revisions are in order of recording: each is about something earlier.
    """
    found: dict[str, str] = {}
    for event in revisions:
        target = target_of(event)
        if target is not None:
            found[event.id] = found.get(target, target)
    return found
