"""The things of a stream as the rules know them: what they are and how they stand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

NOTHING: Final = Decimal(0)
PERSON_PARTNER: Final = "person partner"
"""The kind of thing that a partner who is a person is, in its own stream."""


@dataclass(frozen=True, slots=True)
class Record:
    """A thing that has no amounts: a goal, a person or an alliance."""

    acts_from: datetime
    by: str | None = None
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Promise(Record):
    """An offer or a commitment; without a unit it may be delivered in any."""

    quantified: bool = False
    unit: str = "act"
    total: Decimal = NOTHING
    delivered: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Delivery(Record):
    """Help given: what of it awaits, and what is in dispute since when."""

    unit: str = "act"
    awaiting: Decimal = NOTHING
    disputed: Decimal = NOTHING
    disputed_from: datetime | None = None


AnyRecord = Record | Promise | Delivery
