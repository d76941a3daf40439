"""What one fact posts to the books: pairs of amounts that sum to zero."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from contracts.events import (
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    HelpDelivered,
    HelpOffered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    ResourceCommitted,
)
from contracts.events.reading import Fact
from contracts.quantity import Quantity, counted

WORLD: Final = "world"


class Posting(NamedTuple):
    """A signed amount of a unit on an account; ref: the offer, commitment, delivery."""

    side: str
    account: str
    unit: str
    amount: Decimal
    ref: str
    leg: str


def postings(fact: Fact) -> tuple[Posting, ...]:
    """The postings of a fact, from its data and what it was completed with alone."""
    posting = POSTING.get(type(fact.data))
    return () if posting is None else posting(fact, fact.data)


def _pair(  # noqa: PLR0913, PLR0917 (two balanced rows)
    side: str, to: str, source: str, unit: str, amount: Decimal, ref: str, leg: str
) -> tuple[Posting, ...]:
    return (
        Posting(side, to, unit, amount, ref, leg),
        Posting(side, source, unit, amount.copy_negate(), ref, leg),
    )


def _offered(fact: Fact, data: HelpOffered) -> tuple[Posting, ...]:
    ref = data.offer or fact.event.id
    return _promised("offered", data.by, data.quantity, ref)


def _committed(fact: Fact, data: ResourceCommitted) -> tuple[Posting, ...]:
    ref = data.commitment or fact.event.id
    return _promised("outstanding", data.by, data.quantity, ref)


def _promised(
    account: str, side: str, quantity: Quantity | None, ref: str
) -> tuple[Posting, ...]:
    much = counted(quantity)
    return _pair(side, account, WORLD, much.unit, much.value, ref, "promise")


def _changed(fact: Fact, data: CommitmentChanged) -> tuple[Posting, ...]:
    side, unit, amount = (
        fact.completed["by"],
        fact.completed["unit"],
        Decimal(data.delta),
    )
    return _pair(side, "outstanding", WORLD, unit, amount, data.commitment, "promise")


def _taken_up(fact: Fact, data: OfferAccepted) -> tuple[Posting, ...]:
    return _accepted(fact, fact.completed["by"], data.offer)


def _accepted(fact: Fact, side: str, ref: str) -> tuple[Posting, ...]:
    amount = fact.completed.get("accepts")
    if amount is None:
        return ()
    unit, value = fact.completed["unit"], Decimal(amount)
    return _pair(side, "accepted", "offered", unit, value, ref, "acceptance")


def _let_go(fact: Fact, data: OfferDeclined | OfferWithdrawn) -> tuple[Posting, ...]:
    return _released(fact, fact.completed["by"], data.offer)


def _cancelled(fact: Fact, data: CommitmentCancelled) -> tuple[Posting, ...]:
    return _released(fact, fact.completed["by"], data.commitment)


def _released(fact: Fact, side: str, ref: str) -> tuple[Posting, ...]:
    released = fact.completed.get("releases")
    if not released:
        return ()
    unit = fact.completed["unit"]
    return tuple(
        posting
        for account, amount in released.items()
        for posting in _pair(
            side, WORLD, account, unit, Decimal(amount), ref, "release"
        )
    )


def _delivered(fact: Fact, data: HelpDelivered) -> tuple[Posting, ...]:
    much, ref, side = counted(data.quantity), data.delivery or fact.event.id, data.by
    account = "acknowledged" if data.acknowledged_by_recording else "awaiting"
    own = _pair(side, account, WORLD, much.unit, much.value, ref, "own")
    promise = data.promise
    if promise is None:
        return own
    return (*_against(fact, side, much, *promise), *own)


def _against(
    fact: Fact, side: str, much: Quantity, kind: str, ref: str
) -> tuple[Posting, ...]:
    """What a delivery takes from the promise that it keeps."""
    taken: tuple[Posting, ...] = ()
    if fact.completed["unit"] == much.unit:
        account = "accepted" if kind == "offer" else "outstanding"
        taken = _pair(side, WORLD, account, much.unit, much.value, ref, "delivery")
    return (*_accepted(fact, side, ref), *taken, *_released(fact, side, ref))


def _acknowledged(fact: Fact, data: DeliveryAcknowledged) -> tuple[Posting, ...]:
    return _moved(fact, "awaiting", "acknowledged", data.delivery)


def _disputed(fact: Fact, data: DeliveryDisputed) -> tuple[Posting, ...]:
    return _moved(fact, "awaiting", "disputed", data.delivery)


OUTCOMES: Final = {
    "acknowledged": "acknowledged",
    "withdrawn": "awaiting",
    "conceded": WORLD,
}


def _settled(fact: Fact, data: DisputeResolved) -> tuple[Posting, ...]:
    return _moved(fact, "disputed", OUTCOMES[data.outcome], data.delivery)


def _moved(fact: Fact, source: str, to: str, ref: str) -> tuple[Posting, ...]:
    side, much = fact.completed["by"], fact.completed["quantity"]
    return _pair(side, to, source, much["unit"], Decimal(much["amount"]), ref, "own")


POSTING: Final[Mapping[type, Callable[[Fact, Any], tuple[Posting, ...]]]] = {
    HelpOffered: _offered,
    ResourceCommitted: _committed,
    CommitmentChanged: _changed,
    OfferAccepted: _taken_up,
    OfferDeclined: _let_go,
    OfferWithdrawn: _let_go,
    CommitmentCancelled: _cancelled,
    HelpDelivered: _delivered,
    DeliveryAcknowledged: _acknowledged,
    DeliveryDisputed: _disputed,
    DisputeResolved: _settled,
}
"""How facts of each type post; all others post nothing."""
