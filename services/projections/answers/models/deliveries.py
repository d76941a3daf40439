"""Bodies of deliveries."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import QuantityAnswer


class DeliveryAnswer(BaseModel):
    """A delivery, and what of it the other side acknowledged."""

    partner: str
    delivery: str
    by: str
    kind: str
    quantity: QuantityAnswer | None
    offer: str | None
    commitment: str | None
    delivered: str = Field(description="Without what was conceded")
    acknowledged: str
    awaiting: str
    disputed: str
    state: str = Field(
        description="disputed: any of it is; else awaiting: any of it does"
    )
    event: str
    acts_from: str


class DeliveriesAnswer(Clocks):
    """Deliveries."""

    items: list[DeliveryAnswer]
