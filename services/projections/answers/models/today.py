"""Body of what to do today, for the OpenAPI document."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import QuantityAnswer


class SuggestionAnswer(BaseModel):
    """One small act, and why."""

    act: str
    reason: str


class Named(BaseModel):
    """What concerns a partner, and what that is called."""

    partner: str
    name: str
    names: dict[str, str]


class NextContactAnswer(Named):
    """A partner to get in touch with."""

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


class WaitingPromise(Named):
    """A promise that waits for one of us."""

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


class ThanksAnswer(Named):
    """Help to thank for."""

    delivery: str
    kind: str
    quantity: QuantityAnswer | None
    at: str
    event: str


class MeetingAheadAnswer(Named):
    """A meeting ahead."""

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
