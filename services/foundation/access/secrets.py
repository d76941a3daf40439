"""The secrets that people and programs show: made here, and known by their hash."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import Final

from services.foundation.secret_files import made_once

KEY: Final = "al"
LINK: Final = "al-link"
SESSION: Final = "al-session"
FEED: Final = "al-feed"
_SECRET: Final = re.compile(
    rf"({KEY}|{LINK}|{SESSION}|{FEED})\.([a-z0-9][a-z0-9-]{{0,62}})\.[A-Za-z0-9_-]{{43}}"
)


def new_secret(kind: str, ledger: str) -> str:
    """A new secret of 256 bits, which says what it opens: a kind, and a ledger."""
    return f"{kind}.{ledger}.{secrets.token_urlsafe(32)}"


def new_key(ledger: str) -> str:
    """A new key of a ledger."""
    return new_secret(KEY, ledger)


def ledger_of(secret: str, *kinds: str) -> str | None:
    """The ledger that a secret of some kinds names; None if it is not well-formed."""
    match = _SECRET.fullmatch(secret)
    return match[2] if match is not None and match[1] in kinds else None


class Pepper:
    """What the service adds to every secret before it is hashed.

    It is kept outside the database: whoever reads the database alone can neither use
    nor check what it holds of a key.
    """

    def __init__(self, value: bytes) -> None:
        self._value = value

    @classmethod
    def of(cls, path: Path) -> "Pepper":
        """The pepper of an installation, made when there is none yet."""
        return cls(bytes.fromhex(made_once(path, lambda: secrets.token_hex(32))))

    def hash_of(self, secret: str) -> str:
        """What is stored of a secret: HMAC-SHA-256 in hex."""
        return hmac.new(self._value, secret.encode(), hashlib.sha256).hexdigest()

    def form_token(self, session: str) -> str:
        """What a form of this session carries, so that no other site can send it."""
        return self.hash_of(f"form {session}")
