"""The append-only tree of RFC 9162: roots, proofs, and how they are checked. Pure.

A leaf is `SHA-256(0x00 || entry)`, a node `SHA-256(0x01 || left || right)`. A function
`node(level, index)` stands for the hash of the complete subtree over the leaves from
`index << level` to `(index + 1) << level`.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of one level; their number is a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """A tree that only grows: the complete subtrees at its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf."""
        self._peaks.append(leaf)
        self.size += 1
        merges = self.size
        while merges % 2 == 0:
            right = self._peaks.pop()
            self._peaks.append(node_hash(self._peaks.pop(), right))
            merges //= 2

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        *others, root = self._peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def root_of(first: int, last: int, node: Node) -> bytes:
    """The root over the leaves of a range; its first is where a subtree may begin."""
    count = last - first
    if count == 0:
        return EMPTY
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, first >> level)
    split = first + _split(count)
    return node_hash(root_of(first, split, node), root_of(split, last, node))


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from a leaf to the root (RFC 9162, 2.1.3.1)."""
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        split = first + _split(last - first)
        if index < split:
            path.append(root_of(split, last, node))
            last = split
        else:
            path.append(root_of(first, split, node))
            first = split
    return path[::-1]


def consistency_proof(older: int, newer: int, node: Node) -> list[bytes]:
    """The hashes that show that one tree grew out of another (RFC 9162, 2.1.4.1)."""
    if older in {0, newer}:
        return []
    path: list[bytes] = []
    first, last, is_whole = 0, newer, True
    while older != last - first or not is_whole:
        if older == last - first:
            path.append(root_of(first, last, node))
            break
        split = _split(last - first)
        if older <= split:
            path.append(root_of(first + split, last, node))
            last = first + split
        else:
            path.append(root_of(first, first + split, node))
            first, older, is_whole = first + split, older - split, False
    return path[::-1]


def root_from_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes]
) -> bytes | None:
    """The root that a proof leads to; None if it is not of that shape (2.1.3.2)."""
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            root = node_hash(other, root)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, other)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    older: tuple[int, bytes], newer: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Whether a proof shows that a tree grew out of another (RFC 9162, 2.1.4.2)."""
    (size, root), (grown, grown_root) = older, newer
    if size in {0, grown}:
        return not path and (size == 0 or root == grown_root)
    if not 0 < size < grown or not path:
        return False
    hashes = list(path) if size & (size - 1) else [root, *path]
    place, last = size - 1, grown - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, other)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (root, grown_root)
