"""Bodies of the answers over acts: rhythm, wheel, breadth, and what came in late."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks


class RhythmMonth(BaseModel):
    """How often one partner and we were in touch in one month."""

    partner: str
    month: str = Field(description="YYYY-MM, of the ledger's time zone")
    contact_days: int
    in_person_days: int
    in_person_share: str | None = Field(
        description="in_person_days / contact_days, four digits; null without contact"
    )


class RhythmAnswer(Clocks):
    """Partners by months."""

    items: list[RhythmMonth]


class WheelSpoke(BaseModel):
    """How often one side did one kind of act in one month."""

    month: str
    act: str
    kind: str | None = Field(description="Channel of a contact, or kind of help")
    by: str | None = Field(description="us or partner; null for what both did")
    count: int = Field(description="Acts that reached the other side")
    thin_count: int = Field(description="Attempts")


class PartnerShare(BaseModel):
    """The partner with most acts, and its share of all of them."""

    partner: str
    share: str


class ActShare(BaseModel):
    """The most frequent act, and its share of all of them."""

    act: str
    share: str


class WheelAnswer(Clocks):
    """The spokes of the wheel; the shares are of the whole, attempts left out."""

    largest_partner: PartnerShare | None
    largest_act: ActShare | None
    items: list[WheelSpoke]


class BreadthMonth(BaseModel):
    """How many partners an act reached in one month, and how many of their people."""

    month: str
    partners: int
    people: int


class BreadthAnswer(Clocks):
    """Breadth by month."""

    items: list[BreadthMonth]


class LateFactAnswer(BaseModel):
    """A fact recorded some days after it happened; dates as corrected."""

    event: str
    partner: str
    position: int
    type: str
    occurred_at: str
    occurred_from: str
    occurred_to: str
    recorded_at: str
    recorded_by: str
    days: int = Field(description="Whole days from occurred_to to recorded_at")


class LateAnswer(Clocks):
    """Facts recorded late, the latest first."""

    items: list[LateFactAnswer]
