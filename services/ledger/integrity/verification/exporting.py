"""Writing a ledger's records with all that is needed to verify them elsewhere."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from services.ledger.integrity.verification.exported import (
    CHECKPOINT,
    HEADS,
    KEY,
    LEAVES,
    RECORDS,
)
from services.ledger.integrity.verification.opening import Kept
from services.ledger.integrity.verification.stored import Stored
from services.ledger.integrity.verification.verifying import Watch


@dataclass(frozen=True, slots=True)
class Written:
    """How many records and heads were written, and how many events are signed."""

    ledger: str
    events: int
    heads: int
    signed: int


def write_records(stored: Stored, folder: Path, watch: Watch) -> Written:
    """Fill a folder with the records of a ledger, its leaves, heads and keys."""
    records = _watched(stored.records(), watch)
    events = _write(folder / RECORDS, (record + b"\n" for record in records))
    _write(folder / LEAVES, (hashes for _, hashes in stored.tiles(0)))
    heads = list(stored.heads())
    _write(folder / HEADS, (kept.note.encode() for kept in heads))
    _write(folder / CHECKPOINT, (kept.note.encode() for kept in heads[-1:]))
    _write(folder / KEY, (f"{key}\n".encode() for key in stored.verifiers()))
    return Written(stored.ledger, events, len(heads), _size(heads[-1:]))


def _size(newest: Iterable[Kept]) -> int:
    """How far the newest head says that it reaches."""
    return next((int(kept.note.split("\n")[1]) for kept in newest), 0)


def _watched(records: Iterable[bytes], watch: Callable[[int], None]) -> Iterable[bytes]:
    for place, record in enumerate(records, start=1):
        watch(place)
        yield record


def _write(path: Path, parts: Iterable[bytes]) -> int:
    """Write a file for its owner only, on disk before this returns; how many parts."""
    count = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for part in parts:
            file.write(part)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count
