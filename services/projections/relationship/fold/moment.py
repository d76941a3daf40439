"""A fact at its place in the order of happening, and the evidence that it gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from contracts.events import EventData
from contracts.events.reading import Fact, thing
from contracts.occurrence import day_of
from services.projections.relationship.fold.policy import Policy

Evidence = tuple[int, str]
"""The place of an event in the order of happening, and its id."""

Because = tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Who is looked at, in which time zone, judged by which policy."""

    partner: str
    zone: tzinfo
    policy: Policy


class Moment(NamedTuple):
    """A fact when it acts, and on which day that is."""

    fact: Fact
    data: EventData
    at: datetime
    day: date
    evidence: Evidence
    setting: Setting

    def key(self, kind: str, reference: str) -> str:
        """The thing that the fact names, as the partner's readers see it."""
        return self._shown(thing(self.fact.event.partner, kind, reference))

    def own_key(self) -> str:
        """The thing that the fact introduces, as the partner's readers see it."""
        introduced = self.fact.introduced
        if introduced is None:
            sentence = f"{self.fact.event.type} introduces nothing"
            raise LookupError(sentence)
        return self._shown(introduced)

    def _shown(self, named: tuple[str, str, str]) -> str:
        _, stream, name = named
        return name if stream == self.setting.partner else f"{stream}/{name}"


def moment_of(fact: Fact, place: int, setting: Setting) -> Moment:
    """The moment of a fact at a place in the order of happening."""
    day = day_of(fact.acts_from, setting.zone)
    evidence = (place, fact.event.id)
    return Moment(fact, fact.data, fact.acts_from, day, evidence, setting)


def moments_of(
    facts: Iterable[Fact], setting: Setting, before: int = 0
) -> Iterator[Moment]:
    """The moments of facts in order of happening, after so many others."""
    for place, fact in enumerate(facts, before + 1):
        yield moment_of(fact, place, setting)


def ids(because: Because) -> list[str]:
    """The events of some evidence, in order of happening."""
    return [event for _, event in sorted(set(because))]
