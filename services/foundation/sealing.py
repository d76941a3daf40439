"""Personal text at rest: sealed under keys of its own, which can be destroyed.

A sealed text is a token that stands where the text stood, in the log and in every read
model: `sealed:1:<subject>:<event>:<field>:<payload>`. The subject says which data key
seals it: `person:<stream>/<id>` or `note:<event>`. The payload is nonce and AES-256-GCM
ciphertext, bound to ledger, event, field and subject.
"""

import base64
import hashlib
import json
import os
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection
from psycopg_pool import ConnectionPool

from contracts.canonical import canonical
from contracts.events.base import SEALED, TOKEN
from services.foundation.database import statement
from services.foundation.secret_files import made_once
from services.foundation.settings import SettingsError

HERE: Final = "services.foundation"
ERASED: Final = "erased"
WITHHELD: Final = "withheld"
MARK: Final = f'"{SEALED}'.encode()
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
KEYS_REMEMBERED: Final = 20_000
_QUOTED: Final = re.compile(rb'"(' + TOKEN.pattern.encode() + rb')"')


class SealingError(Exception):
    """A sealed text or a key is not what it was: our fault, never the reader's."""


class Keyring:
    """The keys that wrap data keys: the newest wraps, every one unwraps.

    With a file it follows that file: a new key in it is used from the next call of
    `refresh`, and as soon as something is met that it wrapped.
    """

    def __init__(self, keys: Sequence[bytes], path: Path | None = None) -> None:
        self._path, self._read_at = path, 0
        self._keys: Mapping[str, AESGCM] = {}
        self.newest = ""
        self._take(keys)

    @classmethod
    def of(cls, path: Path) -> "Keyring":
        """The keys of a file, newest first, one of 32 bytes in base64 a line."""
        made_once(path, new_keyring_line)
        ring = cls(read_keys(path), path)
        ring.refresh()
        return ring

    def refresh(self) -> None:
        """Read the file again if it has changed."""
        if self._path is None:
            return
        changed_at = self._path.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._take(read_keys(self._path))
            self._read_at = changed_at

    def _take(self, keys: Sequence[bytes]) -> None:
        self._keys = {key_name(key): AESGCM(key) for key in keys}
        self.newest = key_name(keys[0])

    @property
    def names(self) -> frozenset[str]:
        """What its keys are called."""
        return frozenset(self._keys)

    def wrap(self, ledger: str, subject: str, key: bytes) -> tuple[str, bytes]:
        """The name of the newest key, and a data key under it."""
        name, keys = self.newest, self._keys
        return name, _encrypt(keys[name], key, [ledger, subject])

    def unwrap(self, ledger: str, subject: str, name: str, wrapped: bytes) -> bytes:
        """A data key that a key of that name wrapped."""
        if name not in self._keys:
            self.refresh()
        if name not in self._keys:
            raise SealingError(f"There is no key {name}: see LEDGER_KEK_FILE.")
        return _decrypt(self._keys[name], wrapped, [ledger, subject])


def read_keys(path: Path) -> list[bytes]:
    """The keys of a file; raises SettingsError when it does not hold any."""
    try:
        lines = path.read_text("utf-8").split()
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        sentence = f"{path} must hold keys of 32 bytes in base64, one a line."
        raise SettingsError(sentence)
    return keys


def key_name(key: bytes) -> str:
    """How a wrapping key is called where it must not be shown."""
    return hashlib.sha256(key).hexdigest()[:16]


def new_keyring_line() -> str:
    """A new wrapping key, as the file holds it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: a token is good there and nowhere else."""

    ledger: str
    subject: str
    event: str
    field: str


def seal(key: AESGCM, place: Place, text: str) -> str:
    """The token of a text."""
    payload = _encrypt(key, text.encode(), _bound(place))
    told = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    return f"{SEALED}{place.subject}:{place.event}:{place.field}:{told}"


def open_token(key: AESGCM, ledger: str, token: str) -> str:
    """The text of a token."""
    place, payload = _parts(ledger, token)
    return _decrypt(key, payload, _bound(place)).decode()


def subject_of(token: str) -> str:
    """Which data key seals a token."""
    return ":".join(token.split(":", 4)[2:4])


def _parts(ledger: str, token: str) -> tuple[Place, bytes]:
    kind, rest, event, field, told = token.removeprefix(SEALED).split(":")
    payload = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
    return Place(ledger, f"{kind}:{rest}", event, field), payload


def _bound(place: Place) -> list[str]:
    return [place.ledger, place.event, place.field, place.subject]


def _encrypt(key: AESGCM, plain: bytes, bound: Sequence[str]) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, canonical(bound).encode())


def _decrypt(key: AESGCM, sealed: bytes, bound: Sequence[str]) -> bytes:
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return key.decrypt(nonce, ciphertext, canonical(bound).encode())
    except InvalidTag:
        raise SealingError("A sealed text was altered, or moved.") from None


class Opener:
    """Opens tokens on their way out; whose key is gone reads as erased.

    Which keys there are is asked of the database every time, so that an erasure holds
    at once, everywhere; only the work of unwrapping is remembered.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]], keyring: Keyring) -> None:
        self._pool, self._keyring = pool, keyring
        self._unwrapped: OrderedDict[tuple[str, str, bytes], AESGCM] = OrderedDict()

    def open_json(self, ledger: str, body: bytes) -> bytes:
        """A JSON text with every token in it opened."""
        if MARK not in body:
            return body
        tokens = {match[1].decode() for match in _QUOTED.finditer(body)}
        with self._pool.connection() as connection:
            texts = self.open_all(connection, ledger, tokens)
        return _replaced(body, lambda token: texts[token])

    def open_all(
        self, connection: Connection[Any], ledger: str, tokens: Iterable[str]
    ) -> Mapping[str, str]:
        """The text of every token."""
        by_subject: dict[str, list[str]] = {}
        for token in tokens:
            by_subject.setdefault(subject_of(token), []).append(token)
        keys = self._keys(connection, ledger, list(by_subject))
        return {
            token: open_token(keys[subject], ledger, token)
            if subject in keys
            else ERASED
            for subject, sealed in by_subject.items()
            for token in sealed
        }

    def _keys(
        self, connection: Connection[Any], ledger: str, subjects: list[str]
    ) -> Mapping[str, AESGCM]:
        parameters = {"ledger": ledger, "subjects": subjects}
        rows = connection.execute(statement(HERE, "find_data_keys"), parameters)
        return {
            subject: self._unwrap(ledger, subject, name, wrapped)
            for subject, name, wrapped in rows
        }

    def _unwrap(self, ledger: str, subject: str, name: str, wrapped: bytes) -> AESGCM:
        known = self._unwrapped.get((ledger, subject, wrapped))
        if known is not None:
            return known
        key = AESGCM(self._keyring.unwrap(ledger, subject, name, wrapped))
        self._unwrapped[ledger, subject, wrapped] = key
        if len(self._unwrapped) > KEYS_REMEMBERED:
            self._unwrapped.popitem(last=False)
        return key


def withhold(body: bytes) -> bytes:
    """A JSON text without its sealed texts, for who may not read."""
    return body if MARK not in body else _replaced(body, lambda _token: WITHHELD)


def _replaced(body: bytes, text_of: Callable[[str], str]) -> bytes:
    def quoted(match: re.Match[bytes]) -> bytes:
        return json.dumps(text_of(match[1].decode()), ensure_ascii=False).encode()

    return _QUOTED.sub(quoted, body)
