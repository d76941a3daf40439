"""The keys of a ledger: made, listed, revoked."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from contracts.canonical import Json
from contracts.occurrence import format_instant
from services.foundation.access.secrets import Pepper, new_key
from services.foundation.database import statement

HERE: Final = "services.foundation.access"
SCOPES: Final = ("record", "read", "admin")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is made: the only time that its secret is shown."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class KeptKey:
    """What is known of a key; nobody can tell its secret from it."""

    id: str
    name: str
    scopes: Sequence[str]
    requests_per_second: int | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def told(self) -> dict[str, Json]:
        """The same as it is answered."""
        return {
            "id": self.id,
            "name": self.name,
            "scopes": list(self.scopes),
            "requests_per_second": self.requests_per_second,
            "created_at": format_instant(self.created_at),
            "last_used_at": _told_at(self.last_used_at),
            "revoked_at": _told_at(self.revoked_at),
        }


def _told_at(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What is asked of a new key: whom it names, and what it allows."""

    name: str
    scopes: Sequence[str]
    requests_per_second: int | None = None


class Keys:
    """Makes, lists and revokes keys."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], pepper: Pepper) -> None:
        self._pool, self._pepper = pool, pepper

    def create(self, ledger: str, terms: KeyTerms) -> NewKey:
        """Make a key of a ledger."""
        with self._pool.connection() as connection:
            return add_key(connection, self._pepper, ledger, terms)

    def page(
        self, ledger: str, after: tuple[datetime, str], limit: int
    ) -> list[KeptKey]:
        """The next keys of a ledger, oldest first."""
        with self._pool.connection() as connection:
            return list_keys(connection, ledger, after, limit)

    def revoke(self, ledger: str, key_id: str) -> bool:
        """Let a key in no more, from now on; False if there is no such key."""
        with self._pool.connection() as connection:
            return revoke_key(connection, ledger, key_id)


def add_key(
    connection: Connection[Any],
    pepper: Pepper,
    ledger: str,
    terms: KeyTerms,
    key: str | None = None,
) -> NewKey:
    """Store a key, hashed: a new one, or one that is given, which may be there."""
    made = NewKey(secrets.token_hex(8), key or new_key(ledger))
    parameters = {
        "ledger": ledger,
        "id": made.id,
        "name": terms.name,
        "hash": pepper.hash_of(made.key),
        "scopes": list(terms.scopes),
        "requests": terms.requests_per_second,
    }
    connection.execute(statement(HERE, "insert_key"), parameters)
    return made


def list_keys(
    connection: Connection[Any], ledger: str, after: tuple[datetime, str], limit: int
) -> list[KeptKey]:
    """The next keys of a ledger, oldest first."""
    since, after_id = after
    parameters = {
        "ledger": ledger,
        "after": since,
        "after_id": after_id,
        "most": limit,
    }
    with connection.cursor(row_factory=class_row(KeptKey)) as cursor:
        return cursor.execute(statement(HERE, "list_keys"), parameters).fetchall()


def revoke_key(connection: Connection[Any], ledger: str, key_id: str) -> bool:
    """Revoke a key with its sessions and links; False if there is no such key."""
    named: Mapping[str, str] = {"ledger": ledger, "id": key_id}
    if not connection.execute(statement(HERE, "revoke_key"), named).rowcount:
        return False
    for name in ("end_sessions", "drop_links", "tell_of_keys"):
        connection.execute(statement(HERE, name), named)
    return True
