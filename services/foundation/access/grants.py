"""What a key or a session allows, remembered for a moment."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from services.foundation.access.rates import Rates
from services.foundation.access.secrets import FEED, KEY, SESSION, Pepper, ledger_of
from services.foundation.database import statement

HERE: Final = "services.foundation.access"
FIND: Final = {KEY: "find_key", SESSION: "find_session", FEED: "find_session"}
DOORS: Final = (KEY, SESSION)
"""What opens everything that its scopes allow; a feed opens only itself."""
REMEMBERED_SECONDS: Final = 2.0
LOOKING_SECONDS: Final = 1.0
UNKNOWN_A_SECOND: Final = 200
"""Look-ups of secrets that nobody has shown lately: guessing must not cost much."""
MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows: scopes on one ledger; events carry its name."""

    ledger: str
    zone: ZoneInfo
    name: str
    scopes: frozenset[str]
    key_id: str = ""
    requests_per_second: int | None = None

    def allows(self, scope: str) -> bool:
        """Whether it has the scope; admin implies the others."""
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True, slots=True)
class TooMany:
    """Somebody asks too often: when to ask again, in seconds."""

    seconds: int


class Access:
    """Looks keys and sessions up, and remembers them for a moment.

    One whose moment is over is looked up again by one request; the others that arrive
    meanwhile still get what is remembered. `forget` ends every moment of a ledger: what
    is revoked is let in no more, also when a look-up had begun before.
    """

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        pepper: Pepper,
        per_second: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool, self._pepper, self._now = pool, pepper, now
        self._per_second = per_second
        self._seen: dict[str, tuple[float, Grant | None]] = {}
        self._rates = Rates()
        self._forgotten: dict[str, int] = {}

    async def grant(
        self, secret: str, kinds: Collection[str] = DOORS
    ) -> Grant | TooMany | None:
        """What a secret of some kinds allows, or None if there is no such thing."""
        found = await self.known(secret, kinds)
        return self._within_rate(found) if isinstance(found, Grant) else found

    async def known(
        self, secret: str, kinds: Collection[str] = DOORS
    ) -> Grant | TooMany | None:
        """The same without taking anything of the key's rate."""
        ledger = ledger_of(secret, *kinds)
        if ledger is None:
            return None
        now = self._now()
        until, remembered = self._seen.get(secret, (0.0, None))
        if until > now:
            return remembered
        if remembered is not None:
            self._seen[secret] = (now + LOOKING_SECONDS, remembered)
        elif seconds := self._rates.take("", UNKNOWN_A_SECOND, now):
            return TooMany(seconds)
        return await self._look(ledger, secret)

    async def _look(self, ledger: str, secret: str) -> Grant | None:
        forgotten = self._forgotten.get(ledger, 0)
        found = await run_in_threadpool(self._find, ledger, secret)
        if len(self._seen) > MOST_REMEMBERED:  # guessing must not fill memory
            self._seen.clear()
        if forgotten == self._forgotten.get(ledger, 0):
            self._seen[secret] = (self._now() + REMEMBERED_SECONDS, found)
        return found

    def _within_rate(self, found: Grant) -> Grant | TooMany:
        rate = found.requests_per_second or self._per_second
        if not rate:
            return found
        key = f"{found.ledger}/{found.key_id}"
        seconds = self._rates.take(key, rate, self._now())
        return TooMany(seconds) if seconds else found

    def forget(self, ledger: str) -> None:
        """Look every key and session of a ledger up again."""
        self._forgotten[ledger] = self._forgotten.get(ledger, 0) + 1
        for secret in [s for s in self._seen if ledger_of(s, *FIND) == ledger]:
            del self._seen[secret]

    def _find(self, ledger: str, secret: str) -> Grant | None:
        kind = secret.partition(".")[0]
        shown = {"ledger": ledger, "hash": self._pepper.hash_of(secret)}
        with self._pool.connection() as connection:
            row = connection.execute(statement(HERE, FIND[kind]), shown).fetchone()
            if row is None:
                return None
            key_id, name, scopes, rate, zone = row
            used = {"ledger": ledger, "id": key_id}
            connection.execute(statement(HERE, "touch_key"), used)
        scopes = frozenset(scopes)
        return Grant(ledger, ZoneInfo(zone), name, scopes, key_id, rate)
