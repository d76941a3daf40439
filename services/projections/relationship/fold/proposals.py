"""Proposals of an alliance, and whether they came before their time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.events import AllianceProposed
from services.projections.relationship.fold.moment import Moment
from services.projections.relationship.fold.stages import (
    ALLIED,
    COMPOUNDING,
    READY,
    Stages,
)

TOO_EARLY: Final = 2
"""A proposal is premature while no more than this stage is earned."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An alliance as one side proposed it, and how far the two were then."""

    alliance: str
    by: str
    scope: str
    asks: tuple[str, ...]
    gives: tuple[str, ...]
    at: datetime
    event: str
    earned: int
    days: int | None
    premature: bool


def proposed(moment: Moment, data: AllianceProposed, stages: Stages) -> Proposal:
    """What was proposed, judged by what the episode had brought until then."""
    first = stages.progress.first_contact
    days = None if first is None else (moment.day - first.day).days
    earned = stages.now.earned
    soon = days is None or days < moment.setting.policy.min_days
    return Proposal(
        alliance=moment.own_key(),
        by=data.by,
        scope=data.scope,
        asks=data.asks,
        gives=data.gives,
        at=moment.at,
        event=moment.fact.event.id,
        earned=earned,
        days=days,
        premature=earned <= TOO_EARLY or soon,
    )


def cleared_at(proposal: Proposal, stages: Stages) -> datetime | None:
    """From when the two, from the proposal on, were allied and had earned it."""
    rows = stages.rows
    following = [row.at for row in rows[1:]] + [None]
    for row, until in zip(rows, following, strict=True):
        well = row.stage in {ALLIED, COMPOUNDING} and row.earned >= READY
        if well and (until is None or until > proposal.at):
            return max(row.at, proposal.at)
    return None
