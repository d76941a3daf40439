"""Entering, keeping and leaving an alliance: what agreements do to the stages."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from contracts.events import AllianceAgreed, AllianceEnded
from contracts.occurrence import LATEST, day_of
from services.projections.relationship.fold.agreements import (
    Run,
    agreement_of,
    boundaries,
    ended,
    ended_last,
    run_at,
)
from services.projections.relationship.fold.moment import Moment, Setting, ids
from services.projections.relationship.fold.progress import OTHER, Condition, Progress
from services.projections.relationship.fold.stages import (
    ALLIED,
    COMPOUNDING,
    EARNED,
    READY,
    Row,
    Stages,
)


def ticked(stages: Stages, after: datetime, to: datetime) -> Stages:
    """The stages after the dates between two instants: agreements begin and end."""
    if not stages.agreements:
        return stages
    for at in boundaries(stages.live, after, to):
        stages = settled(stages, at, None)
    return stages


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
            return settled(over, moment.at, moment)
        case _:
            return stages


AGREEMENTS: Final = frozenset({AllianceAgreed, AllianceEnded})
"""The facts that make or end an agreement."""


def settled(stages: Stages, at: datetime, moment: Moment | None) -> Stages:
    """Enter or leave the alliance when agreements in force say so at an instant."""
    live = stages.live
    if stages.ended_on is not None:
        return stages
    run = run_at(live, at)
    allied = stages.now.stage in {ALLIED, COMPOUNDING}
    if (run is not None) == allied:
        return stages
    renewed = None if run is None else _renewed(stages.rows, stages.episode, at)
    if renewed is not None:
        return replace(stages, rows=renewed)
    stage = EARNED[stages.now.earned] if run is None else ALLIED
    shown = ended_last(live, at) if run is None else run.agreements[-1].evidence
    event = moment.evidence[1] if moment else None
    row = Row(stage, stages.now.earned, stages.episode, at, tuple(ids(shown)), event)
    return replace(stages, rows=(*stages.rows, row))


def _renewed(
    rows: tuple[Row, ...], episode: int, at: datetime
) -> tuple[Row, ...] | None:
    """The rows without an end of the alliance at this very instant: no gap."""
    together = [
        place
        for place, row in enumerate(rows)
        if row.episode == episode and row.stage in {ALLIED, COMPOUNDING}
    ]
    if not together or rows[together[-1] + 1].at != at:
        return None
    last = together[-1]
    stage = rows[last].stage
    since = (replace(row, stage=stage, shown=False) for row in rows[last + 2 :])
    return (*rows[: last + 1], *since)


def compounded(stages: Stages, moment: Moment) -> Stages:
    """The stages once an act shows that an alliance compounds."""
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
