"""What the roots and the differences mean: which positions, and on whose word."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.ledger.integrity.verification.alignment import Difference
from services.ledger.integrity.verification.findings import Finding, places
from services.ledger.integrity.verification.heads import Head
from services.ledger.integrity.verification.moves import without

SAID: Final = {
    "changed": "changed: what stands there is not what was recorded",
    "removed": "removed",
    "added": "added: nothing was recorded there",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signed heads, and at their sizes the roots of the log and of the tree."""

    heads: Sequence[Head]
    log: Mapping[int, bytes]
    tree: Mapping[int, bytes]
    events: int
    leaves: int

    def holds(self, head: Head) -> bool:
        """Whether the log is what this head was signed over."""
        return self.log.get(head.size) == head.root

    def has_tree(self, head: Head) -> bool:
        """Whether the stored tree is."""
        return self.tree.get(head.size) == head.root

    def of_log(self, *, outside: bool) -> Head | None:
        """The newest head that vouches for the log."""
        return _newest(h for h in self.heads if h.outside == outside and self.holds(h))

    def of_tree(self, *, outside: bool) -> Head | None:
        """The newest head that vouches for the tree."""
        heads = (h for h in self.heads if h.outside == outside)
        return _newest(h for h in heads if self.has_tree(h))


def _newest(heads: Iterable[Head]) -> Head | None:
    return max(heads, key=lambda head: head.size, default=None)


def _size(head: Head | None) -> int:
    return head.size if head else 0


def _word(head: Head | None) -> str:
    return f"the head of size {head.size:,} in {head.source}" if head else "no head"


def differing(
    evidence: Evidence, differences: Sequence[Difference], moved: Mapping[int, int]
) -> Iterator[Finding]:
    """What log and tree differ in: exact where a head vouches for either of them.

    The word of a head from outside comes before that of one kept with the events.
    """
    words = [
        (which, head)
        for outside in (True, False)
        for which, head in (
            ("tree", evidence.of_tree(outside=outside)),
            ("log", evidence.of_log(outside=outside)),
        )
    ]
    for one in differences:
        reaching = (word for word in words if _size(word[1]) >= one.recorded)
        which, head = next(reaching, ("neither", None))
        told = places(one.first, one.last)
        match which:
            case "tree":
                yield from _altered(one, moved, f"{_word(head)} says so")
            case "log":
                told = f"The tree was altered at {told}: {_word(head)} is of the log."
                yield Finding("tree", one.first, one.last, told)
            case _:
                told = f"Log and tree differ at {told}; no head says which is right."
                yield Finding("differs", one.first, one.last, told)


def _altered(one: Difference, moved: Mapping[int, int], word: str) -> Iterator[Finding]:
    """One difference, with those events apart that are found elsewhere."""
    taken: Collection[int] = moved.values() if one.kind == "added" else moved.keys()
    if one.kind != "added":
        for position in sorted(p for p in moved if one.first <= p <= one.last):
            yield from _moved(position, moved[position], moved, word)
    for first, last in without(one.first, one.last, taken):
        events = [line.event for line in one.seen if first <= line.place <= last]
        now = f" (now event {events[0]})" if first == last and events else ""
        were = "was" if first == last else "were"
        told = f"{places(first, last).capitalize()} {were} {SAID[one.kind]}{now}"
        yield Finding(one.kind, first, last, f"{told}; {word}.")


def _moved(
    position: int, place: int, moved: Mapping[int, int], word: str
) -> Iterator[Finding]:
    if moved.get(place) != position:
        told = f"What was recorded at position {position:,} stands at {place:,}"
        yield Finding("moved", position, place, f"{told}; {word}.")
    elif position < place:
        told = f"Positions {position:,} and {place:,} were swapped"
        yield Finding("swapped", position, place, f"{told}; {word}.")


def unexplained(evidence: Evidence) -> Iterator[Finding]:
    """Heads that are of another log: between which positions it was altered.

    Where those from outside tell it, the others are not asked: they may be forged.
    """
    outside = [head for head in evidence.heads if head.outside]
    found = list(_between(evidence, outside))
    yield from found or _between(evidence, evidence.heads)


def _between(evidence: Evidence, heads: Sequence[Head]) -> Iterator[Finding]:
    """For each stretch of heads that do not hold: where it begins and first ends."""
    newest = _newest(head for head in heads if evidence.holds(head))
    proven, is_open = 0, False
    for head in sorted(heads, key=lambda head: head.size):
        if evidence.holds(head):
            proven, is_open = head.size, False
        elif head.size <= _size(newest):
            told = f"{_word(head)} is of another log than {_word(newest)}"
            sentence = f"{told[0].upper()}{told[1:]}: the key signed two histories."
            yield Finding("heads", head.size, head.size, sentence)
        elif evidence.has_tree(head):
            proven = head.size
        elif head.size <= evidence.events and not is_open:
            is_open = True
            told = f"Altered between positions {proven + 1:,} and {head.size:,}"
            yield Finding("altered", proven + 1, head.size, f"{told}: {_word(head)}.")


def missing(evidence: Evidence) -> Iterator[Finding]:
    """What heads were signed over, and is in neither log nor tree any more."""
    newest = _newest(evidence.heads)
    size = _size(newest)
    if size > max(evidence.events, evidence.leaves):
        told = f"{places(evidence.events + 1, size).capitalize()} are missing"
        sentence = f"{told}: {_word(newest)} was signed over them{_rest(evidence)}."
        yield Finding("removed", evidence.events + 1, size, sentence)
    elif evidence.leaves < size and evidence.leaves:
        told = f"The tree ends at position {evidence.leaves:,}"
        sentence = f"{told}, and {_word(newest)} reaches further."
        yield Finding("tree", evidence.leaves + 1, size, sentence)


def _rest(evidence: Evidence) -> str:
    """Without all its events the root of a head cannot be had for those that are."""
    proven = _size(evidence.of_log(outside=True))
    if proven == evidence.events:
        return ""
    told = places(proven + 1, evidence.events)
    return f"; whether {told} were altered too, no smaller head from outside says"
