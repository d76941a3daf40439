"""Bodies of how an alliance developed."""

from typing import Any

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks


class EarnedStage(BaseModel):
    """A stage that this completed, and the events that show it."""

    stage: str
    episode: int
    from_: str = Field(alias="from")
    because: list[str]


class EffectPosting(BaseModel):
    """One row of the double entry, as the fact now reads."""

    side: str
    account: str
    unit: str
    amount: str
    ref: str = Field(description="Of a merged partner: `<merged>/<id>`")


class Effect(BaseModel):
    """What a fact, or a date, changed."""

    stages: list[EarnedStage]
    postings: list[EffectPosting]


class HistoryItem(BaseModel):
    """A fact as corrected; without event: a date on which an agreement began or ended.

    `partner` is the stream that it was recorded on, a merged one's too.
    """

    event: str | None
    position: int | None
    type: str | None
    partner: str
    occurred_at: str | None
    occurred_from: str | None
    occurred_to: str | None
    acts_from: str
    recorded_at: str | None
    recorded_by: str | None
    causation: str | None
    data: dict[str, Any] | None
    corrected_by: list[str] = Field(
        description="Corrections in force, in order of recording"
    )
    effect: Effect


class HistoryAnswer(Clocks):
    """How an alliance developed, in order of happening."""

    partner: str
    policy: str
    items: list[HistoryItem]
