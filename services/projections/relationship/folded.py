"""A partner after some facts, as the rows of it are written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.events.reading import Fact
from contracts.quantity import exact_arithmetic
from services.projections.relationship.fold.moment import Setting, moments_of
from services.projections.relationship.fold.promises import (
    Change,
    Key,
    promise_changes,
)
from services.projections.relationship.fold.relationship import Relationship, add


@dataclass(frozen=True, slots=True)
class Folded:
    """A partner after a batch, and what the facts folded in change of its promises."""

    partner: str
    told: Relationship
    changes: Mapping[Key, Change]


def folded_from(
    facts: Sequence[Fact], setting: Setting, start: Relationship | None = None
) -> Folded:
    """A partner after some more facts, which are in order of happening.

    The start becomes the partner of the result: nobody may use it afterwards.
    """
    state = start or Relationship()
    moments = list(moments_of(facts, setting, state.facts))
    for moment in moments:
        add(state, moment)
    with exact_arithmetic():
        return Folded(setting.partner, state, promise_changes(moments))
