"""The stages of a relationship: episodes, what was earned, agreements in force."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from contracts.events import (
    AllianceAgreed,
    BenefitReported,
    ContactMade,
    DeliveryAcknowledged,
    DisputeResolved,
    EventData,
    GoalAsked,
    GoalShared,
    HelpDelivered,
    PrincipleAcknowledged,
    PrincipleStated,
)
from services.projections.relationship.fold.agreements import (
    Agreement,
)
from services.projections.relationship.fold.moment import (
    Because,
)
from services.projections.relationship.fold.progress import (
    Progress,
)

EARNED: Final = (
    "identified",
    "acquainted",
    "exploring",
    "helping",
    "reciprocal",
    "ready",
)
READY: Final = 5
ALLIED: Final = "allied"
COMPOUNDING: Final = "compounding"
ENDED: Final = "ended"
STAGES: Final = (*EARNED, ALLIED, COMPOUNDING, ENDED)
ACTS: Final[frozenset[type[EventData]]] = frozenset(
    {
        ContactMade,
        GoalAsked,
        GoalShared,
        PrincipleStated,
        PrincipleAcknowledged,
        HelpDelivered,
        DeliveryAcknowledged,
        DisputeResolved,
        BenefitReported,
        AllianceAgreed,
    }
)
"""What can earn a stage; the mere passage of time never does."""


@dataclass(frozen=True, slots=True)
class Row:
    """From when a stage holds, why, and what is earned beneath it.

    `event` is the fact that completed it, None where a date did. A row that is not
    `shown` changes only what is earned beneath an alliance.
    """

    stage: str
    earned: int
    episode: int
    at: datetime
    because: tuple[str, ...]
    event: str | None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Stages:
    """The stage so far, how it came about, and what the episode at hand has brought."""

    rows: tuple[Row, ...] = ()
    episode: int = 1
    ended_on: date | None = None
    progress: Progress = field(default_factory=Progress)
    because: Because = ()
    agreements: tuple[Agreement, ...] = ()

    @property
    def now(self) -> Row:
        """The last row."""
        return self.rows[-1]

    @property
    def live(self) -> tuple[Agreement, ...]:
        """The agreements of the episode at hand: only they make an alliance."""
        if self.ended_on is not None or not self.agreements:
            return ()
        return tuple(a for a in self.agreements if a.episode == self.episode)
