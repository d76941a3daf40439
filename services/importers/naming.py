"""Ids made from names, so that two names never share one by accident."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

LONGEST: Final = 64
_NOT_PARTNER: Final = re.compile(r"[^a-z0-9._~]+")
_NOT_IDENTIFIER: Final = re.compile(r"[^A-Za-z0-9._~-]+")


def slug(name: str) -> str:
    """A readable partner id for a name; a digest when no letter can be kept."""
    folded = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    kept = _NOT_PARTNER.sub("-", bare).strip("-._~")
    return _shortened(kept, name) if kept else f"p-{_digest(name)}"


def identifier(text: str) -> str:
    """An id for anything else; what had to be changed carries a digest."""
    kept = _NOT_IDENTIFIER.sub("-", text)
    return kept if kept == text and len(text) <= LONGEST else distinct(kept, text)


def distinct(kept: str, name: str) -> str:
    """The id with a digest of the name it stands for."""
    return f"{kept[: LONGEST - 9].rstrip('-._~')}-{_digest(name)}"


def _shortened(kept: str, name: str) -> str:
    return kept if len(kept) <= LONGEST else distinct(kept, name)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


class PartnerIds:
    """Which id stands for which name, in this run and in the ledger before it."""

    def __init__(
        self, chosen: Mapping[str, str], recorded: Mapping[str, str] | None = None
    ) -> None:
        """Take ids that the map chose by name, and names that are known by id."""
        self._names = dict(recorded or {})
        self._ids = {name: id_ for id_, name in reversed(self._names.items())}
        for name, id_ in chosen.items():
            self._take(name, id_)
        self.set_apart: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The id of a name; a second name with the same slug gets its own."""
        return self._ids.get(name) or self._new(name)

    def _new(self, name: str) -> str:
        plain = slug(name)
        if self._names.get(plain, name) == name:
            return self._take(name, plain)
        self.set_apart[name] = distinct(plain, name)
        return self._take(name, self.set_apart[name])

    def _take(self, name: str, id_: str) -> str:
        self._names.setdefault(id_, name)
        self._ids[name] = id_
        return id_
