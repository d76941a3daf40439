"""Help between the two: what counts as acknowledged, what awaits, what is disputed."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Final

from contracts.events import (
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    HelpDelivered,
)
from services.projections.relationship.fold.moment import Because, Evidence, Moment

ONE_SIDED_DAYS: Final = 365
ONE_SIDED_DELIVERIES: Final = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """Help delivered in an episode (None: between two), with what shows it."""

    side: str
    day: date
    episode: int | None
    because: Because


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """An acknowledged delivery of the last year."""

    day: date
    side: str
    event: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute that is open."""

    at: datetime
    day: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Received:
    """Help of the partner that nobody has thanked for."""

    delivery: str
    kind: str
    quantity: tuple[str, str] | None
    at: datetime
    day: date
    event: str


@dataclass(slots=True)
class Exchange:
    """What each side gave, over all episodes; it grows while facts are folded."""

    awaiting: dict[str, Delivery] = field(default_factory=dict)
    recent: list[Counted] = field(default_factory=list)
    one_sided_since: date | None = None
    looked_on: date | None = None
    last: dict[str, datetime] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    unthanked: Sequence[Received] = ()

    def copy(self) -> "Exchange":
        """An exchange that grows by itself."""
        return replace(
            self,
            awaiting={**self.awaiting},
            recent=[*self.recent],
            last={**self.last},
        )


def exchanged(
    exchange: Exchange, moment: Moment, episode: int | None
) -> Delivery | None:
    """Let an exchange grow by a fact; the delivery that thereby counts, if any."""
    match moment.data:
        case HelpDelivered() as data:
            return _delivered(exchange, moment, data, episode)
        case DeliveryAcknowledged(delivery=reference):
            return _acknowledged(exchange, moment, reference)
        case DeliveryDisputed(delivery=reference):
            opened = Dispute(moment.at, moment.day, moment.evidence)
            key = moment.key("delivery", reference)
            exchange.disputes = {key: opened, **exchange.disputes}
        case DisputeResolved(delivery=reference, outcome=outcome):
            key = moment.key("delivery", reference)
            left = {k: d for k, d in exchange.disputes.items() if k != key}
            exchange.disputes = left
            if outcome == "acknowledged":
                return _acknowledged(exchange, moment, reference)
        case _:
            pass
    return None


EXCHANGED: Final = frozenset(
    {HelpDelivered, DeliveryAcknowledged, DeliveryDisputed, DisputeResolved}
)
"""The facts that an exchange grows by."""


def _delivered(
    exchange: Exchange, moment: Moment, data: HelpDelivered, episode: int | None
) -> Delivery | None:
    made = Delivery(data.by, moment.day, episode, (moment.evidence,))
    exchange.last[data.by] = moment.at
    if data.by == "partner":
        _to_thank_for(exchange, moment, data)
    if _counts_at_once(moment, data):
        _count(exchange, made, moment)
        return made
    exchange.awaiting[moment.own_key()] = made
    return None


def _to_thank_for(exchange: Exchange, moment: Moment, data: HelpDelivered) -> None:
    q = data.quantity
    received = Received(
        moment.own_key(),
        data.kind,
        (q.amount, q.unit) if q else None,
        moment.at,
        moment.day,
        moment.fact.event.id,
    )
    year = [r for r in exchange.unthanked if is_within_a_year(r.day, moment.day)]
    exchange.unthanked = (*year, received)


def thanked(exchange: Exchange, moment: Moment) -> None:
    """After a contact what came on an earlier day was thanked for, and its cause."""
    if exchange.unthanked:
        cause = moment.fact.event.causation
        new = (r for r in exchange.unthanked if r.day >= moment.day)
        exchange.unthanked = tuple(r for r in new if r.event != cause)


def _counts_at_once(moment: Moment, data: HelpDelivered) -> bool:
    if not moment.setting.policy.require_acknowledgement:
        return True
    return data.confirmed is True or (data.by == "partner" and data.confirmed is None)


def _acknowledged(
    exchange: Exchange, moment: Moment, reference: str
) -> Delivery | None:
    key = moment.key("delivery", reference)
    waiting = exchange.unthanked
    exchange.unthanked = tuple(r for r in waiting if r.delivery != key)
    made = exchange.awaiting.pop(key, None)
    if made is None:
        return None
    shown = (*made.because, moment.evidence)
    made = Delivery(made.side, made.day, made.episode, shown)
    _count(exchange, made, moment)
    return made


def _count(exchange: Exchange, made: Delivery, moment: Moment) -> None:
    """Add an acknowledged delivery, looked at on the day of the moment."""
    day, recent = moment.day, exchange.recent
    since = one_sided_since(exchange, day)
    while recent and not is_within_a_year(recent[0].day, day):
        del recent[0]
    new = Counted(made.day, made.side, made.because[0][1])
    if recent and new < recent[-1]:
        insort(recent, new)
    else:
        recent.append(new)
    one = _side_of(recent, day)
    exchange.looked_on = day
    exchange.one_sided_since = None if one is None else since or day


def one_sided_since(exchange: Exchange, day: date) -> date | None:
    """Since when, without a break up to a day, all acknowledged help went one way.

    Between two deliveries that changes only when one becomes older than a year, and the
    oldest does so first.
    """
    since, looked = exchange.one_sided_since, exchange.looked_on
    if looked is None:
        return None
    for leaves in _leaving(exchange.recent, day):
        if looked < leaves:
            one = _side_of(exchange.recent, leaves)
            since = None if one is None else since or leaves
    return since


def _leaving(recent: Sequence[Counted], day: date) -> Sequence[date]:
    """The days, in order, on which deliveries become older than a year up to a day."""
    if not recent or is_within_a_year(recent[0].day, day):
        return ()
    leaving = takewhile(day.__ge__, (_leaves(c.day) for c in recent))
    return tuple(dict.fromkeys(leaving))


def is_within_a_year(day: date, looked_on: date) -> bool:
    """Whether a day is one of the year up to the day of looking."""
    return (looked_on - day).days <= ONE_SIDED_DAYS


def _leaves(day: date) -> date:
    """The first day on which a delivery is older than a year."""
    most = (date.max - day).days
    return day + timedelta(days=min(ONE_SIDED_DAYS + 1, most))


def _side_of(recent: Sequence[Counted], day: date) -> str | None:
    """The side that alone gave, by enough deliveries of the year before a day."""
    first = 0  # of the year: they are in order of days
    while first < len(recent) and not is_within_a_year(recent[first].day, day):
        first += 1
    if len(recent) - first < ONE_SIDED_DELIVERIES:
        return None
    side = recent[-1].side
    one_way = all(recent[n].side == side for n in range(first, len(recent)))
    return side if one_way else None
