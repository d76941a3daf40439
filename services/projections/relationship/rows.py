"""The columns of the rows that a relationship makes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.canonical import canonical
from contracts.quantity import counted
from services.projections.engine.projection import Target
from services.projections.relationship.document import dump
from services.projections.relationship.fold.alliances import foreseen
from services.projections.relationship.fold.contacts import cadence_of
from services.projections.relationship.fold.flags import possible
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.promises import Change, Key
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.stages import EARNED

WHOLE: Final = ("relationships", "standings", "alliance_partners")
"""The tables whose rows of a partner are always written anew."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Written:
    """What every row of a batch says of it: by when it holds, judged by what."""

    position: int
    policy: str


def rows_of(
    partner: str, told: Relationship, target: Target, policy: Policy, written: Written
) -> Rows:
    """The rows of one partner in the tables that are written whole."""
    head = (target.ledger, target.generation, partner)
    row = (*head, written.position, written.policy, *_columns(told, policy))
    return {"relationships": [row], **lasting_rows(partner, told, target)}


def lasting_rows(partner: str, told: Relationship, target: Target) -> Rows:
    """Those of the rows that most facts leave as they are."""
    head = (target.ledger, target.generation, partner)
    alliances = {key.rpartition("/")[2] for key in told.profile.alliances}
    return {
        "standings": [(*head, *row) for row in _standings(told)],
        "alliance_partners": [(*head, alliance) for alliance in sorted(alliances)],
    }


def _columns(told: Relationship, policy: Policy) -> tuple[Any, ...]:
    profile, contacts = told.profile, told.contacts
    meetings = [meeting.last for meeting in contacts.meetings.values()]
    return (
        told.latest,
        told.known_from or 0,
        profile.name,
        canonical(dict(profile.names)),
        profile.kind,
        profile.country,
        list(profile.groups),
        profile.owner,
        told.stages.ended_on is not None,
        contacts.last.day if contacts.last else None,
        cadence_of(contacts, policy).target_days,
        possible(told),
        max(meetings, default=None),
        max((r.at for r in told.exchange.unthanked), default=None),
        dump(told),
    )


def _standings(told: Relationship) -> Iterator[tuple[Any, ...]]:
    """Rows that last: what was passed through at one instant is left out."""
    rows = foreseen(told.stages, told.latest).rows
    following = [row.at for row in rows[1:]] + [None]
    for n, (row, until) in enumerate(zip(rows, following, strict=True), 1):
        if until is None or until > row.at:
            yield (n, row.stage, EARNED[row.earned], row.episode, row.at, until)


def promise_rows(
    partner: str, changes: Mapping[Key, Change], target: Target
) -> Sequence[tuple[Any, ...]]:
    """The rows of promises that were made and are still open."""
    head = (target.ledger, target.generation, partner)
    return [
        (*head, kind, ref, *_promised(change))
        for (kind, ref), change in changes.items()
        if change.made is not None and not change.closed
    ]


def _promised(change: Change) -> tuple[Any, ...]:
    made = change.made
    if made is None:
        return ()
    return (
        made.side,
        made.help,
        made.quantity is not None,
        counted(made.quantity).unit,
        change.total,
        change.delivered,
        change.accepted,
        made.until,
        made.until_at,
        made.event,
        made.at,
    )
