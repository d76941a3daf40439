"""One pass over a log: against itself, against its tree, against every signed head."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from services.ledger.integrity.verification.alignment import Alignment
from services.ledger.integrity.verification.findings import (
    Covered,
    Few,
    Finding,
    Report,
)
from services.ledger.integrity.verification.heads import Head, contradictions
from services.ledger.integrity.verification.judgement import (
    Evidence,
    differing,
    missing,
    unexplained,
)
from services.ledger.integrity.verification.lines import read_line
from services.ledger.integrity.verification.moves import moves
from services.ledger.integrity.verification.order import Order
from services.ledger.integrity.verification.roots import Roots

Watch = Callable[[int], None]


class Subject(Protocol):
    """What is verified: a live ledger, or an export of one."""

    @property
    def ledger(self) -> str:
        """Its name."""

    @property
    def leaves(self) -> int:
        """How many leaves are stored."""

    def records(self) -> Iterator[bytes]:
        """The records in order of position."""

    def leaf_at(self, position: int) -> bytes | None:
        """The leaf that is stored for a position, in its tree or beside it."""


def verify(
    subject: Subject, heads: Sequence[Head], watch: Watch, also: Sequence[Finding] = ()
) -> Report:
    """Read a log once, in memory that does not grow with it, and say what is wrong.

    `also` are findings about the heads' own places, which belong in the report.
    """
    found = Few()
    found.extend((*also, *contradictions(heads)))
    order = Order(subject.ledger, found)
    alignment = Alignment(subject.leaf_at, subject.leaves)
    log = Roots(head.size for head in heads)
    for place, record in enumerate(subject.records(), start=1):
        line = read_line(place, record)
        order.take(line)
        alignment.take(line)
        log.take(line.leaf)
        watch(place)
    order.finish()
    alignment.finish()
    tree = _tree(subject, heads, log, is_same=not alignment.differences)
    evidence = Evidence(heads, log.known, tree, log.size, subject.leaves)
    found.extend(_judged(subject, evidence, alignment))
    return Report(subject.ledger, log.size, _covered(evidence), found.all())


def _tree(
    subject: Subject, heads: Sequence[Head], log: Roots, *, is_same: bool
) -> Mapping[int, bytes]:
    """The roots of the stored leaves; read anew only where they are not the log's."""
    if is_same:
        return log.up_to(subject.leaves)
    tree = Roots(head.size for head in heads)
    for position in range(1, subject.leaves + 1):
        leaf = subject.leaf_at(position)
        if leaf is None:
            break
        tree.take(leaf)
    return tree.known


def _judged(
    subject: Subject, evidence: Evidence, alignment: Alignment
) -> Iterator[Finding]:
    found = alignment.differences
    yield from differing(evidence, found, moves(found, subject.leaf_at))
    if alignment.unkept:
        told = f"Log and tree differ in {alignment.unkept:,} more places."
        yield Finding("changed", 0, 0, told)
    yield from unexplained(evidence)
    yield from missing(evidence)


def _covered(evidence: Evidence) -> Sequence[Covered]:
    """By source, how far its heads vouch for the log as it is."""
    sources = {head.source: head.outside for head in evidence.heads}
    made = []
    for source, outside in sources.items():
        of_it = [head for head in evidence.heads if head.source == source]
        sizes = [head.size for head in of_it if evidence.holds(head)]
        made.append(Covered(source, outside, len(of_it), max(sizes, default=0)))
    return made
