"""What an episode has brought so far, and which stages it earns (domain.md, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple

from services.projections.relationship.fold.moment import Because, Evidence
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.window import MarkedDay, Window

GOOD: Final = frozenset({"respected", "supported"})
OTHER: Final[Mapping[str, str]] = {"us": "partner", "partner": "us"}


@dataclass(frozen=True, slots=True)
class Stance:
    """How a side stands to a principle of the other, latest word.

    The principle may have been stated in an earlier episode: what counts is the stance.
    """

    by: str
    stance: str
    takes_time: bool
    because: Because


@dataclass(slots=True)
class Progress:
    """What one episode has brought; by side: `us` or `partner`.

    It grows while facts are folded.
    """

    first_contact: MarkedDay | None = None
    contacts: Window = field(default_factory=Window)
    deliveries: Window = field(default_factory=Window)
    asked: dict[str, Evidence] = field(default_factory=dict)
    shared: dict[str, Evidence] = field(default_factory=dict)
    acknowledged: dict[str, Because] = field(default_factory=dict)
    takes_time: dict[str, Evidence] = field(default_factory=dict)
    stated: dict[str, Evidence] = field(default_factory=dict)
    stances: dict[str, Stance] = field(default_factory=dict)
    against: dict[str, Evidence] = field(default_factory=dict)
    benefits: dict[str, Evidence] = field(default_factory=dict)

    def copy(self) -> "Progress":
        """Progress that grows by itself."""
        return replace(
            self,
            asked={**self.asked},
            shared={**self.shared},
            acknowledged={**self.acknowledged},
            takes_time={**self.takes_time},
            stated={**self.stated},
            stances={**self.stances},
            against={**self.against},
            benefits={**self.benefits},
        )


class Condition(NamedTuple):
    """One thing that a stage needs: how much there is, and how much it takes."""

    condition: str
    have: int
    need: int
    most: bool = False
    """Whether `need` is the most allowed, not the least."""

    @property
    def is_met(self) -> bool:
        """Whether there is enough, or no more than allowed."""
        return self.have <= self.need if self.most else self.have >= self.need


def conditions(
    stage: int, progress: Progress, policy: Policy, day: date
) -> tuple[Condition, ...]:
    """What a stage from 1 to 5 needs beside the one below it, as of a day."""
    match stage:
        case 1:
            had = int(progress.first_contact is not None)
            return (Condition("contact_days", had, 1),)
        case 2:
            return (_acquaintance(progress, policy),)
        case 3:
            had = int(bool(progress.acknowledged))
            return (Condition("acknowledged_deliveries", had, 1),)
        case 4:
            return _reciprocity(progress, policy, day)
        case _:
            return _principles(progress) if policy.require_principles else ()


def _acquaintance(progress: Progress, policy: Policy) -> Condition:
    if policy.require_goal:
        return Condition("goals_exchanged", int(_exchange(progress) is not None), 1)
    return Condition("contact_days", progress.contacts.best, policy.contact_days)


def _exchange(progress: Progress) -> Because | None:
    """One side asked and the other shared a goal, or both shared one."""
    if not progress.shared:
        return None
    for one, other in OTHER.items():
        if one in progress.asked and other in progress.shared:
            return (progress.asked[one], progress.shared[other])
    if len(progress.shared) == len(OTHER):
        return tuple(progress.shared.values())
    return None


def _reciprocity(
    progress: Progress, policy: Policy, day: date
) -> tuple[Condition, ...]:
    first = progress.first_contact
    since = (day - first.day).days if first else 0
    acknowledged = "acknowledged_deliveries"
    return (
        Condition(f"{acknowledged}_given", int("us" in progress.acknowledged), 1),
        Condition(
            f"{acknowledged}_received", int("partner" in progress.acknowledged), 1
        ),
        Condition("contact_days", progress.contacts.best, policy.contact_days),
        Condition("delivery_days", progress.deliveries.best, policy.delivery_days),
        Condition("days_since_first_contact", since, policy.min_days),
    )


def _principles(progress: Progress) -> tuple[Condition, ...]:
    ours = _stances_by(progress, "partner")
    respected = sum(stance.stance in GOOD for stance in ours)
    rejected = sum(stance.stance == "rejected" for stance in ours)
    return (
        Condition("our_principles_respected", respected, 1),
        Condition("our_principles_rejected", rejected, 0, most=True),
        *(
            Condition(
                f"takes_time_by_{side}", int(_takes_time(progress, side) is not None), 1
            )
            for side in OTHER
        ),
    )


def _stances_by(progress: Progress, side: str) -> list[Stance]:
    """The stances of a side to principles of the other."""
    return [stance for stance in progress.stances.values() if stance.by == side]


def _takes_time(progress: Progress, side: str) -> Because | None:
    """A principle that value takes time, stated or so acknowledged by a side."""
    if side in progress.takes_time:
        return (progress.takes_time[side],)
    for stance in _stances_by(progress, side):
        if stance.takes_time and stance.stance in GOOD:
            return stance.because
    return None


def evidence(stage: int, progress: Progress, policy: Policy) -> Because:
    """The events that show what a stage from 1 to 5 needs beside the one below it."""
    match stage:
        case 1:
            return progress.first_contact.because if progress.first_contact else ()
        case 2 if policy.require_goal:
            return _exchange(progress) or ()
        case 2:
            return progress.contacts.met or ()
        case 3:
            return next(iter(progress.acknowledged.values()), ())
        case 4:
            windows = (progress.contacts, progress.deliveries)
            days = [e for window in windows for e in window.met or ()]
            both = [e for shown in progress.acknowledged.values() for e in shown]
            return (*days, *both)
        case _:
            return _shown_principles(progress) if policy.require_principles else ()


def _shown_principles(progress: Progress) -> Because:
    respected = next(
        (
            stance.because
            for stance in _stances_by(progress, "partner")
            if stance.stance in GOOD
        ),
        (),
    )
    times = [e for side in OTHER for e in _takes_time(progress, side) or ()]
    return (*respected, *times)
