"""The rows of the directory: one a partner, written anew when a fact tells of it."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection

from contracts.canonical import canonical
from contracts.events import LEDGER_STREAM, RecordedEvent
from contracts.events.reading import read
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, decode
from services.projections.directory.fold import TELLING, VERSION, Partner, fold
from services.projections.engine.projection import Target

HERE: Final = "services.projections.directory"


class DirectoryProjection:
    """Who the partners are now."""

    name = "directory"
    version = VERSION

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Write anew every partner that the batch tells something of."""
        told = {e.partner for e in events if isinstance(e.data, TELLING)}
        told.discard(LEDGER_STREAM)
        if not told:
            return
        streams = _read(connection, target, sorted(told), events[-1].position)
        rows = [
            (target.ledger, target.generation, name, *_columns(partner))
            for name in sorted(told)
            if (partner := fold(read(streams.get(name, []), target.zone))) is not None
        ]
        gone = (target.ledger, target.generation, sorted(told))
        connection.execute(statement(HERE, "delete_partners"), gone)
        with connection.cursor().copy(statement(HERE, "copy_directory")) as copy:
            for row in rows:
                copy.write_row(row)


def _read(
    connection: Connection[Any], target: Target, partners: Sequence[str], last: int
) -> dict[str, list[RecordedEvent]]:
    types = [model.__name__ for model in TELLING]
    parameters = (target.ledger, list(partners), types, last)
    streams: dict[str, list[RecordedEvent]] = {}
    for row in connection.execute(statement(HERE, "read_telling"), parameters):
        event = decode(StoredEvent(*row))
        streams.setdefault(event.partner, []).append(event)
    return streams


def _columns(partner: Partner) -> tuple[Any, ...]:
    return (
        partner.name,
        canonical(dict(partner.names)),
        partner.kind,
        partner.country,
        list(partner.groups),
        partner.owner,
        partner.merged_into,
        partner.known_from,
    )
