"""Bodies of what was known then and what is known now."""

from pydantic import BaseModel, Field

from services.projections.answers.models.balances import UnitBalance
from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.stages import CurrentStage, StageRow


class KnownState(BaseModel):
    """A partner as known at one cut."""

    policy: str
    uncertain: int
    balance: list[UnitBalance]
    current: CurrentStage | None
    history: list[StageRow]


class ChangedAmount(BaseModel):
    """An amount of the balance that is not what it was believed to be."""

    unit: str
    side: str = Field(description="Who gives: `us` (given) or `partner` (received)")
    account: str = Field(description="As in balances; `benefit.confirmed` and so on")
    then: str
    now: str


class Changed(BaseModel):
    """What differs between the two."""

    balance: list[ChangedAmount]
    stage: bool


class ChangingEvent(BaseModel):
    """An event recorded in between that made the difference."""

    event: str
    position: int
    partner: str
    type: str
    occurred_at: str
    recorded_at: str
    recorded_by: str
    target: str | None = Field(description="What it corrects or retracts")


class ChangesAnswer(Clocks):
    """A partner as known then and as known now, at one instant."""

    partner: str
    known_from: int
    known_to: int
    then: KnownState | None = Field(
        description="Null: not known then, or merged into another"
    )
    now: KnownState
    changed: Changed
    events: list[ChangingEvent]
