"""A relationship as its facts make it: folded in order of happening, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from contracts.events import (
    AllianceProposed,
    ContactMade,
    EventCorrected,
    EventRetracted,
    PartnerIdentified,
    RelationshipBrokenOff,
)
from contracts.events.reading import Fact
from contracts.occurrence import EARLIEST
from services.projections.relationship.fold.alliances import (
    AGREEMENTS,
    ticked,
    with_agreement,
)
from services.projections.relationship.fold.contacts import (
    IN_TOUCH,
    Contacts,
    in_touch,
)
from services.projections.relationship.fold.exchange import (
    EXCHANGED,
    Exchange,
    exchanged,
    thanked,
)
from services.projections.relationship.fold.judging import (
    begun,
    broken_off,
    judged,
    opened,
)
from services.projections.relationship.fold.moment import (
    Moment,
    Setting,
    moments_of,
)
from services.projections.relationship.fold.profile import Profile, described
from services.projections.relationship.fold.progressing import helped, progressed
from services.projections.relationship.fold.proposals import Proposal, proposed
from services.projections.relationship.fold.stages import ACTS, Stages

VERSION: Final = 2
REVISIONS: Final = (EventCorrected, EventRetracted)


@dataclass(slots=True)
class Relationship:
    """All that answers need of a partner, as its facts up to `latest` make it.

    It grows while facts are folded, and only then. `imprecise` are the ends of dated
    intervals that lie after `latest`.
    """

    facts: int = 0
    position: int = 0
    latest: datetime = EARLIEST
    known_from: int | None = None
    stages: Stages = field(default_factory=Stages)
    contacts: Contacts = field(default_factory=Contacts)
    exchange: Exchange = field(default_factory=Exchange)
    proposals: tuple[Proposal, ...] = ()
    profile: Profile = field(default_factory=Profile)
    imprecise: tuple[datetime, ...] = ()

    def copy(self) -> "Relationship":
        """A relationship that grows by itself."""
        return replace(
            self,
            stages=replace(self.stages, progress=self.stages.progress.copy()),
            contacts=self.contacts.copy(),
            exchange=self.exchange.copy(),
        )


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in order of happening, without corrections and retractions."""
    told = [f for f in facts if not isinstance(f.data, REVISIONS)]
    return sorted(told, key=lambda f: (f.acts_from, f.event.position))


def fold(
    facts: Iterable[Fact], setting: Setting, start: Relationship | None = None
) -> Relationship:
    """The relationship after some more facts, which are in order of happening."""
    state = start.copy() if start else Relationship()
    for moment in moments_of(facts, setting, state.facts):
        add(state, moment)
    return state


def after(before: Relationship, moment: Moment) -> Relationship:
    """The relationship after one more fact; the one before stays as it is."""
    told = before.copy()
    add(told, moment)
    return told


def add(told: Relationship, moment: Moment) -> None:
    """Let a relationship grow by the next fact in order of happening."""
    data, kind = moment.data, type(moment.data)
    stages = ticked(told.stages, told.latest, moment.at)
    over = stages.ended_on is not None
    told.stages = stages = _begun(stages, moment)
    if isinstance(data, AllianceProposed):
        told.proposals = (*told.proposals, proposed(moment, data, stages))
    if kind in IN_TOUCH or told.contacts.meetings:
        in_touch(told.contacts, moment, over=over)
    if kind is ContactMade:
        thanked(told.exchange, moment)
    elif kind in EXCHANGED:
        _exchange(told, moment)
    told.stages = _judged(stages, moment, told.profile)
    told.profile = described(told.profile, moment)
    _note(told, moment)


def _begun(stages: Stages, moment: Moment) -> Stages:
    if not stages.rows:
        stages = begun(stages, moment)
    if isinstance(moment.data, ContactMade):
        stages = opened(stages, moment)
    return stages


def _judged(stages: Stages, moment: Moment, profile: Profile) -> Stages:
    kind = type(moment.data)
    if kind is RelationshipBrokenOff:
        return broken_off(stages, moment)
    if kind in AGREEMENTS:
        stages = with_agreement(stages, moment)
    if kind not in ACTS or stages.ended_on is not None:
        return stages
    progressed(stages.progress, moment, profile)
    return judged(stages, moment)


def _exchange(told: Relationship, moment: Moment) -> None:
    """Help given or received; what thereby counts, counts in its own episode."""
    stages = told.stages
    episode = stages.episode if stages.ended_on is None else None
    made = exchanged(told.exchange, moment, episode)
    if made is not None and made.episode is not None and made.episode == episode:
        helped(stages.progress, made, moment.setting)


def _note(told: Relationship, moment: Moment) -> None:
    """When the fact happened, where it stands, and whether the partner begins."""
    fact, at = moment.fact, moment.at
    event = fact.event
    told.facts += 1
    told.position = max(told.position, event.position)
    told.latest = at
    own = event.partner == moment.setting.partner
    if own and isinstance(moment.data, PartnerIdentified):
        told.known_from = event.position
    if told.imprecise:
        told.imprecise = tuple(last for last in told.imprecise if last > at)
    if fact.occurred_to > at:
        told.imprecise = (*told.imprecise, fact.occurred_to)
