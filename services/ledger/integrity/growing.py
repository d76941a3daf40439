"""Steps of the tree's worker: leaves added, heads signed and held against the tree."""

import random
from collections.abc import Sequence
from typing import Any, Final

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.ledger.integrity.heads import (
    Signing,
    check_head,
    sign_head,
    verifiers_of,
)
from services.ledger.integrity.store import (
    HERE,
    AlteredError,
    StoredTree,
    read_leaves,
)
from services.ledger.integrity.tiles import WIDTH, split

LEAVES_A_STEP: Final = 20_000
HEADS_A_CHECK: Final = 250
log = structlog.get_logger(__name__)
Pool = ConnectionPool[Connection[Any]]


class Grower:
    """Grows and signs the trees of all ledgers; any number may work at once."""

    def __init__(self, pool: Pool, signing: Signing) -> None:
        self._pool, self._signing = pool, signing
        self._checked: dict[str, tuple[int, int]] = {}
        self._checked_once: set[str] = set()

    def find_behind(self) -> list[str]:
        """The ledgers whose tree lacks leaves or a head; takes no lock."""
        with self._pool.connection() as connection:
            rows = connection.execute(statement(HERE, "find_behind")).fetchall()
        return [ledger for (ledger,) in rows]

    def grow(self, ledger: str) -> bool:
        """Add the next leaves of a ledger; True when there may be more."""
        try:
            return self._grow(ledger)
        except AlteredError as altered:
            self._halt(ledger, altered)
            return False

    def _grow(self, ledger: str) -> bool:
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(statement(HERE, "insert_tree"), {"ledger": ledger})
            claimed = _claim(connection, ledger)
            if claimed is None:
                return False
            size, _ = claimed
            new = StoredTree(connection, ledger).grow(size, size + LEAVES_A_STEP)
            moved = {"ledger": ledger, "size": new}
            connection.execute(statement(HERE, "move_tree"), moved)
        return new - size == LEAVES_A_STEP

    def sign(self, ledger: str) -> None:
        """Sign what a tree has grown to, or halt it when it is not what it was."""
        try:
            with self._pool.connection() as connection, connection.transaction():
                claimed = _claim(connection, ledger)
                if claimed is not None and claimed[1] < claimed[0]:
                    sign_head(connection, ledger, claimed[0], self._signing)
        except AlteredError as altered:
            self._halt(ledger, altered)
        except OSError as error:  # a full disk; the next head will do
            log.error("head_not_written", ledger=ledger, error=str(error))  # noqa: TRY400

    def check_some(self, chance: random.Random) -> bool:
        """Hold some of every tree's heads against it, and some of its leaves.

        True once every head has had its turn; then they have it again.
        """
        with self._pool.connection() as connection:
            trees = connection.execute(statement(HERE, "all_trees")).fetchall()
        for ledger, size in trees:
            try:
                self._check(ledger, size, chance)
            except AlteredError as altered:
                self._halt(ledger, altered)
        return self._checked_once.issuperset(ledger for ledger, _ in trees)

    def _check(self, ledger: str, size: int, chance: random.Random) -> None:
        with self._pool.connection() as connection:
            tree = StoredTree(connection, ledger)
            known = verifiers_of(
                connection, ledger, self._signing.signer.verifier(ledger)
            )
            for note in self._next_heads(connection, ledger):
                check_head(tree, note, known)
            last = (size - 1) // WIDTH
            for tile in {chance.randrange(last + 1), last}:
                _check_tile(connection, tree, ledger, tile)

    def _next_heads(self, connection: Connection[Any], ledger: str) -> Sequence[str]:
        """The heads whose turn it is, of the database and of the file."""
        after, offset = self._checked.get(ledger, (0, 0))
        asked = {"ledger": ledger, "after": after, "most": HEADS_A_CHECK}
        heads = connection.execute(statement(HERE, "heads_after"), asked).fetchall()
        kept, offset = self._signing.some(ledger, offset)
        after = heads[-1][0] if len(heads) == HEADS_A_CHECK else 0
        self._checked[ledger] = after, offset
        if not after and not offset:
            self._checked_once.add(ledger)
        return [*(note for _, note in heads), *kept]

    def _halt(self, ledger: str, altered: AlteredError) -> None:
        log.error("tree_halted", ledger=ledger, why=str(altered))
        with self._pool.connection() as connection:
            told = {"ledger": ledger, "why": str(altered)}
            connection.execute(statement(HERE, "halt_tree"), told)


def _claim(connection: Connection[Any], ledger: str) -> tuple[int, int] | None:
    claimed = connection.execute(statement(HERE, "claim_tree"), {"ledger": ledger})
    return claimed.fetchone()


def _check_tile(
    connection: Connection[Any], tree: StoredTree, ledger: str, tile: int
) -> None:
    held = split(tree.read_tile((0, tile)))
    first = tile * WIDTH
    leaves = read_leaves(connection, ledger, first, first + len(held))
    if list(leaves) == held:
        return
    places = zip(leaves, held, strict=False)
    wrong = (place for place, (leaf, kept) in enumerate(places) if leaf != kept)
    position = first + next(wrong, len(leaves)) + 1
    raise AlteredError(f"The log is not what the tree holds at position {position}.")
