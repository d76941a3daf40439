"""The flags of a partner at an instant, each as the design words it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.oracle.conditions import ALLIED, COMPOUNDING, READY, STAGES
from tests.oracle.episodes import Episode, episodes
from tests.oracle.evidence import OTHER, Evidence
from tests.oracle.reading import Fact, interval, thing

EXPLORING = 2
DAYS_REACTIVATED = 90
DAYS_OF_ONE_SIDEDNESS = 365
DAYS_OF_DISPUTE = 30
DAYS_OF_SILENCE = 90
TOGETHER = {STAGES[ALLIED], STAGES[COMPOUNDING]}

Flag = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """All that had happened by `as_of`, between the episodes too."""

    all: Evidence
    as_of: datetime
    episodes: Sequence[Episode]

    @property
    def today(self) -> date:
        return self.all.day(self.as_of)

    @property
    def stage(self) -> str:
        return self.episodes[-1].stage

    def days_since(self, instant: datetime) -> int:
        return (self.today - self.all.day(instant)).days

    def before(self, fact: Fact) -> "Look":
        """How it looked at the place of a fact, on its day, just before it."""
        place = (fact.acts_from, fact.position)
        earlier = [f for f in self.all.facts if (f.acts_from, f.position) < place]
        told = self.all.but(earlier)
        return Look(told, fact.acts_from, episodes(told, fact.acts_from))


def flags(look: Look) -> list[Flag]:
    """The flags that are up, by name, with what else the answer says of them."""
    found = {
        "cooling": cooling(look),
        "dormant": dormant(look),
        "one_sided": one_sided(look),
        "strained": strained(look),
        "unearned": unearned(look),
        "silent_partner_in_alliance": silent_sides(look),
        "premature_proposal": premature_proposals(look),
        "reactivated": reactivated(look),
    }
    extras = {
        "one_sided": "side",
        "silent_partner_in_alliance": "sides",
        "premature_proposal": "proposals",
    }
    return [
        {"flag": name} | ({extras[name]: held} if name in extras else {})
        for name, held in found.items()
        if held
    ]


def quiet_days(look: Look) -> int | None:
    """Days since the last contact day; none without one, or when broken off."""
    days = look.all.contact_days()
    if not days or not look.episodes or look.stage == "ended":
        return None
    return (look.today - days[-1]).days


def cadence(look: Look) -> tuple[int, int]:
    """The target and the most days between contacts."""
    if stated := look.all.of("CadenceSet"):
        return stated[-1].data["target_days"], stated[-1].data["max_days"]
    policy = look.all.policy
    return policy.cadence_target_days, policy.cadence_max_days


def cooling(look: Look) -> bool:
    quiet = quiet_days(look)
    if quiet is None or meeting_ahead(look) or snoozed(look):
        return False
    return quiet > cadence(look)[0]


def meeting_ahead(look: Look) -> bool:
    cancelled = {
        thing("meeting", fact.data["meeting"], fact.stream)
        for fact in look.all.of("MeetingCancelled")
    }
    return any(
        thing("meeting", fact.data.get("meeting") or fact.id, fact.stream)
        not in cancelled
        and not _over(look, fact.data["on"])
        for fact in look.all.of("MeetingScheduled")
    )


def snoozed(look: Look) -> bool:
    """Until the end of the day that was named last."""
    snoozes = look.all.of("ReminderSnoozed")
    return bool(snoozes) and not _over(look, snoozes[-1].data["until"])


def _over(look: Look, date_or_instant: str) -> bool:
    return interval(date_or_instant, look.all.zone)[1] < look.as_of


def dormant(look: Look) -> bool:
    quiet = quiet_days(look)
    most = max(2 * cadence(look)[1], look.all.policy.dormant_days)
    return quiet is not None and quiet > most


def reactivated(look: Look) -> bool:
    """Whether a contact of the last 90 days found the relationship dormant."""
    return any(
        look.days_since(contact.acts_from) <= DAYS_REACTIVATED
        and dormant(look.before(contact))
        for contact in look.all.of("ContactMade")
    )


def one_sided(look: Look) -> str | None:
    """The only side of at least five acknowledged deliveries of the last 365 days."""
    sides = [
        fact.data["by"]
        for fact in look.all.acknowledged()
        if look.days_since(fact.acts_from) <= DAYS_OF_ONE_SIDEDNESS
    ]
    return sides[0] if len(sides) >= 5 and len(set(sides)) == 1 else None


def strained(look: Look) -> bool:
    return bool(open_high_issues(look) or old_disputes(look))


def open_high_issues(look: Look) -> list[Fact]:
    resolved = {fact.answers[0] for fact in look.all.of("IssueResolved")}
    raised = look.all.of("IssueRaised", severity="high")
    return [issue for issue in raised if issue.introduces not in resolved]


def old_disputes(look: Look) -> list[Fact]:
    return [
        dispute
        for dispute in look.all.of("DeliveryDisputed")
        if look.days_since(dispute.acts_from) > DAYS_OF_DISPUTE
        and not _settled(look, dispute)
    ]


def _settled(look: Look, dispute: Fact) -> bool:
    """Whether the first resolution recorded after it, which takes it in, has acted."""
    later = [
        fact
        for fact in look.all.ledger
        if fact.type == "DisputeResolved"
        and fact.answers == dispute.answers
        and fact.position > dispute.position
    ]
    first = min(later, key=lambda fact: fact.position, default=None)
    return first is not None and first.acts_from <= look.as_of


def unearned(look: Look) -> bool:
    return look.stage in TOGETHER and look.episodes[-1].earned < READY


def silent_sides(look: Look) -> list[str]:
    """Who has delivered nothing since an agreement came into force 90 days ago."""
    return [
        side
        for side in OTHER
        if any(
            look.days_since(look.all.starts(agreement)) >= DAYS_OF_SILENCE
            and not _delivered_since(look, side, look.all.starts(agreement))
            for agreement in look.all.in_force(look.as_of)
        )
    ]


def _delivered_since(look: Look, side: str, start: datetime) -> bool:
    deliveries = look.all.of("HelpDelivered", by=side)
    return any(fact.acts_from >= start for fact in deliveries)


def premature_proposals(look: Look) -> list[str]:
    """The proposals that came too early, until an alliance is earned."""
    return [
        proposal.id
        for proposal in look.all.of("AllianceProposed")
        if _premature(look.before(proposal), proposal)
        and not any(_earned_alliance_after(look, proposal))
    ]


def _premature(before: Look, proposal: Fact) -> bool:
    if not before.episodes or before.episodes[-1].earned <= EXPLORING:
        return True
    first = before.episodes[-1].contact_days[0]
    known = (before.all.day(proposal.acts_from) - first).days
    return known < before.all.policy.min_days


def _earned_alliance_after(look: Look, proposal: Fact) -> Iterator[bool]:
    place = (proposal.acts_from, proposal.position)
    for episode in look.episodes:
        for state in episode.states:
            after = (state.moment.at, state.moment.position) > place
            yield after and state.stage in TOGETHER and state.earned >= READY
