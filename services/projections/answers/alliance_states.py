"""What an alliance is at an instant, with each partner and as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.canonical import Json
from contracts.occurrence import EARLIEST
from services.projections.relationship.fold.agreements import Agreement
from services.projections.relationship.fold.relationship import Relationship
from services.projections.relationship.fold.things import Alliance

IN_FORCE: Final = "in_force"
AGREED: Final = "agreed"
ENDED: Final = "ended"
STATES: Final = (IN_FORCE, AGREED, "proposed", "deferred", ENDED, "declined")
"""Of several partners the first of these is what the alliance is."""


@dataclass(frozen=True, slots=True)
class Tie:
    """An alliance with one partner; `key` is the id that the partner's readers see."""

    partner: str
    key: str
    alliance: Alliance
    agreement: Agreement | None
    state: str

    @property
    def name(self) -> str:
        """The id that it has with all its partners."""
        return name_of(self.key)


def name_of(key: str) -> str:
    """The id of an alliance that a partner brought with it when it was merged."""
    return key.rpartition("/")[2]


def ties(partner: str, told: Relationship, as_of: datetime) -> Iterator[Tie]:
    """The alliances of a partner, as what had happened by an instant made them."""
    agreements = {agreed.alliance: agreed for agreed in told.stages.agreements}
    for key, alliance in told.profile.alliances.items():
        agreement = agreements.get(key)
        state = _state(alliance, agreement, as_of)
        yield Tie(partner, key, alliance, agreement, state)


def _state(alliance: Alliance, agreement: Agreement | None, as_of: datetime) -> str:
    """In force by its dates, whatever was said last."""
    if agreement is None:
        return alliance.state
    if agreement.until is not None and agreement.until <= as_of:
        return ENDED
    return AGREED if agreement.since > as_of else IN_FORCE


def leading(of: Sequence[Tie]) -> Tie:
    """The tie that tells what the whole alliance is: of several, the latest."""
    best = min(STATES.index(tie.state) for tie in of)
    return max((t for t in of if STATES.index(t.state) == best), key=_age)


def _age(tie: Tie) -> tuple[datetime, str, str]:
    alliance = tie.alliance
    begun = alliance.agreed_at or alliance.proposed_at or EARLIEST
    return begun, tie.partner, tie.key


def summary(name: str, of: Sequence[Tie]) -> Mapping[str, Json]:
    """What an alliance is as a whole; nothing of it before its first event."""
    tie = leading(of) if of else None
    told = tie.alliance if tie else None
    return {
        "alliance": name,
        "state": tie.state if tie else None,
        "name": told.name if told else None,
        "project": told.project if told else None,
        "starts": told.starts if told else None,
        "ends": told.ends if told else None,
    }
