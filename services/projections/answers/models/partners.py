"""Bodies of what is told of partners."""

from pydantic import BaseModel

from services.projections.answers.models.clocks import Clocks


class PartnerAnswer(BaseModel):
    """A partner as it is listed."""

    partner: str
    name: str
    names: dict[str, str]
    kind: str | None
    country: str | None
    groups: list[str]
    owner: str | None
    stage: str
    earned: str
    flags: list[str]
    last_contact: str | None
    next_due: str | None
    net: dict[str, str]


class PartnersAnswer(Clocks):
    """Partners."""

    items: list[PartnerAnswer]
