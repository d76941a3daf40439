"""What two sides promised and delivered to each other, alliance by alliance."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracts.events import (
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DisputeResolved,
    HelpDelivered,
    ResourceCommitted,
)
from contracts.occurrence import LATEST, interval
from contracts.quantity import Quantity, counted, exact_arithmetic
from services.projections.relationship.fold.agreements import Agreement
from services.projections.relationship.fold.moment import Moment

NOTHING: Final = Decimal(0)
SIDES: Final = ("us", "partner")


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promised resource, and what became of it; `alliance`: what it is for."""

    commitment: str
    alliance: str | None
    by: str
    kind: str
    quantity: Quantity | None
    due: str | None
    due_at: datetime | None
    event: str
    at: datetime
    total: Decimal
    against: Decimal = NOTHING
    state: str = "open"

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return counted(self.quantity).unit

    @property
    def is_open(self) -> bool:
        """Whether nobody completed or cancelled it."""
        return self.state == "open"

    @property
    def promised(self) -> Decimal:
        """The total; once closed, no more than was delivered against it."""
        total = max(self.total, NOTHING)
        return total if self.is_open else min(total, self.against)

    @property
    def remaining(self) -> Decimal:
        """What is still to come."""
        left = max(self.total, NOTHING) - self.against
        return max(left, NOTHING) if self.is_open else NOTHING


@dataclass(frozen=True, slots=True)
class Delivery:
    """Help that one side delivered; `alliance`: the one that it names itself."""

    delivery: str
    alliance: str | None
    commitment: str | None
    by: str
    kind: str
    quantity: Quantity | None
    event: str
    at: datetime
    acknowledged: Decimal = NOTHING
    conceded: Decimal = NOTHING

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return counted(self.quantity).unit

    @property
    def delivered(self) -> Decimal:
        """What was delivered and not conceded afterwards."""
        return max(counted(self.quantity).value - self.conceded, NOTHING)


@dataclass(frozen=True, slots=True)
class Help:
    """The commitments and deliveries between two sides, by the id readers see."""

    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)

    def of(self, alliances: Collection[str]) -> "Help":
        """What was promised for some alliances, and what was delivered for them.

        A delivery is for the alliance that it names, and for that of its commitment.
        """
        promised = {
            k: c for k, c in self.commitments.items() if c.alliance in alliances
        }
        delivered = {
            k: d
            for k, d in self.deliveries.items()
            if d.alliance in alliances or d.commitment in promised
        }
        return Help(promised, delivered)

    def by(self, side: str) -> "Help":
        """What one side promised and delivered."""
        promised = {k: c for k, c in self.commitments.items() if c.by == side}
        delivered = {k: d for k, d in self.deliveries.items() if d.by == side}
        return Help(promised, delivered)


def help_of(moments: Iterable[Moment]) -> Help:
    """The help of some facts, which are in order of happening."""
    commitments: dict[str, Commitment] = {}
    deliveries: dict[str, Delivery] = {}
    with exact_arithmetic():
        for moment in moments:
            _promise(commitments, moment)
            _deliver(deliveries, moment)
    return Help(commitments, deliveries)


def _promise(commitments: dict[str, Commitment], moment: Moment) -> None:
    match moment.data:
        case ResourceCommitted() as data:
            commitments[moment.own_key()] = _committed(moment, data)
        case CommitmentChanged(commitment=ref, delta=delta):
            _add(commitments, moment.key("commitment", ref), total=Decimal(delta))
        case CommitmentCancelled(commitment=ref):
            _change(commitments, moment.key("commitment", ref), state="cancelled")
        case HelpDelivered(commitment=str(ref)) as data:
            key, quantity = moment.key("commitment", ref), counted(data.quantity)
            if moment.fact.completed["unit"] == quantity.unit:
                _add(commitments, key, against=quantity.value)
            if data.completes:
                _change(commitments, key, state="completed")
        case _:
            pass


def _deliver(deliveries: dict[str, Delivery], moment: Moment) -> None:
    match moment.data:
        case HelpDelivered() as data:
            deliveries[moment.own_key()] = _delivered(moment, data)
        case DeliveryAcknowledged(delivery=ref):
            amount = _settled(moment)
            _add(deliveries, moment.key("delivery", ref), acknowledged=amount)
        case DisputeResolved(delivery=ref, outcome=("acknowledged" | "conceded") as to):
            _add(deliveries, moment.key("delivery", ref), **{to: _settled(moment)})
        case _:
            pass


def _settled(moment: Moment) -> Decimal:
    """How much an answer to a delivery is about, as it was completed."""
    return Quantity.model_validate(moment.fact.completed["quantity"]).value


def _add(things: dict[str, Any], key: str, **amounts: Decimal) -> None:
    for name, amount in amounts.items():
        if key in things:
            _change(things, key, **{name: getattr(things[key], name) + amount})


def _change(things: dict[str, Any], key: str, **members: Any) -> None:
    """A thing that is not there stays away."""
    if key in things:
        things[key] = replace(things[key], **members)


def _committed(moment: Moment, data: ResourceCommitted) -> Commitment:
    zone = moment.setting.zone
    return Commitment(
        commitment=moment.own_key(),
        alliance=data.alliance and moment.key("alliance", data.alliance),
        by=data.by,
        kind=data.kind,
        quantity=data.quantity,
        due=data.due,
        due_at=interval(data.due, zone).last if data.due else None,
        event=moment.fact.event.id,
        at=moment.at,
        total=counted(data.quantity).value,
    )


def _delivered(moment: Moment, data: HelpDelivered) -> Delivery:
    whole = data.acknowledged_by_recording
    return Delivery(
        delivery=moment.own_key(),
        alliance=data.alliance and moment.key("alliance", data.alliance),
        commitment=data.commitment and moment.key("commitment", data.commitment),
        by=data.by,
        kind=data.kind,
        quantity=data.quantity,
        event=moment.fact.event.id,
        at=moment.at,
        acknowledged=counted(data.quantity).value if whole else NOTHING,
    )


def silent(told: Help, agreement: Agreement | None, as_of: datetime) -> list[str]:
    """The sides that delivered nothing at all while an agreement was in force."""
    if agreement is None or agreement.since > as_of:
        return []
    since, until = agreement.since, agreement.until or LATEST
    gave = {d.by for d in told.deliveries.values() if since <= d.at < until}
    return [side for side in SIDES if since < until and side not in gave]
