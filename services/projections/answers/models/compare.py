"""Bodies of partners side by side."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.stages import FlagAnswer


class FirstContact(BaseModel):
    """Who first got in touch."""

    event: str
    by: str
    channel: str
    at: str


class LongestSilence(BaseModel):
    """The most days between two contacts, and the contact that ended them."""

    days: int
    from_: str = Field(alias="from")
    to: str
    ended_by: FirstContact


class FirstGoalAsked(BaseModel):
    """Who first asked for the other's goals."""

    event: str
    by: str
    at: str


class ComparedProposal(BaseModel):
    """An alliance as it was proposed."""

    event: str
    alliance: str
    by: str
    at: str
    asks: list[str]
    gives: list[str]
    premature: bool


class ComparedStage(BaseModel):
    """A stage, by days since the first contact day; null without any contact."""

    stage: str
    episode: int
    from_: str = Field(alias="from")
    days: int | None


class FirstBenefit(BaseModel):
    """The first that a side gained, by days since the first contact day."""

    event: str
    gained_by: str
    confidence: str
    at: str
    days: int | None


class Stances(BaseModel):
    """To how many of our principles the partner's latest stance is which."""

    respected: int
    supported: int
    understood: int
    rejected: int


class ComparedPartner(BaseModel):
    """How one relationship went; nulls before its first event."""

    partner: str
    name: str | None
    stage: str | None
    earned: str | None
    episode: int | None
    flags: list[FlagAnswer]
    first_contact: FirstContact | None
    first_goal_asked: FirstGoalAsked | None
    contact_days: int
    in_person_share: str | None = Field(description="Of contact days; four digits")
    attempts: int
    longest_silence: LongestSilence | None
    proposals: list[ComparedProposal]
    asks: int = Field(description="How many things all proposals ask")
    gives: int = Field(description="How many things all proposals give")
    stages: list[ComparedStage]
    first_benefit: FirstBenefit | None
    first_confirmed_benefit: FirstBenefit | None
    principles: Stances
    wheel: dict[str, int] = Field(description="Acts by name, as in /v1/wheel")


class CompareAnswer(Clocks):
    """Partners side by side, in the order asked for."""

    policy: str
    partners: list[ComparedPartner]
