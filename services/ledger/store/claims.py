"""Keys and sources: what was recorded under them, and what this batch adds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from contracts.canonical import digest
from contracts.events import EventRetracted, RecordedEvent
from services.foundation.database import statement
from services.ledger.rules.refusals import SourceTaken
from services.ledger.store import recordings as r

HERE = "services.ledger.store"


@dataclass(frozen=True, slots=True)
class Claim:
    """What was recorded under a key: a fingerprint of what was sent, and where."""

    fingerprint: str
    positions: Sequence[int]


Claimed = dict[str, Claim | None]


@dataclass(slots=True)
class Claims:
    """The claims that a batch can meet: what was found before, and its own changes."""

    connection: Connection[Any]
    ledger: str
    found: Claimed
    new: Claimed = field(default_factory=dict)
    undo: list[tuple[str, Claimed]] = field(default_factory=list)

    def replayed(self, recording: r.Recording) -> Sequence[int] | None:
        """The positions of the first answer, or None when this is new."""
        claim = self._of(recording.key) if recording.key else None
        if claim is not None:
            if not _same(claim, recording.fingerprint):
                raise r.OtherContent
            return claim.positions
        return self._replayed_by_source(recording)

    def _replayed_by_source(self, recording: r.Recording) -> Sequence[int] | None:
        sources = [i for i in recording.items if i.source is not None]
        if not sources:
            return None
        keys = [r.key_of_source(i.source) for i in sources if i.source is not None]
        claims = [claim for key in keys if (claim := self._of(key)) is not None]
        if len(set(keys)) < len(keys):
            raise r.OtherContent
        if not claims:
            return None
        if any(isinstance(i.data, EventRetracted) for i in recording.items):
            return None  # it may free the source itself; `claim` looks again
        if not len(claims) == len(sources) == len(recording.items):
            raise r.OtherContent
        pairs = zip(claims, sources, strict=True)
        if not all(_same(claim, item.fingerprint) for claim, item in pairs):
            raise r.OtherContent
        return [position for claim in claims for position in claim.positions]

    def claim(
        self,
        recording: r.Recording,
        positions: Sequence[int],
        is_person: Callable[[str], bool],
    ) -> None:
        """Keep the keys of what is about to be recorded."""
        if recording.key and recording.fingerprint:
            people = any(is_person(item.partner) for item in recording.items)
            kept = _kept(recording.fingerprint, of_person=people)
            self._set(recording.key, Claim(kept, positions))
        for item, position in zip(recording.items, positions, strict=True):
            if item.source is not None and item.fingerprint:
                key = r.key_of_source(item.source)
                if self._of(key) is not None:
                    raise r.OtherContent
                kept = _kept(item.fingerprint, of_person=is_person(item.partner))
                self._set(key, Claim(kept, (position,)))

    def move(
        self, before: Sequence[RecordedEvent], after: Sequence[RecordedEvent]
    ) -> None:
        """Free the sources that a revision takes away; take back those it restores."""
        ids_before, ids_after = {e.id for e in before}, {e.id for e in after}
        for event in before:
            if event.source is not None and event.id not in ids_after:
                self._rename(r.key_of_source(event.source), _parked(event))
        for event in after:
            if event.source is not None and event.id not in ids_before:
                key = r.key_of_source(event.source)
                if self._of(key) is not None:
                    raise SourceTaken("/data/target")
                self._rename(_parked(event), key)

    def _rename(self, old: str, new: str) -> None:
        claim = self._of(old)
        if claim is not None:
            self._set(old, None)
            self._set(new, claim)

    def _set(self, key: str, claim: Claim | None) -> None:
        before = {key: self.new[key]} if key in self.new else {}
        self.undo.append((key, before))
        self.new[key] = claim

    def _of(self, key: str) -> Claim | None:
        if key in self.new:
            return self.new[key]
        if key not in self.found:
            self.found |= find_claims(self.connection, self.ledger, (key,))
        return self.found[key]

    def mark(self) -> int:
        """What to come back to when a recording is refused."""
        return len(self.undo)

    def back_to(self, mark: int) -> None:
        """Forget the claims since the mark."""
        for key, before in reversed(self.undo[mark:]):
            del self.new[key]
            self.new.update(before)
        del self.undo[mark:]

    def write(self) -> None:
        """Store the new claims in the append transaction."""
        kept = {k: c for k, c in self.new.items() if c is not None}
        replaced = [key for key in self.new if self.found.get(key) is not None]
        if replaced:
            parameters: tuple[Any, ...] = (self.ledger, replaced)
            self.connection.execute(statement(HERE, "free_keys"), parameters)
        if kept:
            fingerprints = [c.fingerprint for c in kept.values()]
            positions = [" ".join(map(str, c.positions)) for c in kept.values()]
            parameters = (self.ledger, list(kept), fingerprints, positions)
            self.connection.execute(statement(HERE, "insert_keys"), parameters)


def _same(claim: Claim, fingerprint: r.Fingerprint | None) -> bool:
    return fingerprint is not None and fingerprint.matches(claim.fingerprint)


def _kept(fingerprint: r.Fingerprint, *, of_person: bool) -> str:
    return fingerprint.of_person if of_person else fingerprint.of_all


def _parked(event: RecordedEvent) -> str:
    """The key under which a retracted event's claim waits for its return."""
    return digest(["retracted", event.id])


def find_claims(
    connection: Connection[Any], ledger: str, keys: Iterable[str]
) -> Claimed:
    """The claims that some keys hold; None for a key that is free."""
    claimed: Claimed = dict.fromkeys(keys)
    rows = connection.execute(statement(HERE, "find_keys"), (ledger, list(claimed)))
    claimed |= {key: Claim(print_, positions) for key, print_, positions in rows}
    return claimed


def keys_of(recordings: Collection[r.Recording]) -> set[str]:
    """Every key and source of some recordings, in stored form."""
    keys = {rec.key for rec in recordings if rec.key}
    items = (item for rec in recordings for item in rec.items)
    return keys | {r.key_of_source(i.source) for i in items if i.source is not None}
