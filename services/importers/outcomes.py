"""What became of a row or entry: exactly one of these, for each that was read."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pydantic import JsonValue

EventLine: TypeAlias = dict[str, JsonValue]


class Placed(Protocol):
    """Something that stands somewhere in a file."""

    @property
    def place(self) -> str:
        """Where a person finds it."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """An entry of a file that is no table: its first line."""

    file: str
    line: int

    @property
    def place(self) -> str:
        """Where a person finds the entry."""
        return f"{self.file} line {self.line}"


class LeftOut(Exception):
    """An entry makes no events, and is not wrong: a short rule, and its detail."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Mapped:
    """The row makes these events, in this order; some more are known already."""

    row: Placed
    lines: tuple[EventLine, ...]
    known: int = 0


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The row tells of a fact that another row has told already."""

    row: Placed
    rule: str
    into: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The row is left out by a rule of the map or of the importer."""

    row: Placed
    rule: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The row cannot become events."""

    row: Placed
    rule: str
    reason: str


Outcome: TypeAlias = Mapped | Collapsed | Skipped | Refused
