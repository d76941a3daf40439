"""Ids that the ledger makes: of events, and of partners that came without one."""

import re
import secrets
import time
import unicodedata
from typing import Final
from uuid import UUID

LONGEST: Final = 40


def new_event_id() -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=value | (0x7 << 76) | (0x2 << 62)))


def partner_id(name: str, event_id: str, *, taken: bool, private: bool) -> str:
    """An id from a partner's name; a short one when it has no letters, or is private."""
    slug = "" if private else _slug(name)
    short = event_id.replace("-", "")[-10:]
    if not slug:
        return f"p-{short}"
    return f"{slug}-{short}" if taken else slug


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST].strip("-")
