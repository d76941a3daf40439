"""What is handed out of a ledger's tree: heads, keys, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.ledger.integrity.merkle import consistency_proof, inclusion_proof
from services.ledger.integrity.store import HERE, StoredTree

NO_HEAD: Final = 0


class Halted(Exception):
    """The tree was found altered, and nothing more is handed out of it."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That a leaf is at its index in the tree of a size."""

    size: int
    index: int
    leaf: bytes
    hashes: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class TreeReader:
    """Reads the trees of ledgers."""

    pool: ConnectionPool[Connection[Any]]

    def newest(self, ledger: str) -> tuple[str, int] | None:
        """The newest head and its size; None before the first. Raises Halted."""
        with self.pool.connection() as connection:
            query = statement(HERE, "newest_head")
            row = connection.execute(query, {"ledger": ledger}).fetchone()
        if row is None:
            return None
        note, size, halted = row
        if halted is not None:
            raise Halted
        return note, size

    def size(self, ledger: str) -> int:
        """How many leaves the tree of a ledger has."""
        with self.pool.connection() as connection:
            query = statement(HERE, "tree_size")
            row = connection.execute(query, {"ledger": ledger}).fetchone()
        return 0 if row is None else int(row[0])

    def verifiers(self, ledger: str) -> Sequence[str]:
        """With what the heads of a ledger are checked, newest key first."""
        with self.pool.connection() as connection:
            query = statement(HERE, "verifiers")
            rows = connection.execute(query, {"ledger": ledger}).fetchall()
        return [verifier for (verifier,) in rows]

    def inclusion(self, ledger: str, index: int, size: int) -> Inclusion:
        """The proof that a leaf is in the tree of a size."""
        with self.pool.connection() as connection:
            node = StoredTree(connection, ledger).tiled.node
            path = inclusion_proof(index, size, node)
            return Inclusion(size, index, node(0, index), path)

    def consistency(self, ledger: str, older: int, newer: int) -> Sequence[bytes]:
        """The proof that the tree of one size grew out of that of another."""
        with self.pool.connection() as connection:
            node = StoredTree(connection, ledger).tiled.node
            return consistency_proof(older, newer, node)
