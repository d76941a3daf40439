"""Signed heads from wherever they are kept, and how they agree with one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.ledger.integrity.verification.findings import Finding


@dataclass(frozen=True, slots=True)
class Head:
    """A head that the right key has signed, and where it was found.

    `outside`: whoever can write the database could not have changed it there.
    """

    size: int
    root: bytes
    source: str
    outside: bool


def contradictions(heads: Iterable[Head]) -> Iterator[Finding]:
    """Heads of one size with different roots: the key has signed two histories."""
    by_size = defaultdict[int, dict[bytes, str]](dict)
    for head in heads:
        by_size[head.size].setdefault(head.root, head.source)
    for size, roots in by_size.items():
        if len(roots) > 1:
            told = f"Heads of size {size:,} differ: {' and '.join(roots.values())}."
            yield Finding("heads", size, size, told)
