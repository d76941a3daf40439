"""Bodies of how many partners were in each stage over time."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks


class StagesMonth(BaseModel):
    """How many partners were in each stage at the end of a month."""

    month: str = Field(description="YYYY-MM, of the ledger's time zone")
    identified: int
    acquainted: int
    exploring: int
    helping: int
    reciprocal: int
    ready: int
    allied: int
    compounding: int
    ended: int


class StagesOverTimeAnswer(Clocks):
    """Partners in each stage, month by month; the last one as of `as_of`."""

    items: list[StagesMonth]
