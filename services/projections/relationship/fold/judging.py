"""Judging acts: what an episode earns, where it begins and where it ends."""

from dataclasses import replace

from services.projections.relationship.fold.alliances import compounded, settled
from services.projections.relationship.fold.moment import Moment, ids
from services.projections.relationship.fold.progress import (
    Progress,
    conditions,
    evidence,
)
from services.projections.relationship.fold.stages import (
    ALLIED,
    COMPOUNDING,
    EARNED,
    ENDED,
    READY,
    Row,
    Stages,
)


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
        stages = settled(stages, moment.at, moment)
        stages = compounded(stages, moment)
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
