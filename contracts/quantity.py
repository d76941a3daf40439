"""Exact amounts of a unit: never a float, never rounded, never converted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Context, Decimal, Inexact, localcontext
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from contracts.currencies import CURRENCIES
from contracts.saying import Said

AMOUNT = r"(0|[1-9][0-9]{0,19})(\.[0-9]{1,12})?"
UNIT = r"[A-Z]{3}|[a-z][a-z0-9_-]{0,31}(:[a-z0-9._-]{1,64})?"

ACT: Final = "act"
EXACT: Final = Context(prec=60, traps=[Inexact])


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Do sums with 60 digits and fail loudly rather than round."""
    with localcontext(EXACT):
        yield


def _positive(text: str) -> str:
    if not text.strip("-0."):
        reason = Said("must be greater than 0")
        raise ValueError(reason)
    return text


def _not_zero(text: str) -> str:
    if not text.strip("-0."):
        reason = Said("must not be 0")
        raise ValueError(reason)
    return text


def _known_unit(text: str) -> str:
    if text.isupper() and text not in CURRENCIES:
        reason = Said("is not an ISO 4217 code, current or withdrawn")
        raise ValueError(reason)
    return text


Amount = Annotated[
    str, StringConstraints(pattern=f"^{AMOUNT}$"), AfterValidator(_positive)
]
SignedAmount = Annotated[
    str, StringConstraints(pattern=f"^-?{AMOUNT}$"), AfterValidator(_not_zero)
]
Unit = Annotated[
    str, StringConstraints(pattern=f"^({UNIT})$"), AfterValidator(_known_unit)
]


class Quantity(BaseModel):
    """So much of one unit; the amount is an exact decimal in a string."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: Amount
    unit: Unit

    @property
    def value(self) -> Decimal:
        """The amount as a number, greater than 0."""
        return Decimal(self.amount)


ONE_ACT: Final = Quantity(amount="1", unit=ACT)


def counted(quantity: Quantity | None) -> Quantity:
    """What a promise or delivery counts as: unquantified help counts as one act."""
    return ONE_ACT if quantity is None else quantity


_TRAILING_ZEROS: Final = re.compile(r"\.?0+$")


def plain(value: Decimal) -> str:
    """A number in plain notation without trailing zeros: `12.5`, `0`, `-3`."""
    text = format(value, "f")
    if "." in text:
        text = _TRAILING_ZEROS.sub("", text)
    return "0" if text == "-0" else text
