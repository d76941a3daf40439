"""Making a ledger, and what a service sets up at its first start."""

import os
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection

from services.foundation.access import SCOPES, add_key, new_key
from services.foundation.database import normalise_dsn, statement

HERE: Final = "services.foundation"
DEFAULT: Final = "default"
OWNER_KEY_FILE: Final = "owner.key"


def create_ledger(connection: Connection[Any], ledger: str, time_zone: str) -> bool:
    """Make a ledger with an empty log; False when it exists already."""
    parameters = (ledger, time_zone)
    made = connection.execute(statement(HERE, "insert_ledger"), parameters).rowcount
    connection.execute(statement(HERE, "insert_head"), (ledger,))
    return made == 1


def ensure_default_ledger(dsn: str, time_zone: str, data_dir: Path) -> str:
    """The owner key of the ledger `default`, made at first start.

    The key is written before it is stored, so that a crash between the two leaves a key
    that the next start stores.
    """
    key = _owner_key(data_dir / OWNER_KEY_FILE)
    with psycopg.connect(normalise_dsn(dsn)) as connection:
        create_ledger(connection, DEFAULT, time_zone)
        add_key(connection, DEFAULT, "owner", SCOPES, key)
    return key


def _owner_key(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    key, new = new_key(DEFAULT), path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # whoever is first wins; the others read that
    except FileExistsError:
        return path.read_text("utf-8").strip()
    finally:
        new.unlink()
    return key
