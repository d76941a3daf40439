"""Events that were recorded at one position and stand at another now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from services.ledger.integrity.verification.alignment import Difference, LeafAt

MOST: Final = 256


def moves(differences: Sequence[Difference], leaf_at: LeafAt) -> Mapping[int, int]:
    """By the position at which an event was recorded: where it stands in the log."""
    lines = [line for one in differences for line in one.seen]
    wanted = {leaf_at(p): p for p in islice(_recorded(differences), MOST)}
    found: dict[int, int] = {}
    for line in lines[:MOST]:
        for leaf, position in wanted.items():
            if line.leaf_at(position) == leaf:
                found[position] = line.place
    return found


def _recorded(differences: Iterable[Difference]) -> Iterator[int]:
    """The positions in the tree at which the log has something else, or nothing."""
    for one in differences:
        if one.kind != "added":
            yield from range(one.first, one.last + 1)


def without(first: int, last: int, taken: Iterable[int]) -> Iterator[tuple[int, int]]:
    """What is left of a range of positions without some of them, as ranges."""
    start = first
    for position in sorted(p for p in taken if first <= p <= last):
        if start < position:
            yield start, position - 1
        start = position + 1
    if start <= last:
        yield start, last
