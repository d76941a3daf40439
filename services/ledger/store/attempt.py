"""One try at the append transaction, and its fate when the connection broke."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection, OperationalError
from psycopg_pool import PoolClosed

from services.ledger.store import recordings as r
from services.ledger.store.append import find_ids, lock_head

SERVER_STOPS: Final = "57P"
"""How the codes begin with which a server ends a connection."""


@dataclass(slots=True)
class Attempt:
    """One try at a transaction: what it decided, and the ids that it sent."""

    submissions: Sequence[r.Submission]
    decided: list[list[r.Outcome]] = field(default_factory=list)
    position: int = 0
    ids: list[str] = field(default_factory=list)

    def outcomes(self) -> list[r.Outcomes]:
        """What every submission came to."""
        return [r.Outcomes(self.position, each) for each in self.decided]

    def fate(self) -> r.WriterError:
        """What can be said when no more can be learnt."""
        return r.OutcomeUnknown() if self.ids else r.Unavailable()


def took_effect(connection: Connection[Any], ledger: str, attempt: Attempt) -> bool:
    """Whether a commit whose connection broke did take effect.

    The lock on the head waits for the broken transaction, should it still run.
    """
    if not attempt.ids:
        return False
    try:
        with connection.transaction():
            lock_head(connection, ledger)
            return bool(find_ids(connection, ledger, attempt.ids))
    except r.Unavailable as error:
        raise attempt.fate() from error


def is_lost(error: OperationalError) -> bool:
    """Whether it was the connection that failed: then another one may do."""
    if isinstance(error, PoolClosed):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(SERVER_STOPS)
