"""What is between the two: goals, principles, ideas, people, issues, alliances."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal that one side shared."""

    whose: str
    statement: str
    shared_at: datetime
    event: str
    achieved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Principle:
    """A principle of one side, and the other's latest stance to it."""

    by: str
    statement: str
    takes_time: bool
    stated_at: datetime
    event: str
    stance: str | None = None
    stance_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Idea:
    """What one side proposed to do together."""

    by: str
    statement: str
    goals: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    proposed_at: datetime
    event: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of either side; names and addresses stay in the event."""

    side: str
    role: str | None
    event: str
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem that one side raised."""

    by: str
    severity: str
    statement: str
    raised_at: datetime
    event: str
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alliance:
    """An alliance from its proposal on; `state` is the last thing said of it."""

    state: str
    event: str
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    scope: str | None = None
    asks: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    name: str | None = None
    project: str | None = None
    goals: tuple[str, ...] = ()
    agreed_at: datetime | None = None
    starts: str | None = None
    ends: str | None = None
    ended_at: datetime | None = None
