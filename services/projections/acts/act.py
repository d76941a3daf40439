"""What one fact counts as among the acts: a pure function of the fact alone."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Final, NamedTuple

from contracts.events import (
    AllianceAgreed,
    AllianceProposed,
    BenefitReported,
    ContactAttempted,
    ContactMade,
    DeliveryAcknowledged,
    EventData,
    GoalAchieved,
    GoalAsked,
    GoalShared,
    HelpDelivered,
    HelpOffered,
    HelpRequested,
    IdeaProposed,
    MeetingScheduled,
    OfferAccepted,
    PrincipleAcknowledged,
    PrincipleStated,
    ResourceCommitted,
)
from contracts.events.reading import Fact
from contracts.occurrence import day_of


class Kind(NamedTuple):
    """What a type counts as; the fields that say whose act it is, and of what kind."""

    act: str
    by: str | None = None
    kind: str | None = None
    persons: bool = False


ACTS: Final[Mapping[type[EventData], Kind]] = {
    ContactAttempted: Kind("attempt", "by", "channel"),
    ContactMade: Kind("contact", "by", "channel", persons=True),
    MeetingScheduled: Kind("meeting", None, "channel", persons=True),
    GoalAsked: Kind("goal_asked", "by"),
    GoalShared: Kind("goal_shared", "whose"),
    GoalAchieved: Kind("goal_achieved"),
    PrincipleStated: Kind("principle", "by"),
    PrincipleAcknowledged: Kind("stance", "by"),
    IdeaProposed: Kind("idea", "by"),
    HelpRequested: Kind("request", "by", "kind"),
    HelpOffered: Kind("offer", "by", "kind"),
    OfferAccepted: Kind("acceptance"),
    HelpDelivered: Kind("delivery", "by", "kind"),
    DeliveryAcknowledged: Kind("acknowledgement", persons=True),
    BenefitReported: Kind("benefit", "gained_by"),
    AllianceProposed: Kind("proposal", "by"),
    AllianceAgreed: Kind("agreement"),
    ResourceCommitted: Kind("commitment", "by", "kind"),
}

OTHER_SIDE: Final = {"us": "partner", "partner": "us"}


class Act(NamedTuple):
    """One act: whose, what, and the day from which it acts, in the ledger's zone.

    `kind` is the channel of a contact, attempt or meeting, or the kind of help.
    """

    partner: str
    stream: str
    position: int
    event: str
    act: str
    by: str | None
    kind: str | None
    in_person: bool
    thin: bool
    acts_from: datetime
    day: date
    persons: tuple[str, ...]


def act(fact: Fact, partner: str, zone: tzinfo) -> Act | None:
    """The act of a partner that a fact is; None for facts that are none.

    An attempt is a thin one: it reached nobody.
    """
    event, data, acts_from = fact.event, fact.data, fact.acts_from
    told = ACTS.get(type(data))
    if told is None:
        return None
    kind = getattr(data, told.kind) if told.kind else None
    return Act(
        partner,
        event.partner,
        event.position,
        event.id,
        told.act,
        _by(fact, told),
        kind,
        told.kind == "channel" and kind == "in_person",
        told.act == "attempt",
        acts_from,
        day_of(acts_from, zone),
        _persons(data) if told.persons else (),
    )


def _by(fact: Fact, told: Kind) -> str | None:
    """The side that did it; who accepts or acknowledges is the one that receives."""
    if isinstance(fact.data, (OfferAccepted, DeliveryAcknowledged)):
        return OTHER_SIDE[fact.completed["by"]]
    return getattr(fact.data, told.by) if told.by else None


def _persons(data: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(data.persons or ()))
