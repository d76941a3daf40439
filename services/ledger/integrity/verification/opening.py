"""Notes from wherever they are kept, opened with the keys of their ledger."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ledger.integrity.notes import (
    NoteError,
    Verifier,
    read_verifier,
    split_notes,
)
from services.ledger.integrity.verification.findings import Finding
from services.ledger.integrity.verification.heads import Head


class Kept(NamedTuple):
    """A note, and where it was found; `outside`: not in the hands of the database."""

    note: str
    source: str
    outside: bool

    @property
    def origin(self) -> str:
        """Whose log it says it is of: `<installation>/<ledger>`."""
        return self.note.partition("\n")[0]


def ledger_of(origin: str) -> str:
    """The ledger of an origin or of the name of a key."""
    return origin.rpartition("/")[2]


def kept_in(text: str, source: str, *, outside: bool) -> Iterator[Kept]:
    """The notes of a file that holds any number of them."""
    return (Kept(note, source, outside) for note in split_notes(text))


def read_verifiers(text: str) -> Sequence[Verifier]:
    """Verifier keys, one a line; raises NoteError."""
    return [read_verifier(line) for line in text.split()]


@dataclass(slots=True)
class Opened:
    """The heads that a ledger's keys have signed, and what they have not."""

    heads: list[Head]
    findings: list[Finding]


def open_all(
    notes: Iterable[Kept], ledger: str, verifiers: Iterable[Verifier]
) -> Opened:
    """Open notes that are said to be of a ledger, each with the keys of its origin."""
    opened = Opened([], [])
    own = [one for one in verifiers if ledger_of(one.name) == ledger]
    for kept in notes:
        keys = [one for one in own if one.name == kept.origin]
        head = _opened(kept, keys)
        if head is None:
            told = f"{kept.source} holds a head of {kept.origin} that no key has signed"
            finding = Finding("signature", 0, 0, f"{told}.")
            opened.findings.append(finding)
        else:
            opened.heads.append(head)
    return opened


def _opened(kept: Kept, keys: Iterable[Verifier]) -> Head | None:
    for key in keys:
        try:
            checkpoint = key.open(kept.note)
        except NoteError:
            continue  # another of the keys may have signed it
        return Head(checkpoint.size, checkpoint.root, kept.source, kept.outside)
    return None
