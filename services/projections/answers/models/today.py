"""Body of what to do today, for the OpenAPI document."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import QuantityAnswer


class SuggestionAnswer(BaseModel):
    """One small act, and why."""

    act: str
    reason: str


class NextContactAnswer(BaseModel):
    """A partner to get in touch with."""

    partner: str
    name: str
    owner: str | None
    stage: str
    last_contact: str
    days_since: int
    target_days: int
    score: float = Field(
        description="max(days since last contact - target, 0) / target"
    )
    flags: list[str]
    suggestion: SuggestionAnswer


class WaitingPromise(BaseModel):
    """A promise that waits for one of us."""

    partner: str
    kind: str
    quantity: QuantityAnswer | None
    delivered: str
    remaining: str
    overdue: bool
    event: str
    acts_from: str


class WaitingCommitment(WaitingPromise):
    """What we promised."""

    commitment: str
    due: str | None


class WaitingOffer(WaitingPromise):
    """What the partner offered and we have not answered."""

    offer: str
    valid_until: str | None


class ThanksAnswer(BaseModel):
    """Help to thank for."""

    partner: str
    delivery: str
    kind: str
    quantity: QuantityAnswer | None
    at: str
    event: str


class MeetingAheadAnswer(BaseModel):
    """A meeting ahead."""

    partner: str
    meeting: str
    on: str
    channel: str
    event: str


class TodayAnswer(Clocks):
    """What to do today."""

    owner: str | None
    contact: list[NextContactAnswer]
    promised: list[WaitingCommitment]
    offers: list[WaitingOffer]
    thanks: list[ThanksAnswer]
    meetings: list[MeetingAheadAnswer]
