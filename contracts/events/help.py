"""Facts about help: asked for, offered, delivered, acknowledged, and its benefit."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.events.base import (
    EventData,
    HelpKind,
    Identifier,
    Introduces,
    Names,
    PersonalText,
    Persons,
    Reference,
    Side,
    Text,
)
from contracts.occurrence import DateText
from contracts.quantity import Quantity
from contracts.saying import Said


class HelpRequested(EventData):
    """One side asked for help."""

    request: Annotated[Identifier, Introduces("request")] | None = None
    by: Side
    kind: HelpKind
    quantity: Quantity | None = None
    pressure: Literal["ask", "demand"] | None = None


class HelpOffered(EventData):
    """One side offered help; nothing is promised until the other accepts."""

    offer: Annotated[Identifier, Introduces("offer")] | None = None
    by: Side
    kind: HelpKind
    quantity: Quantity | None = None
    goal: Annotated[Reference, Names("goal")] | None = None
    idea: Annotated[Reference, Names("idea")] | None = None
    request: Annotated[Reference, Names("request")] | None = None
    valid_until: DateText | None = None


class OfferAccepted(EventData):
    """The other side accepted an open offer."""

    offer: Annotated[Reference, Names("offer")]
    reason: Text | None = None


class OfferDeclined(EventData):
    """The other side declined an open offer."""

    offer: Annotated[Reference, Names("offer")]
    reason: Text | None = None


class OfferWithdrawn(EventData):
    """The side that offered took the offer back."""

    offer: Annotated[Reference, Names("offer")]
    reason: Text | None = None


class HelpDelivered(EventData):
    """One side gave help, with or without a promise before it."""

    delivery: Annotated[Identifier, Introduces("delivery")] | None = None
    by: Side
    kind: HelpKind
    quantity: Quantity | None = None
    offer: Annotated[Reference, Names("offer")] | None = None
    commitment: Annotated[Reference, Names("commitment")] | None = None
    completes: bool | None = Field(
        default=None, description="Closes the offer or commitment."
    )
    confirmed: bool | None = Field(
        default=None,
        description="Whether the receiver has acknowledged it already; by default "
        "true when the partner gave it, false when we did.",
    )
    alliance: Annotated[Reference, Names("alliance")] | None = None
    goal: Annotated[Reference, Names("goal")] | None = None
    idea: Annotated[Reference, Names("idea")] | None = None

    @model_validator(mode="after")
    def _one_promise(self) -> Self:
        if self.offer is not None and self.commitment is not None:
            reason = Said("may name an offer or a commitment, not both")
            raise ValueError(reason)
        if self.completes and self.promise is None:
            reason = Said("completes a promise but names neither offer nor commitment")
            raise ValueError(reason)
        return self

    @property
    def promise(self) -> tuple[str, str] | None:
        """The kind and reference of the promise that this delivers against."""
        if self.offer is not None:
            return "offer", self.offer
        return None if self.commitment is None else ("commitment", self.commitment)

    @property
    def acknowledged_by_recording(self) -> bool:
        """Whether nothing is left to acknowledge: by default, what the partner gave."""
        return self.by == "partner" if self.confirmed is None else self.confirmed


class DeliveryAcknowledged(EventData):
    """The receiver confirmed a delivery; by default all of it that awaits this."""

    delivery: Annotated[Reference, Names("delivery")]
    quantity: Quantity | None = None
    persons: Persons | None = None
    note: PersonalText | None = None


class DeliveryDisputed(EventData):
    """The receiver disputes a delivery; by default all of it that awaits."""

    delivery: Annotated[Reference, Names("delivery")]
    quantity: Quantity | None = None
    reason: Text


class DisputeResolved(EventData):
    """All that is in dispute about a delivery was settled."""

    delivery: Annotated[Reference, Names("delivery")]
    outcome: Literal["acknowledged", "withdrawn", "conceded"]


class BenefitReported(EventData):
    """What one side gained; one-sided, never part of the balance of help."""

    benefit: Annotated[Identifier, Introduces("benefit")] | None = None
    gained_by: Side
    quantity: Quantity
    delivery: Annotated[Reference, Names("delivery")] | None = None
    alliance: Annotated[Reference, Names("alliance")] | None = None
    confidence: Literal["estimated", "reported", "confirmed"]
