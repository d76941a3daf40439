"""The stages of a relationship: episodes, what was earned, agreements in force."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from contracts.events import (
    AllianceAgreed,
    AllianceEnded,
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
from contracts.occurrence import LATEST, day_of
from services.projections.relationship.fold.agreements import (
    Agreement,
    Run,
    agreement_of,
    boundaries,
    ended,
    ended_last,
    run_at,
)
from services.projections.relationship.fold.moment import (
    Because,
    Moment,
    Setting,
    ids,
)
from services.projections.relationship.fold.progress import (
    OTHER,
    Condition,
    Progress,
    conditions,
    evidence,
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


def ticked(stages: Stages, after: datetime, to: datetime) -> Stages:
    """The stages after the dates between two instants: agreements begin and end."""
    for at in boundaries(stages.live, after, to):
        stages = _settled(stages, at, None)
    return stages


def begun(stages: Stages, moment: Moment) -> Stages:
    """The stages once the first fact of a partner, or of an episode, is there."""
    identified = Row(
        EARNED[0],
        0,
        stages.episode,
        moment.at,
        (moment.evidence[1],),
        moment.evidence[1],
    )
    return replace(stages, rows=(*stages.rows, identified))


def opened(stages: Stages, moment: Moment) -> Stages:
    """After an ending, a contact on a later day opens a new episode."""
    if stages.ended_on is None or moment.day <= stages.ended_on:
        return stages
    afresh = replace(
        stages,
        episode=stages.episode + 1,
        ended_on=None,
        progress=Progress(),
        because=(),
    )
    return begun(afresh, moment)


def broken_off(stages: Stages, moment: Moment) -> Stages:
    """The end of an episode; one that is over does not end again."""
    if stages.ended_on is not None:
        return stages
    event = moment.evidence[1]
    over = Row(ENDED, stages.now.earned, stages.episode, moment.at, (event,), event)
    return replace(stages, rows=(*stages.rows, over), ended_on=moment.day)


def with_agreement(stages: Stages, moment: Moment) -> Stages:
    """The stages after an agreement was made or ended, before anything is judged."""
    match moment.data:
        case AllianceAgreed() as data:
            episode = stages.episode if stages.ended_on is None else None
            made = agreement_of(moment, data, episode)
            return replace(stages, agreements=(*stages.agreements, made))
        case AllianceEnded(alliance=reference):
            named = moment.key("alliance", reference)
            agreements = tuple(
                ended(a, moment.at, moment.evidence) if a.alliance == named else a
                for a in stages.agreements
            )
            over = replace(stages, agreements=agreements)
            return _settled(over, moment.at, moment)
        case _:
            return stages


def judged(stages: Stages, moment: Moment) -> Stages:
    """The stages after an act was judged: what it earned, one step after another."""
    if stages.ended_on is not None:
        return stages
    policy = moment.setting.policy
    while stages.now.earned < READY:
        following = stages.now.earned + 1
        needed = conditions(following, stages.progress, policy, moment.day)
        if not all(condition.is_met for condition in needed):
            break
        stages = _earned(stages, moment, following)
    if stages.agreements:
        stages = _settled(stages, moment.at, moment)
        stages = _compounded(stages, moment)
    return stages


def _earned(stages: Stages, moment: Moment, stage: int) -> Stages:
    shown = evidence(stage, stages.progress, moment.setting.policy)
    because = tuple(sorted({*stages.because, *shown, moment.evidence}))
    below = stages.now.stage in {ALLIED, COMPOUNDING}
    row = Row(
        stages.now.stage if below else EARNED[stage],
        stage,
        stages.episode,
        moment.at,
        tuple(ids(because)),
        moment.evidence[1],
        shown=not below,
    )
    return replace(stages, rows=(*stages.rows, row), because=because)


def _settled(stages: Stages, at: datetime, moment: Moment | None) -> Stages:
    """Enter or leave the alliance when agreements in force say so at an instant."""
    live = stages.live
    if stages.ended_on is not None:
        return stages
    run = run_at(live, at)
    allied = stages.now.stage in {ALLIED, COMPOUNDING}
    if (run is not None) == allied:
        return stages
    stage = EARNED[stages.now.earned] if run is None else ALLIED
    shown = ended_last(live, at) if run is None else run.agreements[-1].evidence
    event = moment.evidence[1] if moment else None
    row = Row(stage, stages.now.earned, stages.episode, at, tuple(ids(shown)), event)
    return replace(stages, rows=(*stages.rows, row))


def _compounded(stages: Stages, moment: Moment) -> Stages:
    if stages.now.stage != ALLIED or stages.now.earned < READY:
        return stages
    run = run_at(stages.live, moment.at)
    needed = compounding(stages.progress, moment.setting, run, moment.day)
    if run is None or not all(condition.is_met for condition in needed):
        return stages
    progress = stages.progress
    because = {
        *stages.because,
        *(e for agreement in run.agreements for e in agreement.evidence),
        *progress.against.values(),
        *progress.benefits.values(),
        moment.evidence,
    }
    row = replace(
        stages.now,
        stage=COMPOUNDING,
        at=moment.at,
        because=tuple(ids(tuple(because))),
        event=moment.evidence[1],
        shown=True,
    )
    return replace(stages, rows=(*stages.rows, row))


def compounding(
    progress: Progress, setting: Setting, run: Run | None, day: date
) -> tuple[Condition, ...]:
    """What compounding needs of an alliance that has earned to be ready."""
    allied = (day - day_of(run.since, setting.zone)).days if run else 0
    names = {"us": "given", "partner": "received"}
    return (
        Condition("days_allied", allied, setting.policy.compounding_days),
        *(
            Condition(
                f"deliveries_against_commitments_{names[side]}",
                int(side in progress.against),
                1,
            )
            for side in OTHER
        ),
        *(
            Condition(f"confirmed_benefit_{side}", int(side in progress.benefits), 1)
            for side in OTHER
        ),
    )


def foreseen(stages: Stages, after: datetime) -> Stages:
    """The stages with what the dates of agreements alone will bring."""
    return ticked(stages, after, LATEST)
