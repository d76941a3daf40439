"""Who may do what: keys of a ledger with scopes."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from services.foundation.database import statement
from services.foundation.problems import Problem

HERE: Final = "services.foundation"
SCOPES: Final = ("record", "read", "admin")
REMEMBERED_SECONDS: Final = 2.0
LOOKING_SECONDS: Final = 1.0
_KEY: Final = re.compile(r"al\.([a-z0-9][a-z0-9-]{0,62})\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows: scopes on one ledger; events carry its name."""

    ledger: str
    zone: ZoneInfo
    name: str
    scopes: frozenset[str]

    def allows(self, scope: str) -> bool:
        """Whether it has the scope; admin implies the others."""
        return scope in self.scopes or "admin" in self.scopes


def new_key(ledger: str) -> str:
    """A new secret of 256 bits, which names its ledger."""
    return f"al.{ledger}.{secrets.token_urlsafe(32)}"


def hash_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_key(
    connection: Connection[Any],
    ledger: str,
    name: str,
    scopes: Sequence[str],
    key: str,
) -> None:
    """Store a key of a ledger, hashed."""
    parameters = (ledger, secrets.token_hex(8), name, hash_of(key), list(scopes))
    connection.execute(statement(HERE, "insert_key"), parameters)


class Access:
    """Looks keys up, and remembers them for a moment.

    A key whose moment is over is looked up again by one request; the others that arrive
    meanwhile still get what is remembered.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        self._pool = pool
        self._seen: dict[str, tuple[float, Grant | None]] = {}

    async def grant(self, key: str) -> Grant | None:
        """What a key allows, or None if there is no such key."""
        now = time.monotonic()
        until, remembered = self._seen.get(key, (0.0, None))
        if until > now:
            return remembered
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        if remembered is not None:
            self._seen[key] = (now + LOOKING_SECONDS, remembered)
        found = await run_in_threadpool(self._find, match[1], key)
        if len(self._seen) > 10_000:  # noqa: PLR2004 (guessing must not fill memory)
            self._seen.clear()
        self._seen[key] = (time.monotonic() + REMEMBERED_SECONDS, found)
        return found

    def _find(self, ledger: str, key: str) -> Grant | None:
        with self._pool.connection() as connection:
            parameters = (ledger, hash_of(key), ledger)
            row = connection.execute(statement(HERE, "find_key"), parameters).fetchone()
        if row is None:
            return None
        name, scopes, zone = row
        return Grant(ledger, ZoneInfo(zone), name, frozenset(scopes))


def may(scope: str) -> Callable[[Request], Coroutine[Any, Any, Grant]]:
    """A dependency that lets only keys with a scope pass."""

    async def grant(request: Request) -> Grant:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        access: Access = request.app.state.access
        found = await access.grant(key.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            detail = "Send `Authorization: Bearer <key>` with a key of the ledger."
            raise Problem(
                "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"}
            )
        if not found.allows(scope):
            raise Problem("forbidden", f"This needs a key with the scope `{scope}`.")
        return found

    return grant


may_record: Final = may("record")
may_read: Final = may("read")
may_admin: Final = may("admin")
