"""An export of a ledger's records: a folder with its files, or the records alone."""

import json
import mmap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from services.ledger.integrity.notes import Verifier
from services.ledger.integrity.tiles import HASH_BYTES
from services.ledger.integrity.verification.findings import Report
from services.ledger.integrity.verification.opening import (
    Kept,
    kept_in,
    ledger_of,
    open_all,
)
from services.ledger.integrity.verification.verifying import Watch, verify

RECORDS: Final = "records.ndjson"
LEAVES: Final = "leaves.bin"
HEADS: Final = "heads.txt"
CHECKPOINT: Final = "checkpoint.txt"
KEY: Final = "verifier.key"
BLOCK: Final = 2**20


@dataclass(frozen=True)
class Export:
    """A ledger as it was written to files; what stands beside the records may lack."""

    path: Path
    ledger: str
    stored: bytes | mmap.mmap

    @property
    def leaves(self) -> int:
        """How many leaves of the tree were written too."""
        return len(self.stored) // HASH_BYTES

    @property
    def lines(self) -> int:
        """How many records there are."""
        with self.path.open("rb") as file:
            return sum(
                block.count(b"\n") for block in iter(partial(file.read, 2**20), b"")
            )

    def records(self) -> Iterator[bytes]:
        """The records, a line each."""
        with self.path.open("rb") as lines:
            for line in lines:
                yield line.rstrip(b"\n")

    def leaf_at(self, position: int) -> bytes | None:
        """The leaf that was written for a position."""
        end = position * HASH_BYTES
        return self.stored[end - HASH_BYTES : end] if end <= len(self.stored) else None


@contextmanager
def opened_export(path: Path) -> Iterator[Export]:
    """An export's folder, or the file of its records."""
    records = path / RECORDS if path.is_dir() else path
    leaves = records.with_name(LEAVES)
    ledger = _ledger_of(records)
    if path.is_dir() and leaves.exists() and leaves.stat().st_size:
        with (
            leaves.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as stored,
        ):
            yield Export(records, ledger, stored)
    else:
        yield Export(records, ledger, b"")


def _ledger_of(records: Path) -> str:
    """The ledger that the first record names; empty when there is none."""
    with records.open("rb") as lines:
        first = lines.readline()
    try:
        parsed = json.loads(first)
    except ValueError:
        return ""  # verification says which lines are no records
    first_of = parsed[0] if isinstance(parsed, list) and parsed else None
    return first_of if isinstance(first_of, str) else ""


def verify_export(
    export: Export,
    checkpoints: Iterable[Kept],
    verifiers: Iterable[Verifier],
    watch: Watch,
) -> Report:
    """Check an export against heads kept elsewhere, and those that came with it."""
    given = [kept for kept in checkpoints if ledger_of(kept.origin) == export.ledger]
    opened = open_all((*_beside(export), *given), export.ledger, verifiers)
    return verify(export, opened.heads, watch, opened.findings)


def _beside(export: Export) -> Iterator[Kept]:
    """The heads that were exported too; whoever altered the one can alter the other."""
    for name in (CHECKPOINT, HEADS) if export.path.name == RECORDS else ():
        path = export.path.with_name(name)
        if path.exists():
            yield from kept_in(path.read_text("utf-8"), name, outside=False)
