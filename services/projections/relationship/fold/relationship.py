"""A relationship as its facts make it: folded in order of happening, one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

from contracts.events import (
    AllianceProposed,
    BenefitReported,
    ContactMade,
    EventCorrected,
    EventRetracted,
    GoalAsked,
    GoalShared,
    HelpDelivered,
    PartnerIdentified,
    PrincipleAcknowledged,
    PrincipleStated,
    RelationshipBrokenOff,
)
from contracts.events.reading import Fact
from contracts.occurrence import EARLIEST
from services.projections.relationship.fold.alliances import ticked, with_agreement
from services.projections.relationship.fold.contacts import Contacts, in_touch
from services.projections.relationship.fold.exchange import (
    Delivery,
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
    Evidence,
    Moment,
    Setting,
    moments_of,
)
from services.projections.relationship.fold.profile import Profile, described
from services.projections.relationship.fold.progress import (
    Progress,
    Stance,
)
from services.projections.relationship.fold.proposals import Proposal, proposed
from services.projections.relationship.fold.stages import ACTS, Stages
from services.projections.relationship.fold.window import (
    MarkedDay,
    with_day,
    without_days_before,
)

T = TypeVar("T")
VERSION: Final = 1
REVISIONS: Final = (EventCorrected, EventRetracted)


@dataclass(frozen=True, slots=True)
class Relationship:
    """All that answers need of a partner, as its facts up to `latest` make it.

    `imprecise` are the ends of dated intervals that lie after `latest`.
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


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in order of happening, without corrections and retractions."""
    told = [f for f in facts if not isinstance(f.data, REVISIONS)]
    return sorted(told, key=lambda f: (f.acts_from, f.event.position))


def fold(
    facts: Iterable[Fact], setting: Setting, start: Relationship | None = None
) -> Relationship:
    """The relationship after some more facts, which are in order of happening."""
    state = start or Relationship()
    for moment in moments_of(facts, setting, state.facts):
        state = after(state, moment)
    return state


def after(before: Relationship, moment: Moment) -> Relationship:
    """The relationship after one more fact."""
    data = moment.data
    stages = ticked(before.stages, before.latest, moment.at)
    over = stages.ended_on is not None
    stages = _begun(stages, moment)
    proposals = before.proposals
    if isinstance(data, AllianceProposed):
        new = proposed(moment, data, stages)
        proposals = (*proposals, new)
    contacts = in_touch(before.contacts, moment, over=over)
    exchange, stages = _exchanged(before.exchange, stages, moment)
    return Relationship(
        facts=before.facts + 1,
        position=max(before.position, moment.fact.event.position),
        latest=moment.at,
        known_from=_known_from(before, moment),
        stages=_judged(stages, moment, before.profile),
        contacts=contacts,
        exchange=exchange,
        proposals=proposals,
        profile=described(before.profile, moment),
        imprecise=_imprecise(before.imprecise, moment),
    )


def _begun(stages: Stages, moment: Moment) -> Stages:
    if not stages.rows:
        stages = begun(stages, moment)
    if isinstance(moment.data, ContactMade):
        stages = opened(stages, moment)
    return stages


def _judged(stages: Stages, moment: Moment, profile: Profile) -> Stages:
    if isinstance(moment.data, RelationshipBrokenOff):
        return broken_off(stages, moment)
    stages = with_agreement(stages, moment)
    if type(moment.data) not in ACTS or stages.ended_on is not None:
        return stages
    progress = _progressed(stages.progress, moment, profile)
    if progress is not stages.progress:
        stages = replace(stages, progress=progress)
    return judged(stages, moment)


def _exchanged(
    exchange: Exchange, stages: Stages, moment: Moment
) -> tuple[Exchange, Stages]:
    """The exchange after a fact; what thereby counts, counts in its own episode."""
    episode = stages.episode if stages.ended_on is None else None
    if isinstance(moment.data, ContactMade):
        return thanked(exchange, moment), stages
    exchange, made = exchanged(exchange, moment, episode)
    if made is None or made.episode is None or made.episode != episode:
        return exchange, stages
    progress = _helped(stages.progress, made, moment.setting)
    return exchange, replace(stages, progress=progress)


def _helped(progress: Progress, made: Delivery, setting: Setting) -> Progress:
    policy, marked = setting.policy, MarkedDay(made.day, made.because)
    days = (policy.delivery_days, policy.delivery_window_days)
    return replace(
        progress,
        deliveries=with_day(progress.deliveries, marked, *days),
        acknowledged=_first(progress.acknowledged, made.side, made.because),
    )


def _progressed(progress: Progress, moment: Moment, profile: Profile) -> Progress:
    seen: Evidence = moment.evidence
    match moment.data:
        case ContactMade():
            return _contacted(progress, moment)
        case HelpDelivered(by=by, commitment=str()):
            return replace(progress, against=_first(progress.against, by, seen))
        case BenefitReported(gained_by=by, confidence="confirmed"):
            return replace(progress, benefits=_first(progress.benefits, by, seen))
        case _:
            return _understood(progress, moment, profile)


def _answered(
    progress: Progress, moment: Moment, data: PrincipleAcknowledged, profile: Profile
) -> Progress:
    key = moment.key("principle", data.principle)
    principle = profile.principles.get(key)
    stated = [progress.stated[key]] if key in progress.stated else []
    slowly = principle is not None and principle.takes_time
    stance = Stance(data.by, data.stance, slowly, (*stated, moment.evidence))
    return replace(progress, stances={**progress.stances, key: stance})


def _understood(progress: Progress, moment: Moment, profile: Profile) -> Progress:
    seen: Evidence = moment.evidence
    match moment.data:
        case GoalAsked(by=by):
            return replace(progress, asked=_first(progress.asked, by, seen))
        case GoalShared(whose=whose):
            return replace(progress, shared=_first(progress.shared, whose, seen))
        case PrincipleStated(by=by) as data:
            stated, slowly = progress.stated, progress.takes_time
            return replace(
                progress,
                stated={**stated, moment.own_key(): seen},
                takes_time=_first(slowly, by, seen) if data.takes_time else slowly,
            )
        case PrincipleAcknowledged() as data:
            return _answered(progress, moment, data, profile)
        case _:
            return progress


def _contacted(progress: Progress, moment: Moment) -> Progress:
    policy, marked = moment.setting.policy, MarkedDay(moment.day, (moment.evidence,))
    within = policy.contact_window_days
    kept = without_days_before(progress.contacts, moment.day, within)
    contacts = with_day(kept, marked, policy.contact_days, within)
    first = progress.first_contact or marked
    return replace(progress, first_contact=first, contacts=contacts)


def _first(known: Mapping[str, T], side: str, new: T) -> Mapping[str, T]:
    return known if side in known else {**known, side: new}


def _known_from(before: Relationship, moment: Moment) -> int | None:
    """The position at which the partner itself was identified."""
    event = moment.fact.event
    own = event.partner == moment.setting.partner
    identified = own and isinstance(moment.data, PartnerIdentified)
    return event.position if identified else before.known_from


def _imprecise(known: tuple[datetime, ...], moment: Moment) -> tuple[datetime, ...]:
    ahead = tuple(i for i in known if i > moment.at)
    last = moment.fact.occurred_to
    return (*ahead, last) if last > moment.at else ahead
