"""From the fields of the record form to the facts that it tells. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from contracts.events import EventData

Json = dict[str, Any]
CONTACT: Final = "#1"
"""What the list's first item introduced: the contact that all else arose from."""
BEGINS: Final = "PartnerIdentified"
"""What stays behind when facts move to another partner."""
OF_ANYBODY: Final = frozenset({"person", "partner"})
"""What facts of every partner may name, as far as is seen here."""
NUMBER: Final = re.compile("[0-9]{1,9}")
"""What is no such text is sent as it is, and refused with its reason."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form says: one value of a field, or all of them."""

    one: Callable[[str], str]
    all: Callable[[str], list[str]]

    def side(self, name: str, otherwise: str = "us") -> str:
        """Whose something is; `otherwise` when the form does not say."""
        return self.one(name) or otherwise


def facts_of(fields: Fields, partner: str, today: date, tie: str) -> list[Json]:
    """The contact first, then what arose from it, as one list to record."""
    when = occurred_at(fields.one("when"), fields.one("date"), today)
    tied = {"partner": partner, "correlation": tie}
    dated = {} if when is None else {"occurred_at": when}
    contact = {"type": "ContactMade", **tied, **dated, "data": contact_of(fields)}
    rest = [
        {"type": kind, **tied, **dated, "causation": CONTACT, "data": data}
        for kind, data in _arisen(fields)
    ]
    return [contact, *rest]


def occurred_at(when: str, told: str, today: date) -> str | None:
    """When it happened, as precisely as people remember; None is now."""
    if told:
        return told
    days = {"today": 0, "yesterday": 1}.get(when)
    return None if days is None else (today - timedelta(days=days)).isoformat()


def contact_of(fields: Fields) -> Json:
    """What the contact itself says."""
    minutes = fields.one("minutes")
    return _given(
        by=fields.side("by"),
        channel=fields.one("channel") or "other",
        minutes=int(minutes) if NUMBER.fullmatch(minutes) else minutes,
        note=fields.one("note"),
        persons=fields.all("persons"),
    )


def _arisen(fields: Fields) -> Iterator[tuple[str, Json]]:
    for side in fields.all("asked"):
        yield "GoalAsked", {"by": side}
    yield from _goals(fields)
    yield from _helped(fields)
    if statement := fields.one("principle"):
        yield "PrincipleStated", _principle(fields, statement)
    if statement := fields.one("idea"):
        yield "IdeaProposed", {"by": fields.side("idea_by"), "statement": statement}
    if delivery := fields.one("thanked"):
        yield "DeliveryAcknowledged", {"delivery": delivery}
    if scope := fields.one("scope"):
        yield (
            "AllianceProposed",
            {
                "by": fields.side("scope_by", "partner"),
                "scope": scope,
                "asks": lines_of(fields.one("asks")),
                "gives": lines_of(fields.one("gives")),
            },
        )


def _goals(fields: Fields) -> Iterator[tuple[str, Json]]:
    told = [*fields.all("goal"), *fields.all("goal_text")]
    for statement in told:
        whose = fields.side("goal_whose", "partner")
        yield "GoalShared", {"whose": whose, "statement": statement}


def _principle(fields: Fields, statement: str) -> Json:
    takes_time = True if fields.one("takes_time") else None
    by = fields.side("principle_by")
    return _given(by=by, statement=statement, takes_time=takes_time)


def _helped(fields: Fields) -> Iterator[tuple[str, Json]]:
    if kind := fields.one("request"):
        yield "HelpRequested", _help(fields, "request", kind)
    if kind := fields.one("offer"):
        yield "HelpOffered", _help(fields, "offer", kind)
    if kind := fields.one("promise"):
        promised = _help(fields, "promise", kind)
        yield "ResourceCommitted", promised | _given(due=fields.one("promise_due"))
    if kind := fields.one("delivered"):
        against = _against(fields.one("delivered_against"))
        completes = True if against and fields.one("completes") else None
        delivered = _help(fields, "delivered", kind)
        yield "HelpDelivered", delivered | against | _given(completes=completes)


def _help(fields: Fields, name: str, kind: str) -> Json:
    return _given(
        by=fields.side(f"{name}_by"),
        kind=kind,
        quantity=quantity_of(fields.one(f"{name}_amount"), fields.one(f"{name}_unit")),
    )


def quantity_of(amount: str, unit: str) -> Json | None:
    """An amount in a unit; unquantified help counts once."""
    return {"amount": amount, "unit": unit or "hour"} if amount else None


def _against(told: str) -> Json:
    kind, _, reference = told.partition(":")
    return {kind: reference} if kind in {"offer", "commitment"} and reference else {}


def lines_of(text: str) -> Sequence[str]:
    """The lines of a text, without those that are empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _given(**told: Any) -> Json:
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def taken_back(recorded: Sequence[Json], reason: str) -> list[Json]:
    """Retractions of what was recorded, the last first, so that none breaks another."""
    return [
        {
            "type": "EventRetracted",
            "partner": event["partner"],
            "correlation": event["correlation"],
            "data": {"target": event["id"], "reason": reason},
        }
        for event in reversed(recorded)
    ]


def moved(recorded: Sequence[Json], partner: str, reason: str) -> list[Json]:
    """The same facts of another partner: taken back here and recorded there."""
    back = taken_back(recorded, reason)
    going = [event for event in recorded if event["type"] != BEGINS]
    places = {event["id"]: f"#{len(back) + n}" for n, event in enumerate(going, 1)}
    anew = [
        {
            "type": event["type"],
            "partner": partner,
            "correlation": event["correlation"],
            "occurred_at": event["occurred_at"],
            "data": event["data"],
            **_given(causation=places.get(event["causation"], event["causation"])),
        }
        for event in going
    ]
    return [*back, *anew]


def may_move(recorded: Sequence[Json]) -> bool:
    """Whether facts name nothing of their partner, so that they could be another's."""
    ids = {None, *(event["id"] for event in recorded)}
    going = [event for event in recorded if event["type"] != BEGINS]
    caused = all(event["causation"] in ids for event in going)
    one = len({event["partner"] for event in recorded}) == 1
    return bool(going) and one and caused and ids.issuperset(_named(going))


def _named(events: Sequence[Json]) -> Iterator[str]:
    """The things of their partner that facts name."""
    for event in events:
        data = event["data"]
        for field, kind in EventData.catalogue[event["type"]].named:
            if kind not in OF_ANYBODY and field in data:
                value = data[field]
                yield from [value] if isinstance(value, str) else value
