"""Browsers: a link that works once begins a session, which a cookie carries."""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.access.secrets import (
    FEED,
    LINK,
    SESSION,
    Pepper,
    ledger_of,
    new_secret,
)
from services.foundation.database import statement

HERE: Final = "services.foundation.access"
COOKIE: Final = "alliance_ledger"
LINK_MINUTES: Final = 24 * 60
SESSION_DAYS: Final = 30
FEED_DAYS: Final = 10 * 365


def make_link(
    connection: Connection[Any], pepper: Pepper, ledger: str, key_id: str
) -> str:
    """The token of a new link, with which one browser may come in as a key."""
    token = new_secret(LINK, ledger)
    connection.execute(statement(HERE, "drop_expired_links"), {"ledger": ledger})
    parameters = {
        "ledger": ledger,
        "hash": pepper.hash_of(token),
        "id": key_id,
        "minutes": LINK_MINUTES,
    }
    connection.execute(statement(HERE, "insert_link"), parameters)
    return token


def link_for(
    connection: Connection[Any], pepper: Pepper, ledger: str, key: str
) -> str | None:
    """The token of a new link for whose key it is; None if it is revoked or unknown."""
    shown = {"ledger": ledger, "hash": pepper.hash_of(key)}
    row = connection.execute(statement(HERE, "find_key"), shown).fetchone()
    return None if row is None else make_link(connection, pepper, ledger, row[0])


@dataclass(frozen=True, slots=True)
class Sessions:
    """Begins and ends the sessions of browsers."""

    pool: ConnectionPool[Connection[Any]]
    pepper: Pepper

    def begin(self, token: str) -> str | None:
        """The session that a link begins; None if it was used, is late or unknown."""
        ledger = ledger_of(token, LINK)
        if ledger is None:
            return None
        used = {"ledger": ledger, "hash": self.pepper.hash_of(token)}
        with self.pool.connection() as connection:
            row = connection.execute(statement(HERE, "use_link"), used).fetchone()
            if row is None or not row[1]:
                return None
            return self._start(connection, ledger, row[0])

    def _start(self, connection: Connection[Any], ledger: str, key_id: str) -> str:
        return self._insert(connection, ledger, key_id, (SESSION, SESSION_DAYS))

    def _insert(
        self,
        connection: Connection[Any],
        ledger: str,
        key_id: str,
        kind: tuple[str, int],
    ) -> str:
        session = new_secret(kind[0], ledger)
        named = {"ledger": ledger}
        connection.execute(statement(HERE, "drop_expired_sessions"), named)
        parameters = {
            "ledger": ledger,
            "hash": self.pepper.hash_of(session),
            "id": key_id,
            "days": kind[1],
        }
        connection.execute(statement(HERE, "insert_session"), parameters)
        return session

    def feed(self, ledger: str, key_id: str) -> str:
        """The token of a calendar feed: it reads the reminders while the key lives."""
        with self.pool.connection() as connection:
            return self._insert(connection, ledger, key_id, (FEED, FEED_DAYS))

    def end_feed(self, ledger: str, token: str) -> None:
        """End a feed of a ledger; another's, or none, is left alone."""
        if ledger_of(token, FEED) == ledger:
            self._end(ledger, token)

    def end(self, session: str) -> None:
        """End a session, everywhere and at once."""
        ledger = ledger_of(session, SESSION)
        if ledger is not None:
            self._end(ledger, session)

    def _end(self, ledger: str, session: str) -> None:
        named = {"ledger": ledger, "hash": self.pepper.hash_of(session)}
        with self.pool.connection() as connection:
            connection.execute(statement(HERE, "end_session"), named)
            connection.execute(statement(HERE, "tell_of_keys"), named)
