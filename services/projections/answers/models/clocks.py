"""How every derived answer names its cut."""

from pydantic import BaseModel, Field


class Clocks(BaseModel):
    """How an answer names its cut."""

    as_of: str
    position: int
    uncertain: int = Field(description="Included events that may lie after as_of")
