"""Signed notes (C2SP signed-note) and checkpoints in them (C2SP tlog-checkpoint)."""

import base64
import binascii
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.foundation.secret_files import made_once
from services.foundation.settings import SettingsError

ED25519: Final = b"\x01"
ID_BYTES: Final = 4
_LINE: Final = re.compile(r"\N{EM DASH} (\S+) ([A-Za-z0-9+/=]+)")
_WHOLE: Final = re.compile(r"\N{EM DASH} (\S+) (?=.{92})[A-Za-z0-9+/]+={0,2}\n")
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}")


class NoteError(Exception):
    """It is no note, or not one that the key has signed; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose log, how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key, under the name that it signs as."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Which key of that name it is."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[
            :ID_BYTES
        ]

    @property
    def text(self) -> str:
        """The verifier key as it is handed on: `name+id+key`."""
        told = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{told}"

    def open(self, note: str) -> Checkpoint:
        """The checkpoint of a note that this key has signed; raises NoteError."""
        return read_checkpoint(self.text_of(note), self.name)

    def text_of(self, note: str) -> str:
        """The text of a note that this key has signed; raises NoteError."""
        text, _, signatures = note.rpartition("\n\n")
        if not text or not signatures.endswith("\n"):
            raise NoteError("It is not a signed note.")
        if not any(self._signed(text + "\n", line) for line in signatures.split("\n")):
            raise NoteError(f"It is not signed by {self.text}.")
        return text + "\n"

    def _signed(self, text: str, line: str) -> bool:
        match = _LINE.fullmatch(line)
        if match is None or match[1] != self.name:
            return False
        try:
            signature = base64.b64decode(match[2], validate=True)
            if signature[:ID_BYTES] != self.id:
                return False
            public = Ed25519PublicKey.from_public_bytes(self.public)
            public.verify(signature[ID_BYTES:], text.encode())
        except (binascii.Error, InvalidSignature):
            return False
        return True


def read_verifier(text: str) -> Verifier:
    """The verifier key of a text; raises NoteError."""
    name, _, rest = text.strip().partition("+")
    told_id, _, told = rest.partition("+")
    try:
        key = base64.b64decode(told, validate=True)
    except binascii.Error:
        key = b""
    made = Verifier(name, key[1:])
    if key[:1] != ED25519 or len(key) != 33 or made.id.hex() != told_id:  # noqa: PLR2004
        raise NoteError("It is not a verifier key: name+id+key, of Ed25519.")
    return made


def read_checkpoint(text: str, origin: str) -> Checkpoint:
    """The checkpoint of a note's text; lines that are not known are passed over."""
    lines = text.split("\n")
    try:
        named, size, told, *_ = lines
        root = base64.b64decode(told, validate=True)
    except (ValueError, binascii.Error):
        raise NoteError("Its text is not a checkpoint.") from None
    if named != origin or not _SIZE.fullmatch(size) or len(root) != 32:  # noqa: PLR2004
        raise NoteError(f"It is not a checkpoint of {origin}.")
    return Checkpoint(named, int(size), root)


class Signer:
    """The private half: it signs the heads of every ledger of an installation."""

    def __init__(self, key: Ed25519PrivateKey, installation: str | None = None) -> None:
        self._key = key
        self._public = key.public_key().public_bytes_raw()
        made = f"ledger-{sha256(self._public).hexdigest()[:8]}"
        self._installation = installation or made

    @classmethod
    def of(cls, path: Path, installation: str | None = None) -> "Signer":
        """The key of a PEM file, made when there is none."""
        text = made_once(path, _new_key)
        try:
            key = load_pem_private_key(text.encode(), None)
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(f"{path} must hold an Ed25519 key in PEM (PKCS #8).")
        return cls(key, installation)

    def verifier(self, ledger: str) -> Verifier:
        """With what the heads of a ledger are checked."""
        return Verifier(f"{self._installation}/{ledger}", self._public)

    def sign(self, ledger: str, size: int, root: bytes) -> str:
        """The signed head of a ledger; the same head is always the same note."""
        verifier = self.verifier(ledger)
        text = Checkpoint(verifier.name, size, root).text
        signature = verifier.id + self._key.sign(text.encode())
        told = base64.b64encode(signature).decode()
        return f"{text}\n\N{EM DASH} {verifier.name} {told}\n"


def _new_key() -> str:
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode().strip()


def split_notes(text: str) -> Iterable[str]:
    """The notes of a file, one after another; what a crash cut off is left out.

    A note starts with the name of its signer, as checkpoints do.
    """
    lines: list[str] = []
    signer = ""
    for line in io.StringIO(text, newline="\n"):
        signature = _WHOLE.fullmatch(line)
        if signer and not signature:
            yield _whole(lines, signer)
            lines, signer = [], ""
        lines.append(line)
        signer = signer or (signature[1] if signature else "")
    if signer:
        yield _whole(lines, signer)


def _whole(lines: Sequence[str], signer: str) -> str:
    """What follows a part of another note that was cut off."""
    starts = [place for place, line in enumerate(lines) if line == f"{signer}\n"]
    return "".join(lines[starts[-1] if starts else 0 :])
