"""Bodies of the funnel of promises."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks
from services.projections.answers.models.promises import CommitmentAnswer


class PromisesMade(BaseModel):
    """How many promises of one direction and kind there are, by what became of them.

    Each is in one of the seven states; delivered, acknowledged and overdue are among
    them.
    """

    direction: str = Field(description="given: promised by us; received: by partners")
    promise: str = Field(description="offer or commitment")
    made: int
    open: int
    lapsed: int
    accepted: int
    declined: int
    withdrawn: int
    completed: int
    cancelled: int
    delivered: int = Field(description="With any delivery against them")
    acknowledged: int = Field(description="With any acknowledged delivery against them")
    overdue: int = Field(
        description="Past due or valid_until, with something remaining"
    )


class PromisesAnswer(Clocks):
    """The funnel of promises, and the commitments that are overdue the longest."""

    items: list[PromisesMade]
    overdue: list[CommitmentAnswer]
