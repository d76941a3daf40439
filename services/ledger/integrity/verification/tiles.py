"""Whether the stored tree agrees with itself: each tile with the hash above it."""

from collections.abc import Callable, Iterator
from itertools import count, zip_longest

from services.ledger.integrity.merkle import complete_root
from services.ledger.integrity.tiles import HASH_BYTES, WIDTH, split
from services.ledger.integrity.verification.findings import Finding, places

Tiles = Callable[[int], Iterator[tuple[int, bytes]]]
"""The tiles of a height in order: their numbers, and up to 256 hashes each."""


def broken(tiles: Tiles) -> Iterator[Finding]:
    """Tiles that are not what those below them say; height 0 is the leaves."""
    for height in count():
        below, above = _full(tiles(height)), _hashes(tiles(height + 1))
        is_top = True
        for tile, (root, stored) in enumerate(zip_longest(below, above)):
            is_top = False
            if root != stored:
                yield _finding(height, tile)
            if not root or not stored:
                break  # what follows is missing as well
        if is_top:
            return


def _full(tiles: Iterator[tuple[int, bytes]]) -> Iterator[bytes]:
    """The root of every full tile, up to the first tile that is missing."""
    for expected, (number, hashes) in enumerate(tiles):
        if number != expected:
            yield b""
            return
        if len(hashes) == HASH_BYTES * WIDTH:
            yield complete_root(split(hashes))


def _hashes(tiles: Iterator[tuple[int, bytes]]) -> Iterator[bytes]:
    for _, hashes in tiles:
        yield from split(hashes)


def _finding(height: int, tile: int) -> Finding:
    span = WIDTH ** (height + 1)
    first, last = tile * span + 1, (tile + 1) * span
    told = f"Tile {tile:,} of height {height} does not give the hash above it"
    return Finding("tree", first, last, f"{told}: {places(first, last)}.")
