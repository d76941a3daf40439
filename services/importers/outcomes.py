"""What became of a row: exactly one of these, for each row that was read."""

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from services.importers.rows import Row

EventLine: TypeAlias = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The row makes these events, in this order."""

    row: Row
    lines: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The row tells of a fact that another row has told already."""

    row: Row
    rule: str
    into: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The row is left out by a rule of the map."""

    row: Row
    rule: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The row cannot become events."""

    row: Row
    rule: str
    reason: str


Outcome: TypeAlias = Mapped | Collapsed | Skipped | Refused
