"""Check a ledger's records against checkpoints kept elsewhere, without its software.

    python verify_ledger.py verifier.key records.ndjson checkpoint.txt [...]
    python verify_ledger.py verifier.key event.json checkpoint.txt proof.json

The first checks an export; the second (.json) that one event is in it, with what
/v1/events/{id}?format=record, /v1/log/checkpoint and /v1/log/proof/inclusion answer.
Key and checkpoints must be from a place of your own: those beside an export vouch for
nothing. Needs Python 3.11 and `cryptography`. Exit: 0 proven, 1 something is wrong.
"""  # noqa: INP001

import json
import sys
from base64 import b64decode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Head = tuple[str, int, bytes]  # ledger, size, root


def opened(note: str, keys: str) -> Head:
    """The C2SP checkpoint in a signed note, if one of the keys has signed it."""
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    for key, line in product(keys.split(), signatures.splitlines()):
        name, key_id, encoded = key.split("+", 2)
        public, signed = b64decode(encoded), b64decode(line.rpartition(" ")[2])
        computed = sha256(f"{name}\n".encode() + public).hexdigest()[:8]
        if origin == name and signed[:4].hex() == key_id == computed:
            signer = Ed25519PublicKey.from_public_bytes(public.removeprefix(b"\1"))
            signer.verify(signed[4:], f"{text}\n".encode())
            return name.rpartition("/")[2], int(size), b64decode(root)
    raise InvalidSignature


def node(*below: bytes) -> bytes:
    """What stands above two hashes, or above the SHA-256 of a record."""
    return sha256((b"\0" if len(below) == 1 else b"\1") + b"".join(below)).digest()


def log_says(records: Iterable[bytes], heads: Sequence[Head]) -> str:
    """What is wrong with the records, or how far the checkpoints vouch for them."""
    peaks, size, proven, wrong = list[bytes](), 0, 0, list[str]()
    for size, record in enumerate(records, start=1):
        if json.loads(record)[:2] != [heads[0][0], size]:
            wrong.append(f"line {size} is no record of position {size}")
        merged = node(sha256(record.rstrip(b"\n")).digest())
        for _ in range((size & -size).bit_length() - 1):
            merged = node(peaks.pop(), merged)
        peaks.append(merged)
        for signed in [root for _, of, root in heads if of == size]:
            root = merged
            for peak in peaks[-2::-1]:
                root = node(peak, root)
            if root != signed:
                wrong.append(f"altered between positions {proven + 1} and {size}")
            proven = size if root == signed else proven
    gone = max(head[1] for head in heads)
    wrong += [f"positions {size + 1} to {gone} are missing"] if gone > size else []
    return "WRONG: " + "; ".join(wrong) if wrong else f"OK: 1 to {proven} of {size}"


def event_says(record: bytes, proof: dict[str, Any], head: Head) -> str:
    """Whether a record is at its place in the tree: RFC 9162, 2.1.3.2."""
    ledger, position, *_ = json.loads(record)
    index, last, found = position - 1, head[1] - 1, node(sha256(record).digest())
    fits = (ledger, proof["size"]) == head[:2] and 0 <= index <= last
    for sibling in map(b64decode, proof["hashes"]):
        left = index & 1 or index == last
        found = node(sibling, found) if left else node(found, sibling)
        while left and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    if fits and last == 0 and found == head[2]:
        return f"OK: position {position} of {head[1]}"
    return "WRONG: record, proof and checkpoint do not belong together"


if __name__ == "__main__":
    if len(sys.argv) < 4:  # noqa: PLR2004 (the shortest of the two uses)
        sys.exit(__doc__)
    key, subject, *given = map(Path, sys.argv[1:])
    try:
        is_event = subject.suffix == ".json"
        proof = json.loads(given.pop().read_bytes()) if is_event else {}
        signed = [opened(note.read_text("utf-8"), key.read_text()) for note in given]
        if is_event:
            said = event_says(subject.read_bytes(), proof, signed[0])
        else:
            said = log_says(subject.open("rb"), signed)
    except (InvalidSignature, OSError, ValueError, LookupError, TypeError) as error:
        said = f"WRONG: not signed by this key, or not readable: {error!r}"
    sys.stdout.write(said + "\n")
    sys.exit(said.startswith("WRONG"))
