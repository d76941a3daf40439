"""Bodies of alliances and proposals, for the OpenAPI document."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import QuantityAnswer


class AllianceSums(BaseModel):
    """What one side promised and delivered of an alliance, by unit."""

    promised: dict[str, str] = Field(description="Of a closed one: what was delivered")
    delivered: dict[str, str] = Field(description="What was conceded is left out")


class AllianceCommitment(BaseModel):
    """A resource that one side promised for an alliance."""

    commitment: str
    kind: str
    quantity: QuantityAnswer | None
    delivered: str
    remaining: str
    state: str = Field(description="open, completed or cancelled")
    overdue: bool
    due: str | None
    event: str
    acts_from: str


class AllianceDelivery(BaseModel):
    """Help that names an alliance, or a commitment of it."""

    delivery: str
    kind: str
    quantity: QuantityAnswer | None
    delivered: str = Field(description="quantity - conceded")
    acknowledged: str
    commitment: str | None
    event: str
    acts_from: str


class AllianceHelp(AllianceSums):
    """What one side did of an alliance with one partner."""

    commitments: list[AllianceCommitment]
    deliveries: list[AllianceDelivery]


class AlliancePartner(BaseModel):
    """An alliance with one of its partners."""

    partner: str
    alliance: str = Field(description="The id that names it on this partner")
    state: str
    name: str | None
    project: str | None
    goals: list[str]
    proposed_by: str | None
    proposed_at: str | None
    scope: str | None
    asks: list[str]
    gives: list[str]
    agreed_at: str | None
    starts: str | None
    ends: str | None
    ended_at: str | None
    in_force_from: str | None
    in_force_to: str | None
    silent: list[str] = Field(
        description="us, partner: delivered nothing at all while it was in force"
    )
    given: AllianceHelp
    received: AllianceHelp


class AllianceSummary(BaseModel):
    """An alliance with all its partners."""

    alliance: str
    state: str | None = Field(description="null before its first event")
    name: str | None = Field(description="null before it was agreed")
    project: str | None
    starts: str | None
    ends: str | None
    given: AllianceSums
    received: AllianceSums


class ListedAlliance(AllianceSummary):
    """An alliance in a list."""

    partners: list[str]


class AlliancesAnswer(Clocks):
    """Alliances, by id."""

    items: list[ListedAlliance]


class AllianceAnswer(Clocks, AllianceSummary):
    """One alliance."""

    uncertain: int = Field(description="Included events that may lie after as_of")
    goals: list[str]
    partners: list[AlliancePartner]


class ProposalAnswer(BaseModel):
    """An alliance as one side proposed it, and how far the two were then."""

    partner: str
    event: str
    alliance: str
    by: str
    at: str
    scope: str
    asks: list[str]
    gives: list[str]
    earned: str = Field(description="The stage that was earned when it was proposed")
    days_since_first_contact: int | None
    premature: bool
    cleared_at: str | None = Field(
        description="From when the two were allied and had earned to be ready"
    )


class ProposalsAnswer(Clocks):
    """Proposals, by partner in order of happening."""

    items: list[ProposalAnswer]
