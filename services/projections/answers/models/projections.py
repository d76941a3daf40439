"""Bodies of how far projections are."""

from pydantic import BaseModel


class ProjectionAnswer(BaseModel):
    """How far a projection is."""

    name: str
    version: int
    generation: int
    position: int
    head: int
    lag: dict[str, float]
    state: str
    progress: float
    last_error: str | None


class ProjectionsAnswer(BaseModel):
    """All projections of the ledger."""

    items: list[ProjectionAnswer]
