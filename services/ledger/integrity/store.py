"""A tree in the database: tiles read and written, heads kept."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.ledger.integrity.merkle import leaf_hash, root_of
from services.ledger.integrity.records import entry, record_of
from services.ledger.integrity.tiles import GrowingTiles, Tile, TiledTree

HERE: Final = "services.ledger.integrity"


class StoredTree:
    """The tree of one ledger, over one connection."""

    def __init__(self, connection: Connection[Any], ledger: str) -> None:
        self._connection, self._ledger = connection, ledger
        self.tiled = TiledTree(self.read_tile)

    def read_tile(self, tile: Tile) -> bytes:
        """The hashes that a tile holds so far; none when there is no such tile."""
        height, place = tile
        asked = {"ledger": self._ledger, "height": height, "tile": place}
        found = self._connection.execute(statement(HERE, "find_tiles"), asked)
        row = found.fetchone()
        return b"" if row is None else bytes(row[0])

    def root(self, size: int) -> bytes:
        """The root over the first leaves; LookupError when there are fewer."""
        return root_of(0, size, self.tiled.node)

    def grow(self, size: int, up_to: int) -> int:
        """Add the leaves of the events behind it; its new size."""
        leaves = read_leaves(self._connection, self._ledger, size, up_to)
        grown = GrowingTiles(size, self.read_tile).grown(leaves)
        rows = [
            {"ledger": self._ledger, "height": height, "tile": place, "nodes": hashes}
            for (height, place), hashes in grown
        ]
        self._connection.cursor().executemany(statement(HERE, "put_tile"), rows)
        return size + len(leaves)


def read_leaves(
    connection: Connection[Any], ledger: str, after: int, up_to: int
) -> Sequence[bytes]:
    """The leaves of the events after a position, as the log has them."""
    asked = {"ledger": ledger, "after": after, "up_to": up_to}
    rows = connection.execute(statement(HERE, "read_members"), asked)
    return [leaf_hash(entry(record_of((ledger, *row)))) for row in rows]
