"""A tree in the database: tiles read and written, leaves of the log."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.ledger.integrity.merkle import leaf_hash, root_of
from services.ledger.integrity.records import entry, record_of
from services.ledger.integrity.tiles import GrowingTiles, Tile, TiledTree, tiles_above

HERE: Final = "services.ledger.integrity"


class AlteredError(Exception):
    """Log, tree and heads are not what they were; the message says where."""


class StoredTree:
    """The tree of one ledger, over one connection."""

    def __init__(self, connection: Connection[Any], ledger: str) -> None:
        self._connection, self._ledger = connection, ledger
        self.tiled = TiledTree(self.read_tile)

    def read_tile(self, tile: Tile) -> bytes:
        """The hashes that a tile holds so far; none when there is no such tile."""
        return self._read([tile])[tile]

    def expect(self, leaves: Iterable[int], size: int) -> None:
        """Read at once what is asked about leaves in the tree of a size."""
        self.tiled.learn(self._read(tiles_above(leaves, size)).items())

    def root(self, size: int) -> bytes:
        """The root over the first leaves; LookupError when there are fewer."""
        return root_of(0, size, self.tiled.node)

    def grow(self, size: int, up_to: int) -> int:
        """Add the leaves of the events behind it; its new size.

        Raises AlteredError when the log has a gap there.
        """
        leaves = read_leaves(self._connection, self._ledger, size, up_to)
        grown = GrowingTiles(size, self.read_tile).grown(leaves)
        rows = [
            {"ledger": self._ledger, "height": height, "tile": place, "nodes": hashes}
            for (height, place), hashes in grown
        ]
        self._connection.cursor().executemany(statement(HERE, "put_tile"), rows)
        return size + len(leaves)

    def _read(self, tiles: Iterable[Tile]) -> dict[Tile, bytes]:
        found = dict.fromkeys(tiles, b"")
        heights, places = [h for h, _ in found], [place for _, place in found]
        asked = {"ledger": self._ledger, "heights": heights, "tiles": places}
        query = statement(HERE, "find_tiles")
        for height, place, hashes in self._connection.execute(
            query, asked, binary=True
        ):
            found[height, place] = hashes
        return found


def read_leaves(
    connection: Connection[Any], ledger: str, after: int, up_to: int
) -> Sequence[bytes]:
    """The leaves of the events after a position; AlteredError when one is missing."""
    asked = {"ledger": ledger, "after": after, "up_to": up_to}
    rows = connection.execute(statement(HERE, "read_members"), asked).fetchall()
    for wanted, (position, *_) in enumerate(rows, start=after + 1):
        if position != wanted:
            raise AlteredError(f"The log lacks position {wanted}.")
    return [leaf_hash(entry(record_of((ledger, *row)))) for row in rows]
