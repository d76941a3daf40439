"""How every derived answer names its cut."""

from pydantic import BaseModel


class Clocks(BaseModel):
    """How an answer names its cut."""

    as_of: str
    position: int
