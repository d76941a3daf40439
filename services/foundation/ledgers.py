"""Making a ledger, and what a service sets up at its first start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

from services.foundation.access import SCOPES, KeyTerms, Pepper, add_key, new_key
from services.foundation.database import normalise_dsn, statement
from services.foundation.secret_files import made_once

HERE: Final = "services.foundation"
DEFAULT: Final = "default"
OWNER: Final = KeyTerms("owner", SCOPES)
OWNER_KEY_FILE: Final = "owner.key"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger; `max_events` is what it may grow to, if that is limited."""

    name: str
    time_zone: str
    created_at: datetime
    events: int
    max_events: int | None


def create_ledger(connection: Connection[Any], ledger: str, time_zone: str) -> bool:
    """Make a ledger with an empty log; False when it exists already."""
    parameters = (ledger, time_zone)
    made = connection.execute(statement(HERE, "insert_ledger"), parameters).rowcount
    connection.execute(statement(HERE, "insert_head"), (ledger,))
    return made == 1


def has_ledger(connection: Connection[Any], ledger: str) -> bool:
    """Whether there is such a ledger."""
    found = connection.execute(statement(HERE, "find_ledger"), {"ledger": ledger})
    return found.fetchone() is not None


def limit_ledger(connection: Connection[Any], ledger: str, events: int) -> None:
    """Let a ledger grow to so many events and no further."""
    parameters = {"ledger": ledger, "events": events}
    connection.execute(statement(HERE, "set_ledger_limit"), parameters)


def list_ledgers(connection: Connection[Any]) -> Sequence[Ledger]:
    """Every ledger, by name."""
    with connection.cursor(row_factory=class_row(Ledger)) as cursor:
        return cursor.execute(statement(HERE, "list_ledgers")).fetchall()


def ensure_default_ledger(
    dsn: str, time_zone: str, data_dir: Path, pepper: Pepper
) -> str:
    """The owner key of the ledger `default`, made at first start.

    The key is written before it is stored, so that a crash between the two leaves a key
    that the next start stores.
    """
    key = made_once(data_dir / OWNER_KEY_FILE, lambda: new_key(DEFAULT))
    with psycopg.connect(normalise_dsn(dsn)) as connection:
        create_ledger(connection, DEFAULT, time_zone)
        add_key(connection, pepper, DEFAULT, OWNER, key)
    return key
