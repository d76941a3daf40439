"""How a relationship stands at an instant, and what the next stage still needs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from contracts.occurrence import day_of
from services.projections.relationship.fold.agreements import run_at
from services.projections.relationship.fold.alliances import compounding, ticked
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.progress import Condition, conditions
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.stages import (
    ALLIED,
    COMPOUNDING,
    ENDED,
    READY,
    Stages,
)

ANY_ACT: Final = Condition("act", 0, 1)
"""Time alone earns nothing: when all else is there, the next act earns the stage."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A relationship as of an instant that no fact of it lies after."""

    told: Relationship
    as_of: datetime
    setting: Setting


def sight(told: Relationship, as_of: datetime, setting: Setting) -> Sight:
    """The relationship with what the dates of agreements brought by an instant."""
    stages = ticked(told.stages, told.latest, as_of)
    if stages is not told.stages:
        told = replace(told, stages=stages)
    return Sight(told, as_of, setting)


def missing(seen: Sight) -> list[Condition]:
    """What the next stage needs and has not got; adding it earns that stage."""
    stages = seen.told.stages
    if stages.now.stage == ENDED:
        return [Condition("contact_on_a_later_day", 0, 1)]
    if stages.now.stage == COMPOUNDING:
        return []
    return unmet(_needed(stages, seen))


def unmet(needed: Iterable[Condition]) -> list[Condition]:
    """What is not there yet, of what several stages need the most; else any act."""
    lacking: dict[str, Condition] = {}
    for condition in needed:
        known = lacking.get(condition.condition)
        if not condition.is_met and (known is None or known.need < condition.need):
            lacking[condition.condition] = condition
    return list(lacking.values()) or [ANY_ACT]


def _needed(stages: Stages, seen: Sight) -> list[Condition]:
    day = day_of(seen.as_of, seen.setting.zone)
    if stages.now.stage == ALLIED:
        run = run_at(stages.live, seen.as_of)
        last = compounding(stages.progress, seen.setting, run, day)
        return [*earning(seen), *last]
    if stages.now.earned == READY:
        return [Condition("agreement_in_force", 0, 1)]
    following = stages.now.earned + 1
    return list(conditions(following, stages.progress, seen.setting.policy, day))


def earning(seen: Sight) -> list[Condition]:
    """What is needed of the stages from the next one to `ready`, met or not."""
    day = day_of(seen.as_of, seen.setting.zone)
    stages, policy = seen.told.stages, seen.setting.policy
    following = range(stages.now.earned + 1, READY + 1)
    return [
        condition
        for stage in following
        for condition in conditions(stage, stages.progress, policy, day)
    ]
