"""Bodies of stages, for the OpenAPI document."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks


class ConditionAnswer(BaseModel):
    """Something that the next stage needs."""

    condition: str
    have: int
    need: int


class FlagAnswer(BaseModel):
    """Something worth a look; some flags say more than this."""

    flag: str
    since: str
    because: list[str]
    reason: str
    missing: list[ConditionAnswer] | None = Field(None, description="unearned")
    side: str | None = Field(None, description="one_sided: who gives")
    sides: list[str] | None = Field(
        None, description="silent_partner_in_alliance: who has delivered nothing"
    )
    alliance: str | None = Field(None, description="premature_proposal")
    proposed_by: str | None = Field(None, description="premature_proposal")
    asks: list[str] | None = Field(None, description="premature_proposal")
    gives: list[str] | None = Field(None, description="premature_proposal")


class StageRow(BaseModel):
    """A stage, from when to when it held, and the events that show it."""

    stage: str
    episode: int
    from_: str = Field(alias="from")
    to: str | None
    because: list[str]


class CurrentStage(BaseModel):
    """The stage at hand."""

    stage: str
    earned: str = Field(description="The highest of the stages 0 to 5 in the episode")
    episode: int
    entered_at: str
    because: list[str]
    missing: list[ConditionAnswer]
    flags: list[FlagAnswer]


class StagesAnswer(Clocks):
    """The stages of one partner."""

    partner: str
    policy: str
    current: CurrentStage | None
    history: list[StageRow]
