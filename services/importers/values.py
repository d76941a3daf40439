"""Dates and amounts as files write them, in the form that the ledger takes.

Nothing is guessed: what cannot be read exactly is refused with its row.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from contracts.occurrence import interval
from contracts.quantity import SignedAmount, Unit
from services.importers.refusals import RowRefused

_AMOUNT: Final = TypeAdapter[str](SignedAmount)
_UNIT: Final = TypeAdapter[str](Unit)
_NUMBER: Final = re.compile(r"([+-]?)0*(\d.*)")
_DATE_LENGTHS: Final = (("%d", 10), ("%m", 7), ("%b", 7), ("%B", 7), ("%Y", 4))


def exact_amount(text: str, *, decimal: str = ".", thousands: str = "") -> str:
    """A number of a file as the ledger writes it; every digit is kept as text."""
    plain = text.strip().replace(thousands, "") if thousands else text.strip()
    match = _NUMBER.fullmatch(plain.replace(decimal, "."))
    number = match[1].strip("+") + match[2] if match else plain
    return _valid(_AMOUNT, number, "unreadable amount")


def known_unit(text: str) -> str:
    """The unit itself when it is an ISO 4217 code or a unit word of the ledger."""
    return _valid(_UNIT, text, "unknown unit")


def positive_amount(amount: str) -> str:
    """The amount itself; a sign belongs to the direction, not to the quantity."""
    if amount.startswith("-"):
        raise RowRefused("negative amount", f"{amount!r} needs a rule of its own")
    return amount


def magnitude(text: str) -> str:
    """A number without its minus sign."""
    return text.strip().removeprefix("-")


def negated(text: str) -> str:
    """A number with the other sign."""
    plain = text.strip()
    return plain[1:] if plain.startswith("-") else f"-{plain.removeprefix('+')}"


def occurrence(text: str, formats: Iterable[str] = ()) -> str:
    """A date or instant, exactly as precise as it is written."""
    try:
        interval(text, UTC)
    except ValueError:
        return _by_format(text, formats)
    return text


def _by_format(text: str, formats: Iterable[str]) -> str:
    for pattern in formats:
        try:
            # The zone is never used: only the parts that the pattern names are kept.
            moment = datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        return moment.date().isoformat()[: _length(pattern)]
    raise RowRefused("unreadable date", f"{text!r} is no date of a known form")


def _length(pattern: str) -> int:
    """As much of a date as the pattern reads: a year alone stays a year."""
    return next(length for part, length in _DATE_LENGTHS if part in pattern)


def _valid(adapter: TypeAdapter[str], text: str, rule: str) -> str:
    try:
        return adapter.validate_python(text, strict=True)
    except ValidationError as wrong:
        reason = wrong.errors()[0]["msg"].removeprefix("Value error, ")
        raise RowRefused(rule, f"{text!r}: {reason}") from wrong
