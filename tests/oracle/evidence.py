"""What facts amount to, counted anew from all of them at every question."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.oracle.policies import Policy
from tests.oracle.reading import Fact, Thing, interval

SO = frozenset({"respected", "supported"})
"""The stances that count for a principle."""
OTHER = {"us": "partner", "partner": "us"}


@dataclass(frozen=True)
class Evidence:
    """Some facts in order of happening, and what they are read with."""

    facts: tuple[Fact, ...]
    zone: ZoneInfo
    policy: Policy
    ledger: tuple[Fact, ...]
    """Everything recorded, to look up what is named or what came of it later."""

    def but(self, facts: Iterable[Fact]) -> "Evidence":
        """Other facts read in the same way."""
        return replace(self, facts=tuple(facts))

    def of(self, event_type: str, **data: str) -> list[Fact]:
        """The facts of a type whose data has these values."""
        return [
            fact
            for fact in self.facts
            if fact.type == event_type and data.items() <= fact.data.items()
        ]

    def day(self, instant: datetime) -> date:
        """The ledger's day; of a coarse date that is its first day."""
        return instant.astimezone(self.zone).date()

    def days(self, facts: Iterable[Fact]) -> list[date]:
        """The distinct days of the facts, in order."""
        return sorted({self.day(fact.acts_from) for fact in facts})

    def contact_days(self) -> list[date]:
        return self.days(self.of("ContactMade"))

    def delivery_days(self) -> list[date]:
        return self.days(self.acknowledged())

    def goals_exchanged(self) -> bool:
        """One side asked and the other shared a goal, or both shared one."""
        shared = {side for side in OTHER if self.of("GoalShared", whose=side)}
        asked = {side for side in OTHER if self.of("GoalAsked", by=side)}
        return len(shared) == 2 or any(OTHER[side] in shared for side in asked)

    def acknowledged(self, *sides: str) -> list[Fact]:
        """The deliveries that count as acknowledged, of either side or of one."""
        return [
            delivery
            for side in sides or OTHER
            for delivery in self.of("HelpDelivered", by=side)
            if not self.policy.require_acknowledgement
            or _by_being_recorded(delivery)
            or self._answered(delivery, "DeliveryAcknowledged")
            or self._answered(delivery, "DisputeResolved", outcome="acknowledged")
        ]

    def _answered(self, item: Fact, event_type: str, **data: str) -> bool:
        return any(
            item.introduces in answer.answers for answer in self.of(event_type, **data)
        )

    def stances(self, side: str) -> dict[Thing, str]:
        """The side's latest stance on each principle that it answered."""
        return {
            fact.answers[0]: fact.data["stance"]
            for fact in self.of("PrincipleAcknowledged", by=side)
        }

    def takes_time(self, side: str) -> bool:
        """Whether the side stated, respected or supported that value takes time."""
        stated = [fact.data for fact in self.of("PrincipleStated", by=side)]
        answered = [
            self._introduced(principle).data
            for principle, stance in self.stances(side).items()
            if stance in SO
        ]
        return any(data.get("takes_time") is True for data in stated + answered)

    def _introduced(self, named: Thing) -> Fact:
        return next(fact for fact in self.ledger if fact.introduces == named)

    def against_commitments(self, side: str) -> int:
        deliveries = self.of("HelpDelivered", by=side)
        return sum(fact.data.get("commitment") is not None for fact in deliveries)

    def confirmed_benefits(self, side: str) -> int:
        return len(self.of("BenefitReported", gained_by=side, confidence="confirmed"))

    def ended_by(self, agreement: Fact) -> list[Fact]:
        return [
            ending
            for ending in self.of("AllianceEnded")
            if agreement.introduces in ending.answers
        ]

    def in_force(self, at: datetime) -> list[Fact]:
        """The agreements in force, as far as the facts tell, at an instant."""
        return [
            agreement
            for agreement in self.of("AllianceAgreed")
            if self.starts(agreement) <= at <= self.last_moment(agreement)
            and not self.ended_by(agreement)
        ]

    def starts(self, agreement: Fact) -> datetime:
        return max(
            agreement.acts_from, interval(agreement.data["starts"], self.zone)[0]
        )

    def last_moment(self, agreement: Fact) -> datetime:
        """The end of `ends`; without one, later than every question."""
        if (ends := agreement.data.get("ends")) is None:
            return datetime.max.replace(tzinfo=UTC)
        return interval(ends, self.zone)[1]


def _by_being_recorded(delivery: Fact) -> bool:
    confirmed = delivery.data.get("confirmed")
    if confirmed is None:
        return bool(delivery.data["by"] == "partner")
    return bool(confirmed)


def most_within(days: Iterable[date], window: int) -> int:
    """The most of the days of which the last comes at most `window` after the first."""
    listed = list(days)
    return max(
        (sum(0 <= (day - first).days <= window for day in listed) for first in listed),
        default=0,
    )
