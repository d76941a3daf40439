"""Facts about alliances: proposals, agreements and the resources committed to them."""

from typing import Annotated

from contracts.events.base import (
    EventData,
    Goals,
    HelpKind,
    Identifier,
    Introduces,
    Names,
    Reference,
    Side,
    Text,
    Texts,
)
from contracts.occurrence import DateText
from contracts.quantity import Quantity, SignedAmount


class AllianceProposed(EventData):
    """One side proposed an alliance: what it asks and what it gives."""

    alliance: Annotated[Identifier, Introduces("alliance")] | None = None
    by: Side
    scope: Text
    asks: Texts
    gives: Texts


class ProposalDeclined(EventData):
    """A proposal was turned down."""

    alliance: Annotated[Reference, Names("alliance")]
    by: Side
    reason: Text


class ProposalDeferred(EventData):
    """A proposal was put off."""

    alliance: Annotated[Reference, Names("alliance")]
    by: Side
    reason: Text
    until: DateText | None = None


class AllianceAgreed(EventData):
    """The two sides agreed on an alliance, proposed before or not."""

    alliance: Annotated[Reference, Introduces("alliance")] | None = None
    name: Text
    project: Text
    goals: Goals | None = None
    starts: DateText
    ends: DateText | None = None


class AllianceEnded(EventData):
    """An agreement came to its end."""

    alliance: Annotated[Reference, Names("alliance")]
    by: Side
    reason: Text
    planned: bool | None = None


class ResourceCommitted(EventData):
    """One side promised a resource."""

    commitment: Annotated[Identifier, Introduces("commitment")] | None = None
    by: Side
    kind: HelpKind
    quantity: Quantity | None = None
    due: DateText | None = None
    alliance: Annotated[Reference, Names("alliance")] | None = None
    goal: Annotated[Reference, Names("goal")] | None = None


class CommitmentChanged(EventData):
    """A commitment grew or shrank by a signed amount of its own unit."""

    commitment: Annotated[Reference, Names("commitment")]
    delta: SignedAmount
    reason: Text


class CommitmentCancelled(EventData):
    """A commitment was called off; what was delivered against it stands."""

    commitment: Annotated[Reference, Names("commitment")]
    reason: Text
