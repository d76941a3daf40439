"""What facts change of the promises that are open: sums that need no order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

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


class Change(NamedTuple):
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


Found = tuple[Key, Change]


def promise_changes(moments: Iterable[Moment]) -> Mapping[Key, Change]:
    """What some facts change, by promise."""
    changes: dict[Key, Change] = {}
    for moment in moments:
        changing = CHANGING.get(type(moment.data))
        found = changing and changing(moment, moment.data)
        if found:
            key, change = found
            known = changes.get(key)
            changes[key] = change if known is None else known.followed_by(change)
    return changes


def _offered(moment: Moment, data: HelpOffered) -> Found:
    return ("offer", moment.own_key()), _made(moment, data, data.valid_until)


def _committed(moment: Moment, data: ResourceCommitted) -> Found:
    return ("commitment", moment.own_key()), _made(moment, data, data.due)


def _made(
    moment: Moment, data: HelpOffered | ResourceCommitted, until: str | None
) -> Change:
    until_at = interval(until, moment.setting.zone).last if until else None
    event = moment.fact.event.id
    made = Promise(data.by, data.kind, data.quantity, until, until_at, event, moment.at)
    return Change(made, total=counted(data.quantity).value)


def _delivered(moment: Moment, data: HelpDelivered) -> Found | None:
    if data.promise is None:
        return None
    kind, ref = data.promise
    quantity, closed = counted(data.quantity), bool(data.completes)
    same = moment.fact.completed["unit"] == quantity.unit
    delivered = quantity.value if same else NOTHING
    change = Change(delivered=delivered, accepted=True, closed=closed)
    return (kind, moment.key(kind, ref)), change


def _accepted(moment: Moment, data: OfferAccepted) -> Found:
    return ("offer", moment.key("offer", data.offer)), Change(accepted=True)


def _let_go(moment: Moment, data: OfferDeclined | OfferWithdrawn) -> Found:
    return ("offer", moment.key("offer", data.offer)), Change(closed=True)


def _cancelled(moment: Moment, data: CommitmentCancelled) -> Found:
    key = moment.key("commitment", data.commitment)
    return ("commitment", key), Change(closed=True)


def _changed(moment: Moment, data: CommitmentChanged) -> Found:
    key = moment.key("commitment", data.commitment)
    return ("commitment", key), Change(total=Decimal(data.delta))


CHANGING: Final[Mapping[type, Callable[[Moment, Any], Found | None]]] = {
    HelpOffered: _offered,
    ResourceCommitted: _committed,
    HelpDelivered: _delivered,
    OfferAccepted: _accepted,
    OfferDeclined: _let_go,
    OfferWithdrawn: _let_go,
    CommitmentCancelled: _cancelled,
    CommitmentChanged: _changed,
}
"""By type: the promise that facts change, and what they change of it."""
