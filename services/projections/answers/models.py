"""Bodies of the derived answers, for the OpenAPI document."""

from pydantic import BaseModel, Field


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


class Clocks(BaseModel):
    """How an answer names its cut."""

    as_of: str
    position: int


class BalanceAnswer(Clocks):
    """The balance of one partner."""

    partner: str
    uncertain: int = Field(description="Included events that may lie after as_of")
    items: list[UnitBalance]


class PartnerUnitBalance(UnitBalance):
    """A balance of one partner in one unit."""

    partner: str


class BalancesAnswer(Clocks):
    """The balances of all partners."""

    uncertain: int
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


class QuantityAnswer(BaseModel):
    """So much of one unit."""

    amount: str
    unit: str


class PromiseAnswer(BaseModel):
    """An offer or a commitment, and what became of it."""

    partner: str
    by: str
    kind: str
    quantity: QuantityAnswer | None
    delivered: str
    remaining: str
    state: str
    overdue: bool
    event: str
    acts_from: str


class OfferAnswer(PromiseAnswer):
    """An offer."""

    offer: str
    valid_until: str | None


class CommitmentAnswer(PromiseAnswer):
    """A commitment."""

    commitment: str
    due: str | None


class OffersAnswer(Clocks):
    """Offers."""

    items: list[OfferAnswer]


class CommitmentsAnswer(Clocks):
    """Commitments."""

    items: list[CommitmentAnswer]


class PartnerAnswer(BaseModel):
    """A partner as the directory lists it."""

    partner: str
    name: str
    names: dict[str, str]
    kind: str | None
    country: str | None
    groups: list[str]
    owner: str | None
    net: dict[str, str]


class PartnersAnswer(Clocks):
    """Partners."""

    items: list[PartnerAnswer]


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
