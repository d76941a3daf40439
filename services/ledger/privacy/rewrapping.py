"""Wrapping data keys anew, so that an older wrapping key can be destroyed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.foundation.sealing import Keyring, new_keyring_line

HERE: Final = "services.ledger.privacy"
AT_ONCE: Final = 500


def add_key(path: Path) -> None:
    """Put a new wrapping key before the others of a file, which stays whole."""
    older = path.read_text("utf-8").split()
    _write(path, [new_keyring_line(), *older])


def drop_older(path: Path) -> None:
    """Keep the newest wrapping key of a file only."""
    newest, *_ = path.read_text("utf-8").split()
    _write(path, [newest])


def _write(path: Path, lines: list[str]) -> None:
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    new.replace(path)


def count_older(connection: Connection[Any], keyring: Keyring) -> int:
    """How many data keys are not under the newest wrapping key."""
    named = {"kek": keyring.newest}
    row = connection.execute(statement(HERE, "count_older_keys"), named).fetchone()
    return 0 if row is None else int(row[0])


def rewrap(connection: Connection[Any], keyring: Keyring) -> Iterator[int]:
    """Wrap what is under older keys anew; yields how many after each commit.

    It can be stopped and begun again at any time. A key that is destroyed meanwhile
    stays destroyed.
    """
    ledgers = connection.execute(statement(HERE, "all_ledgers")).fetchall()
    connection.commit()
    for (ledger,) in ledgers:
        count = AT_ONCE
        while count:
            count = _some(connection, keyring, ledger)
            connection.commit()
            yield count


def _some(connection: Connection[Any], keyring: Keyring, ledger: str) -> int:
    # Whoever appends meanwhile has read the file before the lock, or reads it after.
    connection.execute(statement(HERE, "lock_ledger"), {"ledger": ledger})
    asked = {"ledger": ledger, "kek": keyring.newest, "most": AT_ONCE}
    rows = connection.execute(statement(HERE, "older_keys"), asked).fetchall()
    anew = []
    for subject, name, wrapped in rows:
        key = keyring.unwrap(ledger, subject, name, wrapped)
        new_name, new = keyring.wrap(ledger, subject, key)
        anew.append(
            {"ledger": ledger, "subject": subject, "kek": new_name, "wrapped": new}
        )
    connection.cursor().executemany(statement(HERE, "rewrap_key"), anew)
    return len(rows)
