"""Signed heads of a stored tree, kept in the database and in a file outside it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.ledger.integrity.notes import (
    Checkpoint,
    NoteError,
    Signer,
    Verifier,
    read_verifier,
    split_notes,
)
from services.ledger.integrity.store import HERE, AlteredError, StoredTree

FOLDER: Final = "heads"
BLOCK: Final = 64 * 1024
"""Bytes of a file of heads that are looked at in one go."""
SIGNATURE: Final = "\n\N{EM DASH} ".encode()


def file_of(data_dir: Path, ledger: str) -> Path:
    """Where the heads of a ledger are kept outside the database."""
    return data_dir / FOLDER / f"{ledger}.txt"


class Signing:
    """The key that signs, and the folder of files that heads are added to."""

    def __init__(self, signer: Signer, data_dir: Path) -> None:
        self.signer, self._data_dir = signer, data_dir

    def append(self, ledger: str, note: str) -> None:
        """Add a head to the file of a ledger, on disk before this returns."""
        path = file_of(self._data_dir, ledger)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            if file.tell() and not _ends_a_line(file.fileno(), file.tell()):
                note = f"\n{note}"  # what a crash cut off stays apart
            _write(file.fileno(), note.encode())

    def newest(self, ledger: str) -> Sequence[str]:
        """The last head of the file, if there is one."""
        path = file_of(self._data_dir, ledger)
        size = path.stat().st_size if path.exists() else 0
        notes, _ = read_some(path, max(0, size - BLOCK)) if size else ((), 0)
        return notes[-1:]

    def some(self, ledger: str, offset: int) -> tuple[Sequence[str], int]:
        """Heads of the file from an offset on, and where to go on; 0 at the end."""
        path = file_of(self._data_dir, ledger)
        return read_some(path, offset) if path.exists() else ((), 0)


def _ends_a_line(descriptor: int, size: int) -> bool:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _write(descriptor: int, told: bytes) -> None:
    while told:
        told = told[os.write(descriptor, told) :]
    os.fsync(descriptor)


def read_heads(path: Path) -> list[str]:
    """The notes of a file of heads, oldest first; none when there is no file."""
    if not path.exists():
        return []
    return list(split_notes(path.read_text("utf-8", errors="replace")))


def read_some(path: Path, offset: int) -> tuple[Sequence[str], int]:
    """The whole notes of a block of a file of heads, and where the next one starts."""
    with path.open("rb") as file:
        file.seek(offset)
        block = file.read(BLOCK)
    lines = block[: block.rfind(b"\n") + 1]
    last = lines.rfind(SIGNATURE)
    end = lines.find(b"\n", last + 1) + 1 if last >= 0 else 0
    notes = list(split_notes(lines[:end].decode("utf-8", errors="replace")))
    return notes, offset + (end or BLOCK) if len(block) == BLOCK else 0


def sign_head(connection: Connection[Any], ledger: str, size: int, how: Signing) -> str:
    """Sign the tree of a ledger at a size, and keep the head.

    The file comes first, and the same head is always the same note: whatever a crash
    leaves, no two heads contradict each other. Raises AlteredError when the tree is not
    what the newest head here and the newest in the file say.
    """
    tree, verifier = StoredTree(connection, ledger), how.signer.verifier(ledger)
    known = verifiers_of(connection, ledger, verifier)
    for note in (*newest_note(connection, ledger), *how.newest(ledger)):
        check_head(tree, note, known)
    note = how.signer.sign(ledger, size, tree.root(size))
    how.append(ledger, note)
    keep_head(connection, ledger, size, note, verifier)
    return note


def newest_note(connection: Connection[Any], ledger: str) -> Sequence[str]:
    """The newest head of a ledger, if there is one."""
    query = statement(HERE, "newest_head")
    row = connection.execute(query, {"ledger": ledger}).fetchone()
    return () if row is None or row[0] is None else (row[0],)


def verifiers_of(
    connection: Connection[Any], ledger: str, own: Verifier
) -> Sequence[Verifier]:
    """The key of today, and those that heads of the ledger were signed with before."""
    query = statement(HERE, "verifiers")
    rows = connection.execute(query, {"ledger": ledger}).fetchall()
    try:
        return [own, *(read_verifier(text) for (text,) in rows if text != own.text)]
    except NoteError:
        raise AlteredError("A verifier key of the ledger is none.") from None


def keep_head(
    connection: Connection[Any],
    ledger: str,
    size: int,
    note: str,
    verifier: Verifier,
) -> None:
    """Keep a head in the database, and with what it is checked."""
    kept = {"ledger": ledger, "size": size, "note": note, "verifier": verifier.text}
    for name in ("insert_verifier", "insert_head", "move_signed"):
        connection.execute(statement(HERE, name), kept)


def check_head(tree: StoredTree, note: str, verifiers: Sequence[Verifier]) -> None:
    """Raise AlteredError unless a tree still is what a head says."""
    head = _opened(note, verifiers)
    try:
        root = tree.root(head.size)
    except LookupError:
        told = f"The tree lacks some of the {head.size} leaves that were signed."
        raise AlteredError(told) from None
    if root != head.root:
        raise AlteredError(f"The tree is not what was signed at size {head.size}.")


def _opened(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    for verifier in verifiers:
        try:
            return verifier.open(note)
        except NoteError:
            continue  # another of the keys may have signed it
    raise AlteredError("A head that is kept was signed by none of the ledger's keys.")
