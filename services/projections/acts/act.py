"""What one fact counts as among the acts: a pure function of the fact alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

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

ACTS: Final[Mapping[type[EventData], tuple[str, str | None, str | None]]] = {
    ContactAttempted: ("attempt", "by", "channel"),
    ContactMade: ("contact", "by", "channel"),
    MeetingScheduled: ("meeting", None, "channel"),
    GoalAsked: ("goal_asked", "by", None),
    GoalShared: ("goal_shared", "whose", None),
    GoalAchieved: ("goal_achieved", None, None),
    PrincipleStated: ("principle", "by", None),
    PrincipleAcknowledged: ("stance", "by", None),
    IdeaProposed: ("idea", "by", None),
    HelpRequested: ("request", "by", "kind"),
    HelpOffered: ("offer", "by", "kind"),
    OfferAccepted: ("acceptance", None, None),
    HelpDelivered: ("delivery", "by", "kind"),
    DeliveryAcknowledged: ("acknowledgement", None, None),
    BenefitReported: ("benefit", "gained_by", None),
    AllianceProposed: ("proposal", "by", None),
    AllianceAgreed: ("agreement", None, None),
    ResourceCommitted: ("commitment", "by", "kind"),
}
"""By type: the act, and the fields that say which side did it and of what kind."""

OTHER_SIDE: Final = {"us": "partner", "partner": "us"}


@dataclass(frozen=True, slots=True)
class Act:
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
    data = fact.data
    told = ACTS.get(type(data))
    if told is None:
        return None
    name, _, kind_field = told
    return Act(
        partner=partner,
        stream=fact.event.partner,
        position=fact.event.position,
        event=fact.event.id,
        act=name,
        by=_by(fact),
        kind=None if kind_field is None else getattr(data, kind_field),
        in_person=getattr(data, "channel", None) == "in_person",
        thin=isinstance(data, ContactAttempted),
        acts_from=fact.acts_from,
        day=day_of(fact.acts_from, zone),
        persons=tuple(dict.fromkeys(getattr(data, "persons", None) or ())),
    )


def _by(fact: Fact) -> str | None:
    """The side that did it; who accepts or acknowledges is the one that receives."""
    if isinstance(fact.data, OfferAccepted | DeliveryAcknowledged):
        return OTHER_SIDE[fact.completed["by"]]
    field = ACTS[type(fact.data)][1]
    return None if field is None else getattr(fact.data, field)
