"""Bodies of balances and postings."""

from pydantic import BaseModel, Field

from services.projections.answers.models.clocks import Clocks


class Amounts(BaseModel):
    """One direction of a balance; exact decimals."""

    offered: str
    lapsed: str = Field(description="Of offered: past its valid_until")
    accepted: str
    committed: str
    outstanding: str
    delivered: str
    acknowledged: str
    awaiting: str
    disputed: str


class Gains(BaseModel):
    """What one side gained, by how sure it is."""

    estimated: str
    reported: str
    confirmed: str


class Benefits(BaseModel):
    """What each side gained; one-sided, never part of the balance."""

    us: Gains
    partner: Gains


class UnitBalance(BaseModel):
    """A balance in one unit."""

    unit: str
    given: Amounts
    received: Amounts
    net: str = Field(description="given.acknowledged - received.acknowledged")
    benefit: Benefits


class BalanceAnswer(Clocks):
    """The balance of one partner."""

    partner: str
    items: list[UnitBalance]


class PartnerUnitBalance(UnitBalance):
    """A balance of one partner in one unit."""

    partner: str


class BalancesAnswer(Clocks):
    """The balances of all partners."""

    items: list[PartnerUnitBalance]


class PostingAnswer(BaseModel):
    """One row of the double entry."""

    position: int
    event: str
    acts_from: str
    side: str
    account: str
    unit: str
    amount: str
    ref: str


class PostingsAnswer(Clocks):
    """The rows behind a balance."""

    partner: str
    items: list[PostingAnswer]
