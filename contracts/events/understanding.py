"""Facts about goals, principles and ideas: getting to know each other."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events.base import (
    EventData,
    Goals,
    Identifier,
    Introduces,
    Names,
    Reference,
    Side,
    Text,
)

Stance = Literal["understood", "respected", "rejected", "supported"]
Beneficiary = Literal["us", "partner", "our_members", "their_members", "others"]


class GoalAsked(EventData):
    """One side asked for the other side's goals."""

    by: Side


class GoalShared(EventData):
    """A goal of one side became known to both."""

    goal: Annotated[Identifier, Introduces("goal")] | None = None
    whose: Side
    statement: Text


class GoalAchieved(EventData):
    """A shared goal was reached."""

    goal: Annotated[Reference, Names("goal")]


class PrincipleStated(EventData):
    """One side said what it works by; `takes_time`: real value takes time."""

    principle: Annotated[Identifier, Introduces("principle")] | None = None
    by: Side
    statement: Text
    takes_time: bool | None = None


class PrincipleAcknowledged(EventData):
    """The other side said how it stands to a principle; the latest stance counts."""

    principle: Annotated[Reference, Names("principle")]
    by: Side
    stance: Stance


class IdeaProposed(EventData):
    """One side proposed what the two could do together."""

    idea: Annotated[Identifier, Introduces("idea")] | None = None
    by: Side
    statement: Text
    goals: Goals | None = None
    beneficiaries: Annotated[tuple[Beneficiary, ...], Field(strict=False)] | None = None
