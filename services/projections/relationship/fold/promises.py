"""What facts change of the promises that are open: sums that need no order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from contracts.events import (
    CommitmentCancelled,
    CommitmentChanged,
    HelpDelivered,
    HelpOffered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    ResourceCommitted,
)
from contracts.occurrence import interval
from contracts.quantity import Quantity, counted
from services.projections.relationship.fold.moment import Moment

NOTHING: Final = Decimal(0)
Key = tuple[str, str]
"""`offer` or `commitment`, and the id that readers see."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer or commitment as it was made; `until`: lapses or is due."""

    side: str
    help: str
    quantity: Quantity | None
    until: str | None
    until_at: datetime | None
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What some facts change of one promise."""

    made: Promise | None = None
    total: Decimal = NOTHING
    delivered: Decimal = NOTHING
    accepted: bool = False
    closed: bool = False

    def followed_by(self, other: "Change") -> "Change":
        """Both changes as one."""
        return Change(
            self.made or other.made,
            self.total + other.total,
            self.delivered + other.delivered,
            self.accepted or other.accepted,
            self.closed or other.closed,
        )


def promise_changes(moments: Iterable[Moment]) -> Mapping[Key, Change]:
    """What some facts change, by promise."""
    changes: dict[Key, Change] = {}
    for moment in moments:
        found = _change(moment)
        if found is not None:
            key, change = found
            changes[key] = changes.get(key, Change()).followed_by(change)
    return changes


def _change(moment: Moment) -> tuple[Key, Change] | None:
    match moment.data:
        case HelpOffered() as data:
            return ("offer", moment.own_key()), _made(moment, data, data.valid_until)
        case ResourceCommitted() as data:
            return ("commitment", moment.own_key()), _made(moment, data, data.due)
        case HelpDelivered(promise=(kind, ref)) as data:
            return (kind, moment.key(kind, ref)), _delivered(moment, data)
        case _:
            answered = _answer(moment)
            if answered is None:
                return None
            kind, ref, change = answered
            return (kind, moment.key(kind, ref)), change


def _answer(moment: Moment) -> tuple[str, str, Change] | None:
    match moment.data:
        case OfferAccepted(offer=ref):
            return "offer", ref, Change(accepted=True)
        case OfferDeclined(offer=ref) | OfferWithdrawn(offer=ref):
            return "offer", ref, Change(closed=True)
        case CommitmentCancelled(commitment=ref):
            return "commitment", ref, Change(closed=True)
        case CommitmentChanged(commitment=ref, delta=delta):
            return "commitment", ref, Change(total=Decimal(delta))
        case _:
            return None


def _made(
    moment: Moment, data: HelpOffered | ResourceCommitted, until: str | None
) -> Change:
    until_at = interval(until, moment.setting.zone).last if until else None
    event = moment.fact.event.id
    made = Promise(data.by, data.kind, data.quantity, until, until_at, event, moment.at)
    return Change(made, total=counted(data.quantity).value)


def _delivered(moment: Moment, data: HelpDelivered) -> Change:
    quantity = counted(data.quantity)
    change = Change(accepted=True, closed=bool(data.completes))
    if moment.fact.completed["unit"] == quantity.unit:
        return replace(change, delivered=quantity.value)
    return change
