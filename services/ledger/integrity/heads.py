"""Signed heads of a stored tree, kept in the database and in a file outside it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.ledger.integrity.notes import NoteError, Signer, Verifier, split_notes
from services.ledger.integrity.store import HERE, StoredTree

FOLDER: Final = "heads"


class AlteredError(Exception):
    """The tree is not what was signed before; the message says where."""


def file_of(data_dir: Path, ledger: str) -> Path:
    """Where the heads of a ledger are kept outside the database."""
    return data_dir / FOLDER / f"{ledger}.txt"


def sign_head(
    connection: Connection[Any], ledger: str, size: int, how: "Signing"
) -> str:
    """Sign the tree of a ledger at a size, and keep the head.

    The file comes first, and the same head is always the same note: whatever a crash
    leaves, no two heads contradict each other. Raises AlteredError when the tree is not
    what its newest head says.
    """
    tree, verifier = StoredTree(connection, ledger), how.signer.verifier(ledger)
    for note in newest_note(connection, ledger):
        check_head(tree, note, verifier)
    note = how.signer.sign(ledger, size, tree.root(size))
    how.append(ledger, note)
    keep_head(connection, ledger, size, note, verifier)
    return note


class Signing:
    """The key that signs, and the folder of files that heads are added to."""

    def __init__(self, signer: Signer, data_dir: Path) -> None:
        self.signer, self._data_dir = signer, data_dir

    def append(self, ledger: str, note: str) -> None:
        """Add a head to the file of a ledger, on disk before this returns."""
        path = file_of(self._data_dir, ledger)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, note.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_heads(path: Path) -> list[str]:
    """The notes of a file of heads, oldest first; none when there is no file."""
    return list(split_notes(path.read_text("utf-8"))) if path.exists() else []


def newest_note(connection: Connection[Any], ledger: str) -> Sequence[str]:
    """The newest head of a ledger, if there is one."""
    query = statement(HERE, "newest_head")
    row = connection.execute(query, {"ledger": ledger}).fetchone()
    return () if row is None else (row[0],)


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


def check_head(tree: StoredTree, note: str, verifier: Verifier) -> None:
    """Raise AlteredError unless a tree still is what a head says.

    A head of another key, from before the key was changed, is passed over.
    """
    try:
        head = verifier.open(note)
    except NoteError:
        return
    try:
        root = tree.root(head.size)
    except LookupError:
        told = f"The tree lacks some of the {head.size} leaves that were signed."
        raise AlteredError(told) from None
    if root != head.root:
        raise AlteredError(f"The tree is not what was signed at size {head.size}.")
