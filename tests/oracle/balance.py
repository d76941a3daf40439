"""The balance table of the design, item by item, without postings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, FloatOperation, Inexact, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.reading import Event, Fact, facts, folded_into, interval

AMOUNTS = (
    "offered",
    "lapsed",
    "accepted",
    "committed",
    "outstanding",
    "delivered",
    "acknowledged",
    "awaiting",
    "disputed",
)
CONFIDENCES = ("estimated", "reported", "confirmed")
EXACT = Context(prec=60, traps=[Inexact, FloatOperation])
ZERO = Decimal(0)


@dataclass(frozen=True)
class Cut:
    """What is included, and the instant and zone that dates are compared in."""

    included: tuple[Fact, ...]
    as_of: datetime
    zone: ZoneInfo

    def answers_to(self, item: Fact) -> list[Fact]:
        """The included events that answer the offer, commitment or delivery."""
        return [fact for fact in self.included if item.introduces in fact.answers]


def balance(
    events: Iterable[Event],
    *,
    as_of: datetime,
    position: int,
    zone: ZoneInfo,
    partner: str,
) -> dict[str, Any]:
    """A partner's balance at a pair of cuts, amounts as exact decimals.

    `as_of` is an aware instant and inside the cut; the events may be of many partners.
    """
    read = facts(events, position=position, zone=zone)
    streams = folded_into(read, partner)
    ours = (fact for fact in read if fact.stream in streams)
    cut = Cut(tuple(f for f in ours if f.acts_from <= as_of), as_of, zone)
    with localcontext(EXACT):
        return {
            "items": [_item(cut, unit) for unit in _units(cut)],
            "uncertain": sum(fact.occurred_to > as_of for fact in cut.included),
        }


def _units(cut: Cut) -> list[str]:
    """Units of the included offers, commitments, deliveries and benefits, sorted."""
    items = [*ITEMS, "BenefitReported"]
    return sorted({_unit(fact) for fact in cut.included if fact.type in items})


def _item(cut: Cut, unit: str) -> dict[str, Any]:
    given, received = _direction(cut, unit, "us"), _direction(cut, unit, "partner")
    return {
        "unit": unit,
        "given": given,
        "received": received,
        "net": given["acknowledged"] - received["acknowledged"],
        "benefit": {who: _benefit(cut, unit, who) for who in ("us", "partner")},
    }


def _direction(cut: Cut, unit: str, side: str) -> dict[str, Decimal]:
    """Each amount floored for every item by itself, then added up."""
    total = dict.fromkeys(AMOUNTS, ZERO)
    for item in cut.included:
        if item.type in ITEMS and item.data["by"] == side and _unit(item) == unit:
            for name, raw in ITEMS[item.type](cut, item).items():
                total[name] += max(ZERO, raw)
    return total


def _benefit(cut: Cut, unit: str, who: str) -> dict[str, Decimal]:
    total = dict.fromkeys(CONFIDENCES, ZERO)
    for fact in cut.included:
        if fact.type != "BenefitReported" or fact.data["gained_by"] != who:
            continue
        if _unit(fact) == unit:
            total[fact.data["confidence"]] += _amount(fact)
    return total


def _offer(cut: Cut, offer: Fact) -> dict[str, Decimal]:
    answers = cut.answers_to(offer)
    if _closed(answers):
        return {}
    if any(fact.type in {"OfferAccepted", "HelpDelivered"} for fact in answers):
        return {"accepted": _amount(offer) - _delivered_against(offer, answers)}
    valid_until = offer.data.get("valid_until")
    if valid_until is not None and interval(valid_until, cut.zone)[1] < cut.as_of:
        return {"offered": _amount(offer), "lapsed": _amount(offer)}
    return {"offered": _amount(offer)}


def _commitment(cut: Cut, commitment: Fact) -> dict[str, Decimal]:
    answers = cut.answers_to(commitment)
    deltas = (_delta(fact) for fact in answers if fact.type == "CommitmentChanged")
    total = _amount(commitment) + sum(deltas, ZERO)
    delivered = _delivered_against(commitment, answers)
    if _closed(answers):
        return {"committed": min(total, delivered)}
    return {"committed": total, "outstanding": total - delivered}


def _delivery(cut: Cut, delivery: Fact) -> dict[str, Decimal]:
    answers = cut.answers_to(delivery)
    resolved = {
        outcome: _sum(answers, "DisputeResolved", outcome)
        for outcome in ("acknowledged", "withdrawn", "conceded")
    }
    delivered = _amount(delivery) - resolved["conceded"]
    acknowledged = _sum(answers, "DeliveryAcknowledged") + resolved["acknowledged"]
    if _acknowledged_by_being_recorded(delivery):
        acknowledged += _amount(delivery)
    disputed = _sum(answers, "DeliveryDisputed") - sum(resolved.values(), ZERO)
    return {
        "delivered": delivered,
        "acknowledged": acknowledged,
        "disputed": disputed,
        "awaiting": delivered - acknowledged - disputed,
    }


ITEMS = {
    "HelpOffered": _offer,
    "ResourceCommitted": _commitment,
    "HelpDelivered": _delivery,
}
"""Event type that introduces an item to the rows of the table for that item."""


def _acknowledged_by_being_recorded(delivery: Fact) -> bool:
    confirmed = delivery.data.get("confirmed")
    if confirmed is None:
        return bool(delivery.data["by"] == "partner")
    return bool(confirmed)


def _closed(answers: Iterable[Fact]) -> bool:
    closing = {"OfferDeclined", "OfferWithdrawn", "CommitmentCancelled"}
    return any(
        fact.type in closing
        or (fact.type == "HelpDelivered" and fact.data.get("completes") is True)
        for fact in answers
    )


def _delivered_against(promise: Fact, answers: Iterable[Fact]) -> Decimal:
    """Gross: what is conceded later was delivered against the promise all the same."""
    deliveries = (fact for fact in answers if fact.type == "HelpDelivered")
    same_unit = (fact for fact in deliveries if _unit(fact) == _unit(promise))
    return sum((_amount(fact) for fact in same_unit), ZERO)


def _sum(answers: Iterable[Fact], event_type: str, outcome: str = "") -> Decimal:
    return sum(
        (
            _amount(fact)
            for fact in answers
            if fact.type == event_type and fact.data.get("outcome", "") == outcome
        ),
        ZERO,
    )


def _delta(change: Fact) -> Decimal:
    delta = change.data["delta"]
    return Decimal(delta["amount"] if isinstance(delta, dict) else delta)


def _quantity(fact: Fact) -> dict[str, str]:
    """As given, else as completed when it answers a delivery, else one act."""
    given: dict[str, str] | None = fact.data.get("quantity")
    if given is not None:
        return given
    if fact.type in ITEMS or fact.type == "BenefitReported":
        return {"amount": "1", "unit": "act"}
    completed: dict[str, str] = fact.completed["quantity"]
    return completed


def _amount(fact: Fact) -> Decimal:
    return Decimal(_quantity(fact)["amount"])


def _unit(fact: Fact) -> str:
    return _quantity(fact)["unit"]
