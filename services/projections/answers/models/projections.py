"""Bodies of how far projections are."""

from typing import Literal

from pydantic import BaseModel, Field


class Lag(BaseModel):
    """How far a projection is behind the log."""

    events: int
    seconds: float = Field(description="Since the next event was recorded.")


class RebuildAnswer(BaseModel):
    """Rows made anew beside those that readers use."""

    generation: int
    version: int
    state: Literal["building", "returning", "differs"] = Field(
        description="`returning`: the one kept catches up; `differs`: at the same "
        "position it had other rows than those in use, which stay."
    )
    position: int
    progress: float
    begun_at: str
    error: str | None = Field(description="Why it does not go on.")
    halted_at: int | None = Field(description="The position it cannot apply.")
    halted_event: str | None


class ProjectionAnswer(BaseModel):
    """How far a projection is."""

    name: str
    version: int
    generation: int
    kept_generation: int | None = Field(description="What a rollback goes back to.")
    position: int
    head: int
    lag: Lag
    state: Literal["live", "rebuilding", "halted"]
    progress: float = Field(description="From 0 to 1: of a rebuild while there is one.")
    last_error: str | None
    halted_at: int | None = Field(description="The position it cannot apply.")
    halted_event: str | None = Field(description="The event there.")
    rebuild: RebuildAnswer | None


class ProjectionsAnswer(BaseModel):
    """All projections of the ledger."""

    items: list[ProjectionAnswer]
