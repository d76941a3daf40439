"""Bodies of given and received over all partners."""

from pydantic import Field

from services.projections.answers.models.balances import UnitBalance
from services.projections.answers.models.clocks import Clocks


class UnitReciprocity(UnitBalance):
    """What was given and received in one unit, and by how many partners."""

    partners_given: int = Field(description="With an acknowledged part of given")
    partners_received: int = Field(description="With an acknowledged part of received")
    partners_both: int = Field(description="With an acknowledged part of both")


class ReciprocityAnswer(Clocks):
    """Given and received over all partners, or of one."""

    items: list[UnitReciprocity]
