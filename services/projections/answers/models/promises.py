"""Bodies of offers and commitments."""

from pydantic import BaseModel

from services.projections.answers.models.clocks import Clocks


class QuantityAnswer(BaseModel):
    """So much of one unit."""

    amount: str
    unit: str


class PromiseAnswer(BaseModel):
    """An offer or a commitment, and what became of it."""

    partner: str
    by: str
    kind: str
    quantity: QuantityAnswer | None
    delivered: str
    remaining: str
    state: str
    overdue: bool
    event: str
    acts_from: str


class OfferAnswer(PromiseAnswer):
    """An offer."""

    offer: str
    valid_until: str | None


class CommitmentAnswer(PromiseAnswer):
    """A commitment."""

    commitment: str
    due: str | None


class OffersAnswer(Clocks):
    """Offers."""

    items: list[OfferAnswer]


class CommitmentsAnswer(Clocks):
    """Commitments."""

    items: list[CommitmentAnswer]
