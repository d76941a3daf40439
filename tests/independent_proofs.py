"""A second reading of RFC 9162 and of C2SP signed notes, to check ours by.

Written from the texts and not from our code: roots and proofs by plain recursion over
lists of leaves, as section 2.1 defines them; notes by splitting bytes. It imports
nothing of the project.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def hash_leaf(entry: bytes) -> bytes:
    return hashlib.sha256(bytes([0]) + entry).digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(bytes([1]) + left + right).digest()


def largest_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    """Section 2.1.1: the head of a list of leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_below(len(leaves))
    return hash_pair(mth(leaves[:k]), mth(leaves[k:]))


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of section 2.1.3.1, by undoing the recursion that made the path."""
    if size == 1:
        assert not path
        return leaf
    *inner, last = path
    k = largest_below(size)
    if index < k:
        return hash_pair(root_by_path(leaf, index, k, inner), last)
    return hash_pair(last, root_by_path(leaf, index - k, size - k, inner))


def roots_by_path(
    m: int, n: int, path: list[bytes], old_root: bytes, *, whole: bool = True
) -> tuple[bytes, bytes]:
    """Both roots of section 2.1.4.1, by undoing SUBPROOF."""
    if m == n:
        if whole:
            assert not path
            return old_root, old_root
        (only,) = path
        return only, only
    *inner, last = path
    k = largest_below(n)
    if m <= k:
        old, new = roots_by_path(m, k, inner, old_root, whole=whole)
        return old, hash_pair(new, last)
    old, new = roots_by_path(m - k, n - k, inner, old_root, whole=False)
    return hash_pair(last, old), hash_pair(last, new)


def read_note(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """The origin, size and root of a note that a verifier key has signed.

    c2sp.org/signed-note: the text ends with a newline; a blank line; then lines of an
    em dash, a space, the key's name, a space, and base64 of a key id and signature.
    """
    name, wanted_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1, "Ed25519"
    named = name.encode() + b"\x0a" + key
    assert hashlib.sha256(named).digest()[:4].hex() == wanted_id
    at = note.rindex(b"\n\n")
    text, signatures = note[: at + 1], note[at + 2 :]
    for line in signatures.decode().splitlines():
        dash, signer, blob = line.split(" ")
        assert dash == "\u2014"
        raw = base64.b64decode(blob)
        if signer == name and raw[:4].hex() == wanted_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text)
            break
    else:
        raise AssertionError(f"not signed by {name}")
    origin, size, root, *_ = text.decode().split("\n")
    return origin, int(size), base64.b64decode(root)
