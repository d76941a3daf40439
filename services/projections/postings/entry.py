"""What one fact contributes to the books: a pure function of the fact alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from contracts.events import (
    BenefitReported,
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
    PartnerMerged,
    ResourceCommitted,
)
from contracts.events.reading import Fact
from contracts.quantity import Quantity, counted

WORLD: Final = "world"


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount of a unit on an account; ref: the offer, commitment, delivery."""

    side: str
    account: str
    unit: str
    amount: Decimal
    ref: str
    leg: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What an event says of a promise: that it is accepted, or closed and how."""

    kind: str
    ref: str
    marker: str


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer or commitment as its event introduces it."""

    kind: str
    ref: str
    side: str
    help: str
    quantity: Quantity | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Benefit:
    """What one side gained."""

    gained_by: str
    confidence: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that one fact contributes to balances, dated by when it acts."""

    event: str
    partner: str
    acts_from: datetime
    occurred_to: datetime
    postings: tuple[Posting, ...]
    markers: tuple[Marker, ...]
    promise: Promise | None
    benefit: Benefit | None
    merged_into: str | None
    dated: bool


def entry(fact: Fact) -> Entry:
    """Everything that a fact contributes; its postings sum to zero per unit."""
    data = fact.data
    return Entry(
        event=fact.event.id,
        partner=fact.event.partner,
        acts_from=fact.acts_from,
        occurred_to=fact.occurred_to,
        postings=tuple(postings(fact)),
        markers=tuple(_markers(fact)),
        promise=_promise(fact),
        benefit=_benefit(data) if isinstance(data, BenefitReported) else None,
        merged_into=data.into if isinstance(data, PartnerMerged) else None,
        dated=fact.occurred_to > fact.acts_from,
    )


def postings(fact: Fact) -> Iterator[Posting]:
    """The postings of a fact, from its data and what it was completed with alone."""
    data, own = fact.data, fact.event.id
    match data:
        case HelpOffered(by=by, quantity=quantity):
            yield from _promised("offered", by, counted(quantity), data.offer or own)
        case ResourceCommitted(by=by, quantity=quantity):
            ref = data.commitment or own
            yield from _promised("outstanding", by, counted(quantity), ref)
        case CommitmentChanged(commitment=ref, delta=delta):
            side, unit = fact.completed["by"], fact.completed["unit"]
            amount = Decimal(delta)
            yield from _pair(side, "outstanding", WORLD, unit, amount, ref, "promise")
        case OfferAccepted(offer=ref):
            yield from _accepted(fact, fact.completed["by"], ref)
        case (
            OfferDeclined(offer=ref)
            | OfferWithdrawn(offer=ref)
            | CommitmentCancelled(commitment=ref)
        ):
            yield from _released(fact, fact.completed["by"], ref)
        case HelpDelivered():
            yield from _delivered(fact, data)
        case DeliveryAcknowledged(delivery=ref):
            yield from _moved(fact, "awaiting", "acknowledged", ref)
        case DeliveryDisputed(delivery=ref):
            yield from _moved(fact, "awaiting", "disputed", ref)
        case DisputeResolved(delivery=ref, outcome=outcome):
            yield from _moved(fact, "disputed", OUTCOMES[outcome], ref)
        case _:
            pass


OUTCOMES: Final = {
    "acknowledged": "acknowledged",
    "withdrawn": "awaiting",
    "conceded": WORLD,
}


def _pair(  # noqa: PLR0913, PLR0917 (two balanced rows)
    side: str, to: str, source: str, unit: str, amount: Decimal, ref: str, leg: str
) -> Iterator[Posting]:
    yield Posting(side, to, unit, amount, ref, leg)
    yield Posting(side, source, unit, amount.copy_negate(), ref, leg)


def _promised(
    account: str, side: str, quantity: Quantity, ref: str
) -> Iterator[Posting]:
    return _pair(side, account, WORLD, quantity.unit, quantity.value, ref, "promise")


def _accepted(fact: Fact, side: str, ref: str) -> Iterator[Posting]:
    amount = fact.completed.get("accepts")
    if amount is not None:
        unit, value = fact.completed["unit"], Decimal(amount)
        yield from _pair(side, "accepted", "offered", unit, value, ref, "acceptance")


def _released(fact: Fact, side: str, ref: str) -> Iterator[Posting]:
    for account, amount in fact.completed.get("releases", {}).items():
        unit, value = fact.completed["unit"], Decimal(amount)
        yield from _pair(side, WORLD, account, unit, value, ref, "release")


def _delivered(fact: Fact, data: HelpDelivered) -> Iterator[Posting]:
    quantity, ref = counted(data.quantity), data.delivery or fact.event.id
    unit, amount = quantity.unit, quantity.value
    if data.promise is not None:
        kind, promised = data.promise
        yield from _accepted(fact, data.by, promised)
        if fact.completed["unit"] == unit:
            account = "accepted" if kind == "offer" else "outstanding"
            leg = "delivery"
            yield from _pair(data.by, WORLD, account, unit, amount, promised, leg)
        yield from _released(fact, data.by, promised)
    account = "acknowledged" if data.acknowledged_by_recording else "awaiting"
    yield from _pair(data.by, account, WORLD, unit, amount, ref, "own")


def _moved(fact: Fact, source: str, to: str, ref: str) -> Iterator[Posting]:
    quantity = Quantity.model_validate(fact.completed["quantity"])
    side = fact.completed["by"]
    return _pair(side, to, source, quantity.unit, quantity.value, ref, "own")


def _markers(fact: Fact) -> Iterator[Marker]:
    match fact.data:
        case OfferAccepted(offer=ref):
            yield Marker("offer", ref, "accepted")
        case OfferDeclined(offer=ref):
            yield Marker("offer", ref, "declined")
        case OfferWithdrawn(offer=ref):
            yield Marker("offer", ref, "withdrawn")
        case CommitmentCancelled(commitment=ref):
            yield Marker("commitment", ref, "cancelled")
        case HelpDelivered(promise=(kind, ref), completes=completes):
            if kind == "offer":
                yield Marker("offer", ref, "accepted")
            if completes:
                yield Marker(kind, ref, "completed")
        case _:
            pass


def _promise(fact: Fact) -> Promise | None:
    own = fact.event.id
    match fact.data:
        case HelpOffered(by=by, kind=kind, quantity=quantity, valid_until=until) as o:
            return Promise("offer", o.offer or own, by, kind, quantity, until)
        case ResourceCommitted(by=by, kind=kind, quantity=quantity, due=due) as c:
            return Promise("commitment", c.commitment or own, by, kind, quantity, due)
        case _:
            return None


def _benefit(data: BenefitReported) -> Benefit:
    return Benefit(data.gained_by, data.confidence, data.quantity)
