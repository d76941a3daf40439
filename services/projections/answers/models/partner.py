"""Body of one partner whole, for the OpenAPI document."""

from pydantic import BaseModel

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import CommitmentAnswer, OfferAnswer


class CadenceAnswer(BaseModel):
    """How often the two want to be in touch."""

    target_days: int
    max_days: int


class ContactsAnswer(BaseModel):
    """Contact days, over all episodes."""

    days: int
    first: str | None
    last: str | None


class GoalAnswer(BaseModel):
    """A goal that one side shared."""

    goal: str
    whose: str
    statement: str
    shared_at: str
    event: str
    achieved_at: str | None


class PrincipleAnswer(BaseModel):
    """A principle, and the other side's latest stance."""

    principle: str
    by: str
    statement: str
    takes_time: bool
    stated_at: str
    event: str
    stance: str | None
    stance_at: str | None


class IdeaAnswer(BaseModel):
    """What one side proposed to do together."""

    idea: str
    by: str
    statement: str
    goals: list[str]
    beneficiaries: list[str]
    proposed_at: str
    event: str


class PersonAnswer(BaseModel):
    """Somebody of either side."""

    person: str
    side: str
    role: str | None
    name: str | None
    email: str | None
    phone: str | None
    left_at: str | None


class PartnerAllianceAnswer(BaseModel):
    """An alliance with this partner."""

    alliance: str
    state: str
    event: str
    proposed_by: str | None
    proposed_at: str | None
    scope: str | None
    asks: list[str]
    gives: list[str]
    name: str | None
    project: str | None
    goals: list[str]
    agreed_at: str | None
    starts: str | None
    ends: str | None
    ended_at: str | None


class IssueAnswer(BaseModel):
    """A problem that one side raised."""

    issue: str
    by: str
    severity: str
    statement: str
    raised_at: str
    event: str
    resolved_at: str | None


class MeetingAnswer(BaseModel):
    """A meeting ahead."""

    meeting: str
    on: str
    channel: str


class PartnerWholeAnswer(Clocks):
    """One partner whole; before its first event only the clocks."""

    partner: str
    name: str | None = None
    names: dict[str, str] | None = None
    kind: str | None = None
    country: str | None = None
    how: str | None = None
    introduced_by: str | None = None
    domains: list[str] | None = None
    groups: list[str] | None = None
    owner: str | None = None
    stage: str | None = None
    earned: str | None = None
    flags: list[str] | None = None
    last_contact: str | None = None
    next_due: str | None = None
    net: dict[str, str] | None = None
    cadence: CadenceAnswer | None = None
    contacts: ContactsAnswer | None = None
    goals: list[GoalAnswer] | None = None
    principles: list[PrincipleAnswer] | None = None
    ideas: list[IdeaAnswer] | None = None
    persons: list[PersonAnswer] | None = None
    offers: list[OfferAnswer] | None = None
    commitments: list[CommitmentAnswer] | None = None
    alliances: list[PartnerAllianceAnswer] | None = None
    issues: list[IssueAnswer] | None = None
    meetings: list[MeetingAnswer] | None = None
