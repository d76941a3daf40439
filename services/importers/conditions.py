"""When a rule of the map applies to a row."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.importers.refusals import RowRefused
from services.importers.templates import Filters, parse

Texts = str | Annotated[tuple[str, ...], Field(strict=False)]


def _is_number(text: str) -> str:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        reason = "must be a number, written as text"
        raise ValueError(reason)
    return text


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as wrong:
        reason = f"is no regular expression: {wrong}"
        raise ValueError(reason) from wrong
    return text


class Test(BaseModel):
    """Everything that is given must hold of the value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    __test__ = False

    is_: Texts | None = Field(default=None, alias="is")
    not_: Texts | None = Field(default=None, alias="not")
    empty: bool | None = None
    above: Annotated[str, AfterValidator(_is_number)] | None = None
    below: Annotated[str, AfterValidator(_is_number)] | None = None
    matches: Annotated[str, AfterValidator(_is_pattern)] | None = None


Condition = Mapping[str, Texts | Test]


def holds(condition: Condition, values: Mapping[str, str], filters: Filters) -> bool:
    """Whether a row fulfils every part of a condition; an empty one always holds."""
    return all(
        _passes(values[name], wanted, values, filters)
        for name, wanted in condition.items()
    )


def _passes(
    value: str, wanted: Texts | Test, values: Mapping[str, str], filters: Filters
) -> bool:
    if isinstance(wanted, Test):
        return _passes_test(value, wanted, values, filters)
    return value in _rendered(wanted, values, filters)


def _passes_test(
    value: str, test: Test, values: Mapping[str, str], filters: Filters
) -> bool:
    return (
        (test.is_ is None or value in _rendered(test.is_, values, filters))
        and (test.not_ is None or value not in _rendered(test.not_, values, filters))
        and (test.empty is None or test.empty == (value == ""))
        and (test.above is None or _number(value, filters) > Decimal(test.above))
        and (test.below is None or _number(value, filters) < Decimal(test.below))
        and (test.matches is None or bool(re.fullmatch(test.matches, value)))
    )


def _rendered(
    texts: Texts, values: Mapping[str, str], filters: Filters
) -> tuple[str, ...]:
    several = (texts,) if isinstance(texts, str) else texts
    return tuple(parse(text).render(values, filters) for text in several)


def _number(value: str, filters: Filters) -> Decimal:
    """The value as a number: zero when empty or zero, else read like an amount."""
    if not value.strip("+-0., "):
        return Decimal(0)
    try:
        return Decimal(filters["amount"](value))
    except RowRefused as refused:
        raise RowRefused("unreadable amount", refused.reason) from refused
