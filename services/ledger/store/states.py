"""The writer's cache of states, brought up to the head before every decision.

It is read and changed only by whoever holds the lock on the ledger's head.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import Connection

from contracts.events import (
    EventCorrected,
    EventRetracted,
    PartnerMerged,
    RecordedEvent,
)
from contracts.events.reading import as_fact, read
from contracts.quantity import exact_arithmetic
from services.foundation.database import statement
from services.foundation.event_log import decode, merged_groups, read_streams
from services.ledger.rules.relationship import Relationship, evolve
from services.ledger.rules.replay import fold, fresh

HERE: Final = "services.ledger.store"
REMEMBERED: Final = 20_000
REREAD_AT_MOST: Final = 5_000


@dataclass(slots=True)
class LedgerStates:
    """The states of a ledger's streams as of one position."""

    ledger: str
    zone: ZoneInfo
    position: int = 0
    known: OrderedDict[str, Relationship] = field(default_factory=OrderedDict)
    merges: dict[str, frozenset[str]] | None = None

    def catch_up(self, connection: Connection[Any], head: int) -> None:
        """Take in what others recorded since; forget what that makes uncertain."""
        if head == self.position:
            return
        if head - self.position > REREAD_AT_MOST or head < self.position:
            self.known.clear()
            self.merges = None
        elif self.known:
            # First: what others merged lends things that a kept state does not hold.
            self._forget_new_merges(connection)
            tied = {s for p in self.known for s in self.group(connection, p)}
            rows = read_streams(
                connection, self.ledger, tied, after=self.position, up_to=head
            )
            self.keep({}, [decode(row) for row in rows])
        self.position = head

    def load(self, connection: Connection[Any], partners: Iterable[str]) -> None:
        """Fold the streams that are not known yet, with those merged with them."""
        wanted = {p for p in partners if p not in self.known}
        if not wanted:
            return
        groups = {p: self.group(connection, p) for p in wanted}
        streams = frozenset().union(*groups.values())
        rows = read_streams(connection, self.ledger, streams)
        events: dict[str, list[RecordedEvent]] = {}
        for event in map(decode, rows):
            events.setdefault(event.partner, []).append(event)
        for group in set(groups.values()):
            streams_of_group = [events.get(p, []) for p in group]
            self._fold(group, _in_order(streams_of_group))

    def _fold(self, group: frozenset[str], events: Sequence[RecordedEvent]) -> None:
        with exact_arithmetic():
            streams = fold(read(events, self.zone))
        for partner in group:
            state = streams.states.get(partner)
            self.known[partner] = streams.state(partner) if state else fresh(partner)

    def group(self, connection: Connection[Any], partner: str) -> frozenset[str]:
        """The streams that a merge, in force or retracted, ties to this one."""
        if self.merges is None:
            self.merges = merged_groups(connection, self.ledger)
        return self.merges.get(partner, frozenset((partner,)))

    def keep(
        self, changed: dict[str, Relationship], events: Sequence[RecordedEvent]
    ) -> None:
        """Take in events that are recorded: given states, or else by evolving."""
        for event in events:
            if isinstance(event.data, EventRetracted | EventCorrected | PartnerMerged):
                self._forget(event)
            elif event.partner in self.known and event.partner not in changed:
                state = self.known[event.partner]
                with exact_arithmetic():
                    self.known[event.partner] = evolve(state, as_fact(event))
        if any(isinstance(event.data, PartnerMerged) for event in events):
            self.merges = None
        for partner, state in changed.items():
            self.known[partner] = state
            self.known.move_to_end(partner)
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)

    def _forget(self, event: RecordedEvent) -> None:
        """A revision changes whatever is merged with the stream: fold it anew."""
        groups = self.merges or {}
        for partner in groups.get(event.partner, frozenset((event.partner,))):
            self.known.pop(partner, None)
        if isinstance(event.data, PartnerMerged):
            self.known.pop(event.data.into, None)

    def _forget_new_merges(self, connection: Connection[Any]) -> None:
        """Others may have merged a stream that is not known into one that is."""
        before, self.merges = self.merges or {}, None
        for partner in list(self.known):
            group = self.group(connection, partner)
            if group != before.get(partner, frozenset((partner,))):
                self.known.pop(partner)


def _in_order(streams: Iterable[list[RecordedEvent]]) -> list[RecordedEvent]:
    return sorted(chain.from_iterable(streams), key=attrgetter("position"))


def find_versions(
    connection: Connection[Any], ledger: str, places: Sequence[tuple[str, int]]
) -> set[tuple[str, int]]:
    """Which places in streams are taken."""
    streams, versions = [list(column) for column in zip(*places, strict=True)]
    parameters = (streams, versions, ledger)
    rows = connection.execute(statement(HERE, "find_versions"), parameters)
    return {(partner, version) for partner, version in rows}
