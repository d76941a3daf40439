"""Bodies of self-audits."""

from pydantic import BaseModel, Field


class VerificationRequestedAnswer(BaseModel):
    """A self-audit that is to be made."""

    id: str
    seed: int
    requested_at: str


class CheckedAnswer(BaseModel):
    """How much a self-audit looked at."""

    positions: int = Field(description="Of the log.")
    posted_positions: int = Field(description="Whose postings sum to zero per unit.")
    partners: int = Field(description="Folded anew from the log.")
    events: int = Field(description="Of these partners.")
    rows: int = Field(description="Of these partners in all read models.")
    partners_left_out: int = Field(
        description="Wholly or in part: too many events, or corrections of them."
    )
    given_up: int = Field(description="Looks that took too long.")


class FoundProblemAnswer(BaseModel):
    """Something that is not as it must be."""

    kind: str
    detail: str
    partner: str | None
    position: int | None


class VerificationAnswer(BaseModel):
    """What a self-audit came to."""

    id: str
    started_at: str
    finished_at: str
    position: int = Field(description="The head when it began.")
    seed: int = Field(description="What chose the partners.")
    ok: bool
    checked: CheckedAnswer
    found: int = Field(description="How many problems.")
    problems: list[FoundProblemAnswer] = Field(description="The first 100 of them.")
