"""What one fact contributes to the books: a pure function of the fact alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from contracts.events import (
    BenefitReported,
    CommitmentCancelled,
    EventData,
    HelpDelivered,
    HelpOffered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    PartnerMerged,
    ResourceCommitted,
)
from contracts.events.reading import Fact
from contracts.quantity import Quantity
from services.projections.postings.posting import Posting, postings


class Marker(NamedTuple):
    """What an event says of a promise: that it is accepted, or closed and how."""

    kind: str
    ref: str
    marker: str


class Promise(NamedTuple):
    """An offer or commitment as its event introduces it."""

    kind: str
    ref: str
    side: str
    help: str
    quantity: Quantity | None
    until: str | None


class Benefit(NamedTuple):
    """What one side gained."""

    gained_by: str
    confidence: str
    quantity: Quantity


class Entry(NamedTuple):
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
    event, data, acts_from, occurred_to = (
        fact.event,
        fact.data,
        fact.acts_from,
        fact.occurred_to,
    )
    return Entry(
        event.id,
        event.partner,
        acts_from,
        occurred_to,
        postings(fact),
        _markers(data),
        _promise(fact),
        _benefit(data) if isinstance(data, BenefitReported) else None,
        data.into if isinstance(data, PartnerMerged) else None,
        occurred_to > acts_from,
    )


MARKED: Final[Mapping[type, tuple[str, str]]] = {
    OfferAccepted: ("offer", "accepted"),
    OfferDeclined: ("offer", "declined"),
    OfferWithdrawn: ("offer", "withdrawn"),
    CommitmentCancelled: ("commitment", "cancelled"),
}
"""What facts say of the promise that they answer."""


def _markers(data: EventData) -> tuple[Marker, ...]:
    if isinstance(data, HelpDelivered):
        return _kept(data) if data.promise else ()
    marked = MARKED.get(type(data))
    if marked is None:
        return ()
    kind, marker = marked
    return (Marker(kind, getattr(data, kind), marker),)


def _kept(data: HelpDelivered) -> tuple[Marker, ...]:
    """To deliver against an offer accepts it."""
    accepted = () if data.offer is None else (Marker("offer", data.offer, "accepted"),)
    if data.promise is None or not data.completes:
        return accepted
    return (*accepted, Marker(*data.promise, "completed"))


def _promise(fact: Fact) -> Promise | None:
    data = fact.data
    if isinstance(data, HelpOffered):
        named, until = ("offer", data.offer or fact.event.id), data.valid_until
    elif isinstance(data, ResourceCommitted):
        named, until = ("commitment", data.commitment or fact.event.id), data.due
    else:
        return None
    return Promise(*named, data.by, data.kind, data.quantity, until)


def _benefit(data: BenefitReported) -> Benefit:
    return Benefit(data.gained_by, data.confidence, data.quantity)
