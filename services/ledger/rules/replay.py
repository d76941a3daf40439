"""Streams folded from their facts, alone or with those merged into one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rpds import HashTrieMap

from contracts.events import LEDGER_STREAM, PartnerMerged
from contracts.events.reading import Fact, Thing
from services.ledger.rules.relationship import Relationship, evolve

if TYPE_CHECKING:
    from services.ledger.rules.things import AnyRecord


@dataclass(frozen=True, slots=True)
class Streams:
    """The states of several streams that share their things."""

    states: "HashTrieMap[str, Relationship]" = HashTrieMap()
    things: "HashTrieMap[Thing, AnyRecord]" = HashTrieMap()

    def state(self, partner: str) -> Relationship:
        """The state of one stream, seeing the things of all."""
        known = self.states.get(partner) or fresh(partner)
        return replace(known, things=self.things)

    def after(self, fact: Fact) -> "Streams":
        """The streams after one more fact, legal in its own."""
        changed = evolve(self.state(fact.event.partner), fact)
        states = self.states.insert(changed.partner, _bare(changed))
        if isinstance(fact.data, PartnerMerged):
            survivor = states.get(fact.data.into) or fresh(fact.data.into)
            members = survivor.members | changed.members | {changed.partner}
            states = states.insert(survivor.partner, replace(survivor, members=members))
            for member in changed.members:
                known = replace(states[member], merged_into=survivor.partner)
                states = states.insert(member, known)
        return Streams(states, changed.things)

    def all_states(self) -> Mapping[str, Relationship]:
        """Every stream's state by its partner."""
        return {partner: self.state(partner) for partner in self.states}


def _bare(state: Relationship) -> Relationship:
    return replace(state, things=HashTrieMap())


def fresh(partner: str) -> Relationship:
    """A stream before its first event; that of the ledger itself is always known."""
    return Relationship(partner, identified=partner == LEDGER_STREAM)


def fold(facts: Iterable[Fact]) -> Streams:
    """The streams that facts, in order of position, make."""
    streams = Streams()
    for fact in facts:
        streams = streams.after(fact)
    return streams
