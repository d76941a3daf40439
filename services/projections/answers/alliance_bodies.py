"""What answers say of an alliance: what each side promised and delivered of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from contracts.canonical import Json
from contracts.occurrence import format_instant
from contracts.quantity import Quantity, exact_arithmetic, plain
from services.projections.answers.alliance_help import (
    Commitment,
    Delivery,
    Help,
    silent,
)
from services.projections.answers.alliance_states import Tie

DIRECTIONS: Final = (("given", "us"), ("received", "partner"))


@dataclass(frozen=True, slots=True)
class Told:
    """An alliance with one partner, and all help between the two."""

    tie: Tie
    help: Help

    @property
    def part(self) -> Help:
        """The help that is for the alliance."""
        return self.help.of({self.tie.key})


def sums(told: Iterable[Told]) -> dict[str, Json]:
    """What was promised and delivered in each direction, by unit."""
    parts = [one.part for one in told]
    with exact_arithmetic():
        return {
            direction: _sums([part.by(side) for part in parts])
            for direction, side in DIRECTIONS
        }


def _sums(parts: Iterable[Help]) -> dict[str, Json]:
    promised: dict[str, Decimal] = {}
    delivered: dict[str, Decimal] = {}
    for part in parts:
        for commitment in part.commitments.values():
            _count(promised, commitment.unit, commitment.promised)
        for delivery in part.deliveries.values():
            _count(delivered, delivery.unit, delivery.delivered)
    return {"promised": _plain(promised), "delivered": _plain(delivered)}


def _count(amounts: dict[str, Decimal], unit: str, amount: Decimal) -> None:
    amounts[unit] = amounts.get(unit, Decimal(0)) + amount


def _plain(amounts: Mapping[str, Decimal]) -> dict[str, Json]:
    return {unit: plain(amounts[unit]) for unit in sorted(amounts)}


def with_partner(told: Told, as_of: datetime) -> dict[str, Json]:
    """An alliance with one partner: proposal, agreement, and what came of it."""
    tie, agreed = told.tie, told.tie.agreement
    alliance = tie.alliance
    begun = agreed is not None and (agreed.until is None or agreed.since < agreed.until)
    return {
        "partner": tie.partner,
        "alliance": tie.key,
        "state": tie.state,
        "name": alliance.name,
        "project": alliance.project,
        "goals": list(told.tie.alliance.goals),
        "proposed_by": alliance.proposed_by,
        "proposed_at": _instant(alliance.proposed_at),
        "scope": alliance.scope,
        "asks": list(alliance.asks),
        "gives": list(alliance.gives),
        "agreed_at": _instant(alliance.agreed_at),
        "starts": alliance.starts,
        "ends": alliance.ends,
        "ended_at": _instant(alliance.ended_at),
        "in_force_from": _instant(agreed.since if agreed and begun else None),
        "in_force_to": _instant(agreed.until if agreed and begun else None),
        "silent": [*silent(told.help, agreed, as_of)],
        **_directions(told, as_of),
    }


def _directions(told: Told, as_of: datetime) -> dict[str, Json]:
    part, summed = told.part, sums([told])
    with exact_arithmetic():
        return {
            direction: {**summed[direction], **_items(part.by(side), as_of)}
            for direction, side in DIRECTIONS
        }


def _items(part: Help, as_of: datetime) -> dict[str, Json]:
    commitments = sorted(part.commitments.values(), key=lambda c: (c.at, c.commitment))
    deliveries = sorted(part.deliveries.values(), key=lambda d: (d.at, d.delivery))
    return {
        "commitments": [_commitment(one, as_of) for one in commitments],
        "deliveries": [_delivery(one) for one in deliveries],
    }


def _commitment(one: Commitment, as_of: datetime) -> dict[str, Json]:
    past = one.due_at is not None and one.due_at < as_of
    amount = plain(max(one.total, Decimal(0)))
    return {
        "commitment": one.commitment,
        "kind": one.kind,
        "quantity": {"amount": amount, "unit": one.unit} if one.quantity else None,
        "delivered": plain(one.against),
        "remaining": plain(one.remaining),
        "state": one.state,
        "overdue": past and one.remaining > 0,
        "due": one.due,
        "event": one.event,
        "acts_from": format_instant(one.at),
    }


def _delivery(one: Delivery) -> dict[str, Json]:
    return {
        "delivery": one.delivery,
        "kind": one.kind,
        "quantity": _quantity(one.quantity),
        "delivered": plain(one.delivered),
        "acknowledged": plain(one.acknowledged),
        "commitment": one.commitment,
        "event": one.event,
        "acts_from": format_instant(one.at),
    }


def _quantity(quantity: Quantity | None) -> Json:
    if quantity is None:
        return None
    return {"amount": plain(quantity.value), "unit": quantity.unit}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
