"""A live ledger as its database has it: events, tree and heads."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg import Connection

from services.foundation.database import statement
from services.ledger.integrity.records import record_of
from services.ledger.integrity.store import HERE as OF_TREES
from services.ledger.integrity.store import StoredTree
from services.ledger.integrity.tiles import HASH_BYTES, WIDTH
from services.ledger.integrity.verification.findings import Finding, places
from services.ledger.integrity.verification.opening import Kept

HERE: Final = "services.ledger.integrity.verification"
DATABASE: Final = "the database"
BEFORE_ALL: Final = -(2**63)
EVENTS_A_PAGE: Final = 2000
ROWS_A_PAGE: Final = 256
RECENT: Final = 16


class Counts(NamedTuple):
    """How many events there are, and what ledger and tree say of it themselves."""

    events: int
    head: int | None
    tree: int | None
    halted: str | None


class Stored:
    """One ledger, read on one connection, in one transaction that sees one moment."""

    def __init__(self, connection: Connection[Any], ledger: str) -> None:
        self._connection = connection
        self.ledger = ledger
        (row,) = self._ask(HERE, "counts")
        self.counts = Counts(*row)
        self.leaves = self._count_leaves()
        self._tile = lru_cache(RECENT)(StoredTree(connection, ledger).read_tile)

    def records(self) -> Iterator[bytes]:
        """The records, as the rows of the log give them."""
        for row in self._pages(HERE, "members_after", EVENTS_A_PAGE, BEFORE_ALL):
            yield record_of((self.ledger, *row))

    def leaf_at(self, position: int) -> bytes | None:
        """The leaf that the tree holds for a position."""
        tile, index = divmod(position - 1, WIDTH)
        hashes = self._tile((0, tile))
        return hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] or None

    def tiles(self, height: int) -> Iterator[tuple[int, bytes]]:
        """The tree's tiles of a height in order, with their numbers."""
        return self._pages(HERE, "tiles_after", ROWS_A_PAGE, -1, height=height)

    def heads(self) -> Iterator[Kept]:
        """The heads that the database holds."""
        for _, note in self._pages(OF_TREES, "heads_after", ROWS_A_PAGE, -1):
            yield Kept(note, DATABASE, outside=False)

    def verifiers(self) -> Sequence[str]:
        """The keys that the database gives out."""
        return [key for (key,) in self._ask(OF_TREES, "verifiers")]

    def miscounted(self) -> Iterator[Finding]:
        """Counts of the database that do not agree with one another."""
        events, head, tree, _ = self.counts
        if head is None:
            yield Finding("count", 0, 0, f"There is no ledger {self.ledger}.")
        elif head != events:
            first, last = min(head, events) + 1, max(head, events)
            told = f"The ledger has counted {head:,} events and holds {events:,}"
            yield Finding("count", first, last, f"{told}: {places(first, last)}.")
        if (tree or 0) != self.leaves:
            told = f"The tree says that it has {tree or 0:,} leaves"
            yield Finding("count", 0, 0, f"{told} and holds {self.leaves:,}.")

    def _count_leaves(self) -> int:
        rows = self._ask(HERE, "last_tile", height=0)
        return rows[0][0] * WIDTH + len(rows[0][1]) // HASH_BYTES if rows else 0

    def _pages(
        self, package: str, name: str, most: int, after: int, **more: int
    ) -> Iterator[Any]:
        """Rows in the order of their first column, a page at a time."""
        while rows := self._ask(package, name, after=after, most=most, **more):
            yield from rows
            after = rows[-1][0]

    def _ask(self, package: str, name: str, **parameters: int) -> list[Any]:
        given = {"ledger": self.ledger, **parameters}
        return self._connection.execute(statement(package, name), given).fetchall()
