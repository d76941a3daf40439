"""What a fact leaves unsaid: resolved once, when recorded, so that it reads alone."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts.events import (
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    EventData,
    HelpDelivered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
)
from contracts.events.reading import answered
from contracts.occurrence import format_instant
from contracts.quantity import plain
from services.ledger.rules.relationship import Relationship
from services.ledger.rules.things import Delivery, Promise

Completed = dict[str, Any]


def complete(
    state: Relationship, data: EventData, occurred_from: datetime
) -> Completed:
    """The `completed` part of an event that is about to be recorded.

    What is named but not recorded completes nothing; the checks refuse it.
    """
    completed = _resolved(state, data)
    acts_from = acting_time(state, state.partner, data, occurred_from)
    if acts_from > occurred_from:
        completed["acts_from"] = format_instant(acts_from)
    return completed


def acting_time(
    state: Relationship, stream: str, data: EventData, occurred_from: datetime
) -> datetime:
    """The later of its own time and that of whatever the event answers."""
    times = [occurred_from]
    for kind, partner, name in answered(stream, data):
        if kind == "dispute":
            delivery = state.things.get(("delivery", partner, name))
            if isinstance(delivery, Delivery) and delivery.disputed_from is not None:
                times.append(delivery.disputed_from)
        else:
            key = ("alliance" if kind == "agreement" else kind, partner, name)
            named = state.things.get(key)
            times += [] if named is None else [named.acts_from]
    return max(times)


def _resolved(state: Relationship, data: EventData) -> Completed:
    match data:
        case OfferAccepted() | OfferDeclined() | OfferWithdrawn():
            return _offer_answered(state.promise("offer", data.offer), data)
        case HelpDelivered():
            return _delivered(state, data)
        case CommitmentChanged(commitment=ref):
            promise = state.promise("commitment", ref)
            return {} if promise is None else _of(promise)
        case CommitmentCancelled(commitment=ref):
            promise = state.promise("commitment", ref)
            return {} if promise is None else _of(promise) | _released(promise)
        case DeliveryAcknowledged() | DeliveryDisputed() | DisputeResolved():
            return _acknowledged(state.delivery(data.delivery), data)
        case _:
            return {}


def _of(promise: Promise) -> Completed:
    return {"by": promise.by, "unit": promise.unit}


def _offer_answered(
    offer: Promise | None, data: OfferAccepted | OfferDeclined | OfferWithdrawn
) -> Completed:
    if offer is None:
        return {}
    if isinstance(data, OfferAccepted):
        return _of(offer) | {"accepts": plain(offer.total)}
    account = "accepted" if offer.state == "accepted" else "offered"
    return _of(offer) | {"releases": {account: plain(offer.total)}}


def _released(promise: Promise) -> Completed:
    return {"releases": {"outstanding": plain(promise.total)}}


def _delivered(state: Relationship, data: HelpDelivered) -> Completed:
    if data.promise is None:
        return {}
    kind, reference = data.promise
    promise = state.promise(kind, reference)
    if promise is None:
        return {}
    completed: Completed = {"unit": promise.unit}
    if kind == "offer" and promise.state == "open":
        completed["accepts"] = plain(promise.total)
    if data.completes:
        account = "accepted" if kind == "offer" else "outstanding"
        completed["releases"] = {account: plain(promise.total)}
    return completed


def _acknowledged(
    delivery: Delivery | None,
    data: DeliveryAcknowledged | DeliveryDisputed | DisputeResolved,
) -> Completed:
    if delivery is None:
        return {}
    if isinstance(data, DisputeResolved):
        quantity = _quantity(delivery.disputed, delivery.unit)
    elif data.quantity is None:
        quantity = _quantity(delivery.awaiting, delivery.unit)
    else:
        quantity = data.quantity.model_dump()
    return {"by": delivery.by, "quantity": quantity}


def _quantity(amount: Decimal, unit: str) -> Completed:
    return {"amount": plain(amount), "unit": unit}
