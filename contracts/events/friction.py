"""Facts about what went wrong between the two sides."""

from typing import Annotated, Literal

from contracts.events.base import (
    EventData,
    Identifier,
    Introduces,
    Names,
    Reference,
    Side,
    Text,
)


class IssueRaised(EventData):
    """One side raised a problem."""

    issue: Annotated[Identifier, Introduces("issue")] | None = None
    by: Side
    severity: Literal["low", "medium", "high"]
    statement: Text


class IssueResolved(EventData):
    """A raised problem was settled."""

    issue: Annotated[Reference, Names("issue")]


class RelationshipBrokenOff(EventData):
    """One side ended the relationship."""

    by: Side
    reason: Text
