"""Hold a request against everything that can be seen without the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from pydantic import ValidationError

from contracts.canonical import Json, canonical
from contracts.events import (
    EventCorrected,
    EventData,
    PartnerIdentified,
    Source,
)
from contracts.events.base import SEALED, TOKEN
from contracts.occurrence import format_instant, interval
from contracts.requests import EventRequest
from contracts.saying import Said
from services.foundation.faults import faults
from services.foundation.ids import new_event_id
from services.foundation.problems import Problem
from services.ledger.intake.fingerprints import fingerprint
from services.ledger.intake.naming import partner_id
from services.ledger.intake.references import Introduced, WrongPlaceError, resolve
from services.ledger.rules.alone import fault_alone
from services.ledger.store.recordings import Item, Recording, key_of_client

EVENT_BYTES: Final = 32 * 1024
FUTURE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf, and when, a request is prepared."""

    zone: tzinfo
    name: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """The headers of a recording."""

    key: str | None = None
    expected_version: int | None = None


def prepare(
    content: Json, sender: Sender, conditions: Conditions = Conditions()
) -> Recording:
    """A recording of one event or of a list; raises a Problem when it is not valid."""
    items = content if isinstance(content, list) else [content]
    ids = [new_event_id() for _ in items]
    key = key_of_client(conditions.key) if conditions.key else None

    def build(*, taken: bool) -> Recording:
        prepared = _items(content, items, ids, sender, taken=taken)
        return Recording(
            items=prepared,
            recorded_by=sender.name,
            key=key,
            fingerprint=fingerprint(content) if key else None,
            expected_version=conditions.expected_version,
            names_partner=any(_names_itself(item) for item in items),
            otherwise=lambda: build(taken=True),
        )

    return build(taken=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as sent: its id to be, and where it stands in the body."""

    content: Json
    id: str
    at: str


def _items(
    content: Json,
    items: Sequence[Json],
    ids: Sequence[str],
    sender: Sender,
    *,
    taken: bool,
) -> list[Item]:
    prepared: list[Item] = []
    earlier: list[Introduced] = []
    in_list = isinstance(content, list)
    for number, (sent, event_id) in enumerate(zip(items, ids, strict=True)):
        one = Sent(sent, event_id, f"/{number}" if in_list else "")
        item = _item(one, sender, earlier, taken=taken)
        prepared.append(item)
        if in_list:
            earlier.append(_introduced(item))
    return prepared


def _item(
    sent: Sent, sender: Sender, earlier: Sequence[Introduced], *, taken: bool
) -> Item:
    if not isinstance(sent.content, dict):
        raise _invalid([(sent.at, Said("must be an object"))])
    model = EventData.catalogue.get(str(sent.content.get("type")))
    request = _envelope(_resolved(sent, model, earlier), sent.at)
    if model is None:
        reason = Said("is not a known type; see /v1/schemas")
        raise _invalid([(f"{sent.at}/type", reason)])
    data = _data(model, request.data or {}, sent.at)
    used = {one.partner for one in earlier}
    partner = request.partner or _own_name(data, sent, used, taken=taken)
    fault = fault_alone(partner, data)
    if fault is not None:
        raise _invalid([(sent.at + fault[0], fault[1])])
    return _dated(sent, sender, request, data, partner)


def _resolved(
    sent: Sent, model: type[EventData] | None, earlier: Sequence[Introduced]
) -> Mapping[str, Json]:
    content: Mapping[str, Json] = sent.content
    if model is None or not earlier:
        return content
    try:
        return resolve(content, model, earlier)
    except WrongPlaceError as error:
        reason = Said("names no earlier item of the list that introduces such a thing")
        raise _invalid([(sent.at + error.pointer, reason)]) from None


def _envelope(sent: Mapping[str, Json], at: str) -> EventRequest:
    try:
        return EventRequest.model_validate(sent)
    except ValidationError as error:
        raise _invalid(faults(error, at)) from None


def _data(model: type[EventData], data: Mapping[str, Any], at: str) -> EventData:
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise _invalid(faults(error, f"{at}/data")) from None


def _own_name(
    data: EventData, sent: Sent, used: set[str | None], *, taken: bool
) -> str:
    if not isinstance(data, PartnerIdentified):
        raise _invalid([(f"{sent.at}/partner", Said("is missing"))])
    private = data.kind == "person"
    name = partner_id(data.name, sent.id, taken=taken, private=private)
    if name in used or name == data.introduced_by:
        return partner_id(data.name, sent.id, taken=True, private=private)
    return name


def _dated(
    sent: Sent, sender: Sender, request: EventRequest, data: EventData, partner: str
) -> Item:
    occurred_at = request.occurred_at or format_instant(sender.now)
    span = interval(occurred_at, sender.zone)
    _check_not_future(span.first, sender, f"{sent.at}/occurred_at")
    if isinstance(data, EventCorrected) and data.occurred_at is not None:
        corrected = interval(data.occurred_at, sender.zone).first
        _check_not_future(corrected, sender, f"{sent.at}/data/occurred_at")
    source = (
        Source(request.source.system, request.source.ref) if request.source else None
    )
    text = canonical(request.data or {})
    _check_none_sealed(request, text, sent.at)
    return Item(
        id=sent.id,
        partner=partner,
        occurred_at=occurred_at,
        occurred_from=span.first,
        occurred_to=span.last,
        data=data,
        text=text,
        causation=request.causation,
        correlation=request.correlation,
        source=source,
        fingerprint=fingerprint(sent.content) if source else None,
    )


def _check_none_sealed(request: EventRequest, data: str, at: str) -> None:
    """What looks sealed would be opened where it is read, or fail to open there."""
    texts = {"data": data, "correlation": request.correlation}
    if request.source is not None:
        texts |= {f"source/{name}": text for name, text in request.source}
    for name, text in texts.items():
        if text and SEALED in text and TOKEN.search(text):
            reason = Said("holds a text in the form of a sealed one")
            raise _invalid([(f"{at}/{name}", reason)])


def _check_not_future(first: datetime, sender: Sender, pointer: str) -> None:
    if first > sender.now + FUTURE:
        raise _invalid([(pointer, Said("lies more than a day in the future"))])


def _introduced(item: Item) -> Introduced:
    introduces = item.data.introduces
    thing = (getattr(item.data, introduces[0]) or item.id) if introduces else None
    kind = introduces[1] if introduces else None
    return Introduced(item.id, item.partner, kind, thing)


def _names_itself(item: Json) -> bool:
    return isinstance(item, dict) and "partner" not in item


def _invalid(errors: Sequence[tuple[str, Said]]) -> Problem:
    return Problem("invalid", Said("Nothing was recorded; see errors."), errors=errors)
