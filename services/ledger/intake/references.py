"""`"#n"` in a list: what the list's n-th item introduces."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.canonical import Json
from contracts.events import EventData

_PLACE: Final = re.compile(r"#([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Introduced:
    """What an earlier item of the list brings: its event, partner and thing."""

    event: str
    partner: str | None = None
    kind: str | None = None
    thing: str | None = None

    def of_kind(self, kind: str) -> str | None:
        """The id that a field for this kind of thing means."""
        if kind == "event":
            return self.event
        if kind == "partner":
            return self.partner
        return self.thing if kind == self.kind else None


class WrongPlaceError(ValueError):
    """A `#n` that names nothing earlier of the right kind."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def resolve(
    item: Mapping[str, Json], model: type[EventData], earlier: Sequence[Introduced]
) -> dict[str, Json]:
    """The item with every `#n` replaced."""
    resolved = dict(item)
    for field, kind in (("partner", "partner"), ("causation", "event")):
        if field in item:
            resolved[field] = _value(item[field], kind, earlier, f"/{field}")
    if isinstance(item.get("data"), dict):
        resolved["data"] = _data(item["data"], model, earlier)
    return resolved


def _data(
    data: Mapping[str, Json], model: type[EventData], earlier: Sequence[Introduced]
) -> dict[str, Json]:
    fields = dict(model.named)
    if model.introduces is not None:
        fields[model.introduces[0]] = model.introduces[1]
    if "target" in model.model_fields:
        fields["target"] = "event"
    return dict(data) | {
        field: _value(data[field], kind, earlier, f"/data/{field}")
        for field, kind in fields.items()
        if field in data
    }


def _value(value: Any, kind: str, earlier: Sequence[Introduced], pointer: str) -> Json:
    if isinstance(value, list):
        return [_one(each, kind, earlier, pointer) for each in value]
    return _one(value, kind, earlier, pointer)


def _one(value: Any, kind: str, earlier: Sequence[Introduced], pointer: str) -> Json:
    match = _PLACE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    place = int(match[1])
    named = earlier[place - 1].of_kind(kind) if place <= len(earlier) else None
    if named is None:
        raise WrongPlaceError(pointer)
    return named
