"""What a worker remembers of relationships, so that its next step need not read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.projections.engine.projection import Target
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.relationship import Relationship

NAME: Final = "relationship"
LEDGERS: Final = 4
PARTNERS: Final = 1_000
"""Of each ledger, those told of last; a partner takes some ten kilobytes."""


@dataclass(slots=True)
class Known:
    """What holds at a position: how stages are judged, who is merged, and partners."""

    position: int
    policy: tuple[str, Policy]
    groups: Mapping[str, frozenset[str]]
    partners: dict[str, Relationship] = field(default_factory=dict)

    def forget(self, partners: Iterable[str]) -> None:
        """Let go of partners who are told anew."""
        for partner in partners:
            self.partners.pop(partner, None)

    def keep(self, partner: str, told: Relationship) -> None:
        """Remember a partner as the one told of last."""
        self.partners.pop(partner, None)
        self.partners[partner] = told
        if len(self.partners) > PARTNERS:
            del self.partners[next(iter(self.partners))]


def take(target: Target, position: int) -> Known | None:
    """What is known at the end of a step, until it is kept again.

    It serves only a step that begins exactly where the last one ended: what another
    worker did, or a step that was rolled back, leaves the checkpoint elsewhere.
    """
    known = _known(target).pop((target.ledger, target.generation), None)
    return known if known and known.position == position else None


def keep(target: Target, known: Known) -> None:
    """Remember what is known at the end of a step."""
    here = _known(target)
    here[target.ledger, target.generation] = known
    if len(here) > LEDGERS:
        del here[next(iter(here))]


def _known(target: Target) -> dict[tuple[str, int], Known]:
    here: dict[tuple[str, int], Known] = target.memory.setdefault(NAME, {})
    return here
