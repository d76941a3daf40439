"""Ids that the ledger makes for partners that came without one."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 40


def partner_id(name: str, event_id: str, *, taken: bool, private: bool) -> str:
    """An id from a partner's name; a short one when it has no letters or is private."""
    slug = "" if private else _slug(name)
    short = event_id.replace("-", "")[-10:]
    if not slug:
        return f"p-{short}"
    return f"{slug}-{short}" if taken else slug


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST].strip("-")
