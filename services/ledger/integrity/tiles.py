"""The hashes of a tree in tiles of 256, so that a few rows answer for any subtree."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final

from services.ledger.integrity.merkle import complete_root

BITS: Final = 8
WIDTH: Final = 1 << BITS
HASH_BYTES: Final = 32
Tile = tuple[int, int]
"""Its level, and its place on that level."""
Read = Callable[[Tile], bytes]


class TiledTree:
    """A tree whose tiles are read when they are needed, each once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[Tile, bytes] = {}

    def learn(self, tiles: Iterable[tuple[Tile, bytes]]) -> None:
        """Take in tiles that were read already."""
        self._known.update(tiles)

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        height, rest = divmod(level, BITS)
        first = index << rest
        hashes = self._hashes(height, first, 1 << rest)
        return complete_root(hashes)

    def _hashes(self, height: int, first: int, wanted: int) -> Sequence[bytes]:
        tile, place = divmod(first, WIDTH)
        held = self._tile((height, tile))
        part = held[place * HASH_BYTES : (place + wanted) * HASH_BYTES]
        if len(part) < wanted * HASH_BYTES:
            raise LookupError((height, tile))
        return split(part)

    def _tile(self, tile: Tile) -> bytes:
        if tile not in self._known:
            self._known[tile] = self._read(tile)
        return self._known[tile]


def tiles_above(leaves: Iterable[int], size: int) -> set[Tile]:
    """The tiles on the way from some leaves up to the root of a tree of a size."""
    heights = range(-(-size.bit_length() // BITS))
    return {
        (height, leaf >> BITS * (height + 1)) for leaf in leaves for height in heights
    }


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile, one by one."""
    return [hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)]


class GrowingTiles:
    """The tiles that new leaves change, given what the last ones of each level hold."""

    def __init__(self, size: int, read: Read) -> None:
        self._size, self._read = size, read

    def grown(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Every tile that is new or fuller than before."""
        size, new = self._size, leaves
        for level in count():
            if not new:
                return
            full: list[bytes] = []
            for tile, hashes in self._level(level, size, new):
                yield (level, tile), b"".join(hashes)
                if len(hashes) == WIDTH:
                    full.append(complete_root(hashes))
            size, new = size >> BITS, full

    def _level(
        self, level: int, size: int, new: Sequence[bytes]
    ) -> Iterator[tuple[int, list[bytes]]]:
        """The tiles of a level that held so many hashes, with new ones behind them."""
        tile, held = divmod(size, WIDTH)
        begun = split(self._read((level, tile)))[:held] if held else []
        start = 0
        while start < len(new):
            taken = new[start : start + WIDTH - len(begun)]
            yield tile, [*begun, *taken]
            start, tile, begun = start + len(taken), tile + 1, []
