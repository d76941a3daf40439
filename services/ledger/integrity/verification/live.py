"""Verifying a live ledger: its database, its file of heads, heads kept elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel

from services.foundation.database import normalise_dsn, speak_utc, statement
from services.ledger.integrity.heads import FOLDER, file_of
from services.ledger.integrity.notes import NoteError, Verifier, read_verifier
from services.ledger.integrity.verification.findings import Finding, Report
from services.ledger.integrity.verification.opening import (
    Kept,
    kept_in,
    ledger_of,
    open_all,
)
from services.ledger.integrity.verification.stored import HERE, Stored
from services.ledger.integrity.verification.tiles import broken
from services.ledger.integrity.verification.verifying import Watch, verify

OWN_WORD: Final = "The key is the database's own word: --key takes one kept elsewhere."


@dataclass(frozen=True)
class Elsewhere:
    """What is kept outside the database: heads, in files or given, and keys.

    It is gathered before the database is looked at: a head is in its file before it is
    in the database, and a newer one would be of events that are not seen any more.
    """

    data_dir: Path
    kept: Sequence[Kept]
    verifiers: Sequence[Verifier]

    @classmethod
    def gathered(
        cls, data_dir: Path, checkpoints: Iterable[Kept], verifiers: Sequence[Verifier]
    ) -> "Elsewhere":
        """Read the files of heads in the data directory too."""
        files = sorted((data_dir / FOLDER).glob("*.txt"))
        texts = ((file.read_text("utf-8"), str(file)) for file in files)
        own = chain.from_iterable(kept_in(*text, outside=True) for text in texts)
        return cls(data_dir, (*own, *checkpoints), verifiers)

    def ledgers(self) -> set[str]:
        """The ledgers that there are heads of."""
        return {ledger_of(kept.origin) for kept in self.kept}

    def notes(self, ledger: str) -> Iterator[Kept]:
        """The heads of one ledger."""
        return (kept for kept in self.kept if ledger_of(kept.origin) == ledger)


@contextmanager
def one_moment(dsn: str) -> Iterator[Connection[Any]]:
    """A connection that only reads, and sees the database as it is now to its end."""
    with psycopg.connect(normalise_dsn(dsn)) as connection:
        speak_utc(connection)
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def ledgers_of(connection: Connection[Any], elsewhere: Elsewhere) -> Iterable[str]:
    """Every ledger of which there is any trace, here or elsewhere."""
    rows = connection.execute(statement(HERE, "every_ledger")).fetchall()
    return sorted({ledger for (ledger,) in rows} | elsewhere.ledgers())


def verify_live(stored: Stored, elsewhere: Elsewhere, watch: Watch) -> Report:
    """Check one ledger against its tree and every head of it."""
    found: list[Finding] = []
    given = [v for v in elsewhere.verifiers if ledger_of(v.name) == stored.ledger]
    own = given or list(_own_keys(stored, found))
    opened = open_all(
        (*stored.heads(), *elsewhere.notes(stored.ledger)), stored.ledger, own
    )
    found += (*opened.findings, *stored.miscounted(), *broken(stored.tiles))
    report = verify(stored, opened.heads, watch, found)
    remarks = (() if given else (OWN_WORD,), _remarks(stored, elsewhere))
    return replace(report, remarks=[*chain.from_iterable(remarks)])


def _own_keys(stored: Stored, found: list[Finding]) -> Iterator[Verifier]:
    for text in stored.verifiers():
        try:
            yield read_verifier(text)
        except NoteError:
            told = "The database gives out a verifier key that is none."
            found.append(Finding("signature", 0, 0, told))


def _remarks(stored: Stored, elsewhere: Elsewhere) -> Iterator[str]:
    path = file_of(elsewhere.data_dir, stored.ledger)
    if not path.exists():
        yield f"There is no file of heads at {path}."
    if stored.counts.halted is not None:
        yield f"Nothing more is signed: {stored.counts.halted}"
