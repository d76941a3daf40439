"""How facts add to what an episode has brought."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.events import (
    BenefitReported,
    ContactMade,
    GoalAsked,
    GoalShared,
    HelpDelivered,
    PrincipleAcknowledged,
    PrincipleStated,
)
from services.projections.relationship.fold.exchange import Delivery
from services.projections.relationship.fold.moment import Moment, Setting
from services.projections.relationship.fold.profile import Profile
from services.projections.relationship.fold.progress import Progress, Stance
from services.projections.relationship.fold.window import (
    MarkedDay,
    with_day,
    without_days_before,
)


def progressed(progress: Progress, moment: Moment, profile: Profile) -> None:
    """Let progress grow by an act; `profile`: the partner as it was before."""
    adding = ADDING.get(type(moment.data))
    if adding is not None:
        adding(progress, moment, moment.data, profile)


def helped(progress: Progress, made: Delivery, setting: Setting) -> None:
    """Let progress grow by a delivery that counts from now on."""
    policy, marked = setting.policy, MarkedDay(made.day, made.because)
    days = (policy.delivery_days, policy.delivery_window_days)
    progress.deliveries = with_day(progress.deliveries, marked, *days)
    progress.acknowledged.setdefault(made.side, made.because)


def _contacted(progress: Progress, moment: Moment, _: ContactMade, __: Profile) -> None:
    policy, marked = moment.setting.policy, MarkedDay(moment.day, (moment.evidence,))
    within = policy.contact_window_days
    kept = without_days_before(progress.contacts, moment.day, within)
    progress.contacts = with_day(kept, marked, policy.contact_days, within)
    progress.first_contact = progress.first_contact or marked


def _delivered(
    progress: Progress, moment: Moment, data: HelpDelivered, _: Profile
) -> None:
    if data.commitment is not None:
        progress.against.setdefault(data.by, moment.evidence)


def _gained(
    progress: Progress, moment: Moment, data: BenefitReported, _: Profile
) -> None:
    if data.confidence == "confirmed":
        progress.benefits.setdefault(data.gained_by, moment.evidence)


def _asked(progress: Progress, moment: Moment, data: GoalAsked, _: Profile) -> None:
    progress.asked.setdefault(data.by, moment.evidence)


def _shared(progress: Progress, moment: Moment, data: GoalShared, _: Profile) -> None:
    progress.shared.setdefault(data.whose, moment.evidence)


def _stated(
    progress: Progress, moment: Moment, data: PrincipleStated, _: Profile
) -> None:
    progress.stated[moment.own_key()] = moment.evidence
    if data.takes_time:
        progress.takes_time.setdefault(data.by, moment.evidence)


def _answered(
    progress: Progress, moment: Moment, data: PrincipleAcknowledged, profile: Profile
) -> None:
    key = moment.key("principle", data.principle)
    principle = profile.principles.get(key)
    stated = [progress.stated[key]] if key in progress.stated else []
    slowly = principle is not None and principle.takes_time
    shown = (*stated, moment.evidence)
    progress.stances[key] = Stance(data.by, data.stance, slowly, shown)


ADDING: Final[Mapping[type, Callable[[Progress, Moment, Any, Profile], None]]] = {
    ContactMade: _contacted,
    HelpDelivered: _delivered,
    BenefitReported: _gained,
    GoalAsked: _asked,
    GoalShared: _shared,
    PrincipleStated: _stated,
    PrincipleAcknowledged: _answered,
}
"""By type: how it adds to progress."""
