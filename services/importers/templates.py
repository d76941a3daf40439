"""Text with placeholders: `{column}`, `{first|second}`, `{amount:abs}`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from pydantic import JsonValue

from services.importers.refusals import MapUnusable, RowRefused

Filters = Mapping[str, Callable[[str], str]]
TYPED: Final = ("int", "bool")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_BOOLEANS: Final = {"true": True, "yes": True, "1": True} | {
    "false": False,
    "no": False,
    "0": False,
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Names to try in order, the first that is not empty counts; then filters."""

    names: tuple[str, ...]
    filters: tuple[str, ...]

    def render(self, values: Mapping[str, str], filters: Filters) -> str:
        """The value, or nothing when every name is empty."""
        text = next((values[name] for name in self.names if values[name]), "")
        for name in self.filters:
            if text and name not in TYPED:
                text = filters[name](text)
        return text


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text and placeholders, in order."""

    parts: tuple[str | Placeholder, ...]

    def render(self, values: Mapping[str, str], filters: Filters) -> str:
        """The text with every placeholder replaced."""
        return "".join(
            part if isinstance(part, str) else part.render(values, filters)
            for part in self.parts
        )

    def placeholders(self) -> Iterator[Placeholder]:
        """The placeholders only."""
        return (part for part in self.parts if isinstance(part, Placeholder))

    @property
    def wanted_type(self) -> str | None:
        """`int` or `bool` when the whole text is one placeholder that asks for it."""
        match self.parts:
            case (Placeholder(filters=(*_, kind)),) if kind in TYPED:
                return kind
            case _:
                return None


@cache
def parse(text: str) -> Template:
    """Read a template; braces only ever hold names."""
    pieces = _PLACEHOLDER.split(text)
    if any(c in piece for piece in pieces[::2] for c in "{}"):
        raise MapUnusable(f"unbalanced braces in {text!r}")
    parts = [p if i % 2 == 0 else _placeholder(p) for i, p in enumerate(pieces)]
    return Template(tuple(part for part in parts if part != ""))


def _placeholder(text: str) -> Placeholder:
    names, *filters = text.split(":")
    return Placeholder(
        tuple(name.strip() for name in names.split("|")),
        tuple(name.strip() for name in filters),
    )


def fill(shape: JsonValue, values: Mapping[str, str], filters: Filters) -> JsonValue:
    """A shape of the map with its texts filled in; None where a value is missing.

    A member whose text came out empty is left out; a quantity without amount as a
    whole, whatever its unit.
    """
    match shape:
        case str():
            return _filled_text(parse(shape), values, filters)
        case dict():
            return _filled_members(shape, values, filters)
        case list():
            items = [fill(item, values, filters) for item in shape]
            return [item for item in items if item is not None]
        case _:
            return shape


def _filled_members(
    shape: Mapping[str, JsonValue], values: Mapping[str, str], filters: Filters
) -> JsonValue:
    filled = {name: fill(part, values, filters) for name, part in shape.items()}
    present: dict[str, JsonValue] = {
        name: part for name, part in filled.items() if part is not None
    }
    if "amount" in shape and "amount" not in present:
        return None
    return present


def _filled_text(
    template: Template, values: Mapping[str, str], filters: Filters
) -> JsonValue:
    text = template.render(values, filters)
    if not text:
        return None
    match template.wanted_type:
        case "int":
            return _integer(text)
        case "bool":
            return _boolean(text)
        case _:
            return text


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise RowRefused("unreadable number", f"{text!r} is not a whole number")
    return int(text)


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise RowRefused("unreadable yes or no", f"{text!r} is neither")
    return _BOOLEANS[text.lower()]
