"""Which streams answer for which partners at a cut, merges applied."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from contracts.events.base import PARTNER
from contracts.saying import Said
from services.foundation.database import statement
from services.foundation.problems import Problem
from services.projections.answers.question import Question

HERE: Final = "services.projections.answers"
RETRACTED: Final = "EventRetracted"
_PARTNER: Final = re.compile(PARTNER)


@dataclass(frozen=True, slots=True)
class Streams:
    """Streams paired with the partners that they answer for."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The two columns of the pairs."""
        return {
            "streams": [stream for stream, _ in self.pairs],
            "roots": [root for _, root in self.pairs],
        }


def read_merges(connection: Connection[Any], question: Question) -> Mapping[str, str]:
    """By merged partner, the one that it was merged into, at the cut."""
    rows = connection.execute(statement(HERE, "merges"), question.parameters())
    return dict(rows.fetchall())


def survivor(merges: Mapping[str, str], partner: str) -> str:
    """The partner that finally answers for one."""
    while partner in merges:
        partner = merges[partner]
    return partner


def streams_of(merges: Mapping[str, str], partners: Iterable[str]) -> Streams:
    """The streams of some partners: their own and of all merged into them."""
    roots = set(partners)
    merged = [(m, root) for m in merges if (root := survivor(merges, m)) in roots]
    return Streams((*((root, root) for root in sorted(roots)), *merged))


def pages_of_streams(
    merges: Mapping[str, str], following: Callable[[str], Sequence[str]], start: str
) -> Iterator[Streams]:
    """All streams by the partners that they answer for, a page at a time.

    `following` gives the next streams that have rows; a partner without rows of its own
    still answers for those merged into it. `start` belongs to the first page.
    """
    name, names = start[:-1], [start] if start else following("")
    while names:
        last, later = names[-1], following(names[-1])
        roots = {n for n in names if n not in merges}
        survivors = {survivor(merges, merged) for merged in merges}
        roots |= {r for r in survivors if name < r and (not later or r <= last)}
        yield streams_of(merges, roots)
        name, names = last, later


def streams_for(
    connection: Connection[Any], question: Question, partner: str
) -> Streams:
    """The streams of one partner; 404 when it is not known, or merged, at the cut."""
    if not _PARTNER.fullmatch(partner) or not _is_known(connection, question, partner):
        raise unknown()
    merges = read_merges(connection, question)
    check_is_root(survivor(merges, partner), partner)
    return streams_of(merges, (partner,))


def check_is_root(root: str, partner: str) -> None:
    """Refuse a partner that was merged into another, its root, at the cut."""
    if root != partner:
        detail = Said("The partner was merged into another, which answers for it.")
        raise Problem("not-found", detail, merged_into=root)


def unknown() -> Problem:
    """The answer for a partner that is not known at the cut."""
    return Problem("not-found", Said("No such partner was known at this cut."))


def _is_known(connection: Connection[Any], question: Question, partner: str) -> bool:
    parameters = question.parameters(partner=partner)
    rows = connection.execute(statement(HERE, "telling"), parameters).fetchall()
    retracted: set[str] = set()
    for event_id, type_name, target in reversed(rows):
        if event_id in retracted:
            continue
        if type_name != RETRACTED:
            return True
        retracted.add(target)
    return False
