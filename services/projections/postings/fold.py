"""What a batch of events changes in the books, corrections included. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from contracts.events import EventCorrected, EventRetracted, RecordedEvent
from contracts.events.reading import as_fact, read
from services.projections.postings.entry import Entry, entry

VERSION: Final = 1
GOVERNANCE: Final = (EventCorrected, EventRetracted)


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that enters (count 1) or leaves (count -1) the books at a position."""

    position: int
    entry: Entry
    count: int


def fold(
    events: Sequence[RecordedEvent],
    histories: Mapping[str, Sequence[RecordedEvent]],
    zone: tzinfo,
) -> list[Change]:
    """What a batch of events changes.

    `histories` holds, for each partner whose facts the batch corrects or retracts, the
    events up to the end of the batch of its stream and of those merged with it.
    """
    revisions = Revisions(histories, zone)
    changes: list[Change] = []
    for event in events:
        if isinstance(event.data, GOVERNANCE):
            changes += revisions.of(event)
        else:
            changes.append(Change(event.position, entry(as_fact(event)), 1))
    return changes


class Revisions:
    """The differences that corrections and retractions make to the books."""

    def __init__(
        self, histories: Mapping[str, Sequence[RecordedEvent]], zone: tzinfo
    ) -> None:
        self._histories = histories
        self._zone = zone

    def of(self, event: RecordedEvent) -> Iterator[Change]:
        """The changes that one of them posts, at its own position."""
        history = self._histories[event.partner]
        before = self._books([e for e in history if e.position < event.position])
        after = self._books([e for e in history if e.position <= event.position])
        for name in dict.fromkeys([*before, *after]):
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            if old is not None:
                yield Change(event.position, old, -1)
            if new is not None:
                yield Change(event.position, new, 1)

    def _books(self, events: Sequence[RecordedEvent]) -> dict[str, Entry]:
        facts = read(events, self._zone)
        return {
            fact.event.id: entry(fact)
            for fact in facts
            if not isinstance(fact.data, GOVERNANCE)
        }
