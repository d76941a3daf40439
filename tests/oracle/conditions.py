"""The conditions of each stage, with what there is of them and what is needed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.evidence import SO, Evidence, most_within

STAGES = (
    "identified",
    "acquainted",
    "exploring",
    "helping",
    "reciprocal",
    "ready",
    "allied",
    "compounding",
)
READY, ALLIED, COMPOUNDING = 5, 6, 7


@dataclass(frozen=True)
class Condition:
    """One condition; it holds with at least what is needed, `at_most` with no more."""

    name: str
    have: int
    need: int = 1
    at_most: bool = False

    def holds(self) -> bool:
        return self.have <= self.need if self.at_most else self.have >= self.need

    def missing(self) -> dict[str, Any]:
        return {"condition": self.name, "have": self.have, "need": self.need}


@dataclass(frozen=True)
class Standing:
    """An episode at a moment: its facts so far, the day, and what is not in them."""

    evidence: Evidence
    day: date
    earned: int
    allied_since: date | None

    def conditions(self, stage: int) -> list[Condition]:
        """What the stage asks for beyond the one below it."""
        asked = (
            self._nothing,
            self._a_contact,
            self._goals,
            self._help,
            self._reciprocity,
            self._principles,
            self._agreement,
            self._value,
        )
        return asked[stage]()

    def holds(self, stage: int) -> bool:
        """Whether everything that the stage asks for is there."""
        return all(condition.holds() for condition in self.conditions(stage))

    def _nothing(self) -> list[Condition]:
        return []

    def _a_contact(self) -> list[Condition]:
        return [Condition("contact_days", len(self.evidence.contact_days()))]

    def _goals(self) -> list[Condition]:
        if self.evidence.policy.require_goal:
            return [_one("goals_exchanged", self.evidence.goals_exchanged())]
        return [self._contact_rhythm()]

    def _help(self) -> list[Condition]:
        found = len(self.evidence.acknowledged())
        return [Condition("acknowledged_deliveries", found)]

    def _reciprocity(self) -> list[Condition]:
        evidence, policy = self.evidence, self.evidence.policy
        given, received = evidence.acknowledged("us"), evidence.acknowledged("partner")
        helped = most_within(evidence.delivery_days(), policy.delivery_window_days)
        known = (self.day - evidence.contact_days()[0]).days
        return [
            Condition("acknowledged_deliveries_given", len(given)),
            Condition("acknowledged_deliveries_received", len(received)),
            self._contact_rhythm(),
            Condition("delivery_days", helped, policy.delivery_days),
            Condition("days_since_first_contact", known, policy.min_days),
        ]

    def _contact_rhythm(self) -> Condition:
        policy, days = self.evidence.policy, self.evidence.contact_days()
        most = most_within(days, policy.contact_window_days)
        return Condition("contact_days", most, policy.contact_days)

    def _principles(self) -> list[Condition]:
        if not self.evidence.policy.require_principles:
            return []
        # A side answers only the other's principles: the partner's stances are on ours.
        stances = list(self.evidence.stances("partner").values())
        rejected = stances.count("rejected")
        return [
            Condition("our_principles_respected", sum(s in SO for s in stances)),
            Condition("our_principles_rejected", rejected, need=0, at_most=True),
            _one("takes_time_by_us", self.evidence.takes_time("us")),
            _one("takes_time_by_partner", self.evidence.takes_time("partner")),
        ]

    def _agreement(self) -> list[Condition]:
        return [_one("agreement_in_force", self.allied_since is not None)]

    def _value(self) -> list[Condition]:
        evidence, since = self.evidence, self.allied_since or self.day
        days, need = (self.day - since).days, evidence.policy.compounding_days
        given = evidence.against_commitments("us")
        received = evidence.against_commitments("partner")
        ours = evidence.confirmed_benefits("us")
        theirs = evidence.confirmed_benefits("partner")
        return [
            _one("earned_ready", self.earned >= READY),
            Condition("days_allied", days, need),
            Condition("deliveries_against_commitments_given", given),
            Condition("deliveries_against_commitments_received", received),
            Condition("confirmed_benefit_us", ours),
            Condition("confirmed_benefit_partner", theirs),
        ]


def _one(name: str, held: bool) -> Condition:  # noqa: FBT001
    return Condition(name, int(held))


def missing(standing: Standing, stage: str) -> list[dict[str, Any]]:
    """What keeps the standing from the stage above; with all there, the next act."""
    if stage == "ended":
        return [Condition("contact_on_a_later_day", 0).missing()]
    if stage == STAGES[COMPOUNDING]:
        return []
    asked = standing.conditions(STAGES.index(stage) + 1)
    lacking = [condition for condition in asked if not condition.holds()]
    return [c.missing() for c in lacking or [Condition("act", 0)]]
