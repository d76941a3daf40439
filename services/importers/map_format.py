"""The map: how the rows of a file become events, written in TOML."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)
from pydantic import field_validator as validates

from contracts.events.base import PartnerId
from services.importers.conditions import Condition

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_ .-]*$")]
Filled = Annotated[str, StringConstraints(min_length=1)]


def _reads_whole_dates(form: str) -> str:
    """A form reads a year; a day only with its month, and no time of day."""
    read = set(re.findall("%(.)", form))
    month = read & {"m", "b", "B"}
    if "Y" not in read or read - set("YmbBd") or ("d" in read and not month):
        reason = "may use %Y, then %m (or %b, %B), then %d"
        raise ValueError(reason)
    return form


DateFormat = Annotated[str, AfterValidator(_reads_whole_dates)]


class Section(BaseModel):
    """A frozen part of a map; a word that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Parameter(Section):
    """Something to choose when importing: `--set owner=Japan`."""

    about: Filled
    default: str | None = None


class TableFile(Section):
    """A value table kept in a CSV file beside the map, looked up by one column."""

    path: Filled
    key: Filled


class DerivedField(Section):
    """A value made from others, as text, or by looking that text up in a table.

    Empty where its condition does not hold.
    """

    text: str
    when: Condition = {}
    table: str | None = None
    column: str | None = None
    default: str | None = None


class Numbers(Section):
    """How the file writes numbers."""

    decimal: Annotated[str, StringConstraints(min_length=1, max_length=1)] = "."
    thousands: Annotated[str, StringConstraints(max_length=1)] = ""


class Dates(Section):
    """Forms of dates beside ISO 8601; what a form leaves out stays unknown."""

    formats: tuple[DateFormat, ...] = Field(default=(), strict=False)


class Order(Section):
    """Rows that need others before them: those of `first`, then by a text."""

    first: Condition = {}
    by: str = ""


class PartnerRule(Section):
    """Who the partner of a row is: a name, or the other one of two columns."""

    name: str | None = None
    between: tuple[str, str] | None = Field(default=None, strict=False)
    us: str | None = None
    identified: Mapping[str, JsonValue] = {}
    ids: Mapping[str, PartnerId] = {}


class SkipRule(Section):
    """Rows that are left out, and under which name they are counted."""

    rule: Filled
    when: Condition


class CollapseRule(Section):
    """Rows with the same key tell of one fact; only the first becomes events."""

    rule: Filled
    key: Filled
    when: Condition = {}


class EventRule(Section):
    """An event that a row makes, when its condition holds."""

    type: Filled
    when: Condition = {}
    needs: str | None = None
    lacks: str | None = None
    introduces: str | None = None
    suffix: str = ""
    occurred_at: Filled
    correlation: str | None = None
    data: Mapping[str, JsonValue]

    @validates("data")
    @classmethod
    def _holds_no_float(cls, data: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        if any(isinstance(part, float) for part in parts(dict(data))):
            reason = "write numbers with a fraction as text: a float is not exact"
            raise ValueError(reason)
        return data


class ImportMap(Section):
    """A whole map."""

    name: Filled
    system: Filled
    ref: Filled
    repeats: Literal["refuse", "number"] = "refuse"
    format: Literal["csv", "tsv"] = "csv"
    delimiter: Annotated[str, StringConstraints(max_length=1)] = ""
    quoted: bool = True
    encoding: str = "utf-8-sig"
    parameters: Mapping[Name, Parameter] = {}
    columns: Mapping[Name, str] = {}
    tables: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {}
    table_files: Mapping[str, TableFile] = {}
    numbers: Numbers = Numbers()
    dates: Dates = Dates()
    fields: Mapping[Name, DerivedField] = {}
    order: Order | None = None
    partner: PartnerRule
    skip: tuple[SkipRule, ...] = Field(default=(), strict=False)
    collapse: tuple[CollapseRule, ...] = Field(default=(), strict=False)
    event: tuple[EventRule, ...] = Field(min_length=1, strict=False)

    @validates("partner")
    @classmethod
    def _partner_is_one_way(cls, rule: PartnerRule) -> PartnerRule:
        if (rule.name is None) == (rule.between is None) or (
            (rule.us is None) != (rule.between is None)
        ):
            reason = "needs `name`, or `between` (two columns) with `us`"
            raise ValueError(reason)
        return rule


def parts(shape: JsonValue) -> Iterator[Any]:
    """Every single value inside a shape."""
    match shape:
        case dict():
            for member in shape.values():
                yield from parts(member)
        case list():
            for member in shape:
                yield from parts(member)
        case _:
            yield shape
