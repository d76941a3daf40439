"""Events as feeds tell them: without personal data, natively or as CloudEvents."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.canonical import Json, canonical
from contracts.events import (
    EventCorrected,
    EventData,
    PartnerIdentified,
    PartnerRenamed,
)
from contracts.events.upcasts import UnknownEventTypeError, decode_data
from contracts.occurrence import format_instant
from services.foundation.answers import encode
from services.foundation.event_log import StoredEvent, answer_json
from services.ledger.store.log_reader import LogReader

NAMING: Final = frozenset({PartnerIdentified.__name__, PartnerRenamed.__name__})
"""The types whose names are personal when the partner is a person."""
CORRECTION: Final = EventCorrected.__name__
OPEN: Final = frozenset(
    (name, model.schema_number)
    for name, model in EventData.catalogue.items()
    if not model.personal and name not in {*NAMING, CORRECTION}
)
"""Types, as stored today, that never hold anything personal."""


@dataclass(frozen=True, slots=True)
class Background:
    """What else of the log decides which members of some events are personal."""

    targets: Mapping[str, StoredEvent]
    persons: Collection[str]


def background(
    reader: LogReader, ledger: str, rows: Sequence[StoredEvent]
) -> Background:
    """What has to be known about some events before they can be told."""
    corrections = [row for row in rows if row.type == CORRECTION]
    ids = {json.loads(row.data)["target"] for row in corrections}
    found = reader.find_all(ledger, ids) if ids else []
    partners = {row.partner for row in (*rows, *found) if row.type in NAMING}
    persons = reader.ever_persons(ledger, partners) if partners else set()
    return Background({row.id: row for row in found}, persons)


def native(row: StoredEvent, known: Background) -> str:
    """An event as `GET /v1/events/{id}` gives it, on one line, nothing personal."""
    if (row.type, row.schema) in OPEN:
        return answer_json(row)
    data = json.loads(row.data)
    public = _public(row.type, row.schema, data, of_person=row.partner in known.persons)
    if row.type == CORRECTION and "data" in data:
        public["data"] = _corrected(data, known)
    return answer_json(row._replace(data=canonical(public)))


def _public(
    type_name: str, schema: int, data: dict[str, Json], *, of_person: bool
) -> dict[str, Json]:
    """The members that today's type knows and that are not personal.

    What it does not know may be personal under a name of earlier.
    """
    fact = decode_data(type_name, schema, data)
    hidden = set(fact.personal_fields())
    if of_person and type_name in NAMING:
        hidden |= {"name", "names"}
    shown = type(fact).model_fields.keys() - hidden
    return {name: value for name, value in data.items() if name in shown}


def _corrected(change: Mapping[str, Json], known: Background) -> Json:
    """A correction gives its target's data anew, in the shape of today."""
    target = known.targets[change["target"]]
    model = EventData.catalogue.get(target.type)
    if model is None:
        raise UnknownEventTypeError
    person = target.partner in known.persons
    number = model.schema_number
    return _public(target.type, number, change["data"], of_person=person)


def cloud_event(ledger: str, row: StoredEvent, told: str) -> str:
    """A CloudEvent 1.0 in structured JSON; its data is the event in our own form.

    Its time is that of the recording: what is told happened on a date that may be known
    only to the year. Attributes of ours have values that are safe in any header.
    """
    attributes = {
        "specversion": "1.0",
        "id": row.id,
        "source": f"/ledgers/{ledger}",
        "type": row.type,
        "subject": row.partner,
        "time": format_instant(row.recorded_at),
        "datacontenttype": "application/json",
        "partner": row.partner,
        "position": row.position,
        "version": row.version,
        "occurredat": row.occurred_at,
    }
    if row.causation is not None:
        attributes["causationid"] = row.causation
    return f'{encode(attributes).decode()[:-1]},"data":{told}}}'
