"""What is handed out of a ledger's tree: heads, keys, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.ledger.integrity.merkle import consistency_proof, inclusion_proof
from services.ledger.integrity.store import HERE, StoredTree


class Halted(Exception):
    """The tree was found altered, and nothing more is handed out of it."""


class Newest(NamedTuple):
    """The newest head, its size, and how many leaves the tree has by now."""

    note: str
    size: int
    leaves: int


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

    def newest(self, ledger: str) -> Newest | None:
        """The newest head; None before the first. Raises Halted."""
        with self.pool.connection() as connection:
            query = statement(HERE, "newest_head")
            row = connection.execute(query, {"ledger": ledger}).fetchone()
        if row is None:
            return None
        note, size, leaves, halted = row
        if halted is not None:
            raise Halted
        return None if note is None else Newest(note, size, leaves)

    def verifiers(self, ledger: str) -> Sequence[str]:
        """With what the heads of a ledger are checked, newest key first."""
        with self.pool.connection() as connection:
            query = statement(HERE, "verifiers")
            rows = connection.execute(query, {"ledger": ledger}).fetchall()
        return [verifier for (verifier,) in rows]

    def inclusion(self, ledger: str, index: int, size: int) -> Inclusion:
        """The proof that a leaf is in the tree of a size."""
        with self.pool.connection() as connection:
            tree = StoredTree(connection, ledger)
            tree.expect((index, size), size)
            path = inclusion_proof(index, size, tree.tiled.node)
            return Inclusion(size, index, tree.tiled.node(0, index), path)

    def consistency(self, ledger: str, older: int, newer: int) -> Sequence[bytes]:
        """The proof that the tree of one size grew out of that of another."""
        with self.pool.connection() as connection:
            tree = StoredTree(connection, ledger)
            tree.expect((older, older and older - 1, newer), newer)
            return consistency_proof(older, newer, tree.tiled.node)
