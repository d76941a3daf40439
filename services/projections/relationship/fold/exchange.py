"""Help between the two: what counts as acknowledged, what awaits, what is disputed."""

from bisect import insort
from collections.abc import Mapping
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
    """Help of the partner since which there was no contact on a later day."""

    delivery: str
    kind: str
    quantity: tuple[str, str] | None
    at: datetime
    day: date
    event: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """What each side gave, over all episodes."""

    awaiting: Mapping[str, Delivery] = field(default_factory=dict)
    recent: tuple[Counted, ...] = ()
    one_sided_since: date | None = None
    looked_on: date | None = None
    last: Mapping[str, datetime] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    unthanked: tuple[Received, ...] = ()


def exchanged(
    exchange: Exchange, moment: Moment, episode: int | None
) -> tuple[Exchange, Delivery | None]:
    """The exchange after a fact, and the delivery that thereby counts, if any."""
    match moment.data:
        case HelpDelivered() as data:
            return _delivered(exchange, moment, data, episode)
        case DeliveryAcknowledged(delivery=reference):
            return _acknowledged(exchange, moment, reference)
        case DeliveryDisputed(delivery=reference):
            opened = Dispute(moment.at, moment.day, moment.evidence)
            key = moment.key("delivery", reference)
            disputes = {key: opened, **exchange.disputes}
            return replace(exchange, disputes=disputes), None
        case DisputeResolved(delivery=reference, outcome=outcome):
            key = moment.key("delivery", reference)
            left = {k: d for k, d in exchange.disputes.items() if k != key}
            exchange = replace(exchange, disputes=left)
            if outcome == "acknowledged":
                return _acknowledged(exchange, moment, reference)
            return exchange, None
        case _:
            return exchange, None


def _delivered(
    exchange: Exchange, moment: Moment, data: HelpDelivered, episode: int | None
) -> tuple[Exchange, Delivery | None]:
    made = Delivery(data.by, moment.day, episode, (moment.evidence,))
    last = {**exchange.last, data.by: moment.at}
    exchange = replace(exchange, last=last)
    if data.by == "partner":
        exchange = _to_thank_for(exchange, moment, data)
    if _counts_at_once(moment, data):
        return with_counted(exchange, made, moment), made
    awaiting = {**exchange.awaiting, moment.own_key(): made}
    return replace(exchange, awaiting=awaiting), None


def _to_thank_for(exchange: Exchange, moment: Moment, data: HelpDelivered) -> Exchange:
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
    return replace(exchange, unthanked=(*year, received))


def thanked(exchange: Exchange, moment: Moment) -> Exchange:
    """The exchange after a contact: what came on an earlier day was thanked for."""
    if not exchange.unthanked:
        return exchange
    kept = tuple(r for r in exchange.unthanked if r.day >= moment.day)
    return replace(exchange, unthanked=kept)


def _counts_at_once(moment: Moment, data: HelpDelivered) -> bool:
    if not moment.setting.policy.require_acknowledgement:
        return True
    return data.confirmed is True or (data.by == "partner" and data.confirmed is None)


def _acknowledged(
    exchange: Exchange, moment: Moment, reference: str
) -> tuple[Exchange, Delivery | None]:
    key = moment.key("delivery", reference)
    made = exchange.awaiting.get(key)
    if made is None:
        return exchange, None
    made = replace(made, because=(*made.because, moment.evidence))
    awaiting = {k: d for k, d in exchange.awaiting.items() if k != key}
    return with_counted(replace(exchange, awaiting=awaiting), made, moment), made


def with_counted(exchange: Exchange, made: Delivery, moment: Moment) -> Exchange:
    """The exchange with one more acknowledged delivery, looked at on its day."""
    since = one_sided_since(exchange, moment.day)
    recent = [c for c in exchange.recent if is_within_a_year(c.day, moment.day)]
    insort(recent, Counted(made.day, made.side, made.because[0][1]))
    looked = replace(exchange, recent=tuple(recent), looked_on=moment.day)
    if _side_of(looked.recent, moment.day) is None:
        return replace(looked, one_sided_since=None)
    return replace(looked, one_sided_since=since or moment.day)


def one_sided_since(exchange: Exchange, day: date) -> date | None:
    """Since when, without a break up to a day, all acknowledged help went one way.

    Between two deliveries that changes only when one becomes older than a year, and the
    oldest does so first.
    """
    since, looked = exchange.one_sided_since, exchange.looked_on
    if looked is None:
        return None
    leaving = takewhile(day.__ge__, (_leaves(c.day) for c in exchange.recent))
    for leaves in dict.fromkeys(leaving):
        if looked < leaves:
            one = _side_of(exchange.recent, leaves)
            since = None if one is None else since or leaves
    return since


def is_within_a_year(day: date, looked_on: date) -> bool:
    """Whether a day is one of the year up to the day of looking."""
    return (looked_on - day).days <= ONE_SIDED_DAYS


def _leaves(day: date) -> date:
    """The first day on which a delivery is older than a year."""
    most = (date.max - day).days
    return day + timedelta(days=min(ONE_SIDED_DAYS + 1, most))


def _side_of(recent: tuple[Counted, ...], day: date) -> str | None:
    """The side that alone gave, by enough deliveries of the year before a day."""
    year = [c.side for c in recent if is_within_a_year(c.day, day)]
    one_way = len(year) >= ONE_SIDED_DELIVERIES and len(set(year)) == 1
    return year[0] if one_way else None
