"""Runs the numbered SQL files that a database has not seen yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from services.foundation.database import normalise_dsn, speak_utc, statement

FOLDER = Path(__file__).parent / "sql"
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class MigrationError(Exception):
    """The database cannot be migrated; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Migration:
    """One file of SQL: its number, its name without `.sql`, its text."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """The SHA-256 of the text in hex; line ends don't count."""
        return sha256(self.text.encode()).hexdigest()


def migrate(dsn: str, folder: Path | None = None) -> list[str]:
    """Run what the database has not seen, in order, and name what this call ran.

    Each file and its bookkeeping row are one transaction, so that an interrupted
    file leaves nothing. Any number of runners may race. `dsn` is the owner's and
    goes to the server directly. Raises MigrationError.
    """
    migrations = read_folder(folder or FOLDER)
    with _connect(dsn) as connection:
        _prepare(connection)
        return [m.name for m in migrations if _run(connection, m, migrations)]


def pending(dsn: str, folder: Path | None = None) -> list[str]:
    """Name the migrations that the database has not seen; changes nothing."""
    migrations = read_folder(folder or FOLDER)
    with _connect(dsn) as connection:
        applied = _applied(connection) if _has_bookkeeping(connection) else []
    return [m.name for m in _unseen(applied, migrations)]


def read_folder(folder: Path) -> list[Migration]:
    """Read the numbered files of a folder, in order of their numbers."""
    found = [_read(path) for path in sorted(folder.glob("*.sql"))]
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise MigrationError(f"Two migrations in {folder} have the same number.")
    return found


def _read(path: Path) -> Migration:
    match = FILE_NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(f"{path.name} is not named like 0001_what_it_does.sql.")
    return Migration(int(match[1]), path.stem, path.read_text("utf-8"))


def _connect(dsn: str) -> psycopg.Connection[Any]:
    try:
        connection = psycopg.connect(normalise_dsn(dsn), autocommit=True)
    except psycopg.OperationalError as error:
        raise MigrationError(f"The database does not answer: {error}") from error
    speak_utc(connection)
    return connection


def _prepare(connection: psycopg.Connection[Any]) -> None:
    """Make the bookkeeping table and the service's role, unless they exist."""
    try:
        connection.execute(_sql("create_service_role"))
        if not _has_bookkeeping(connection):
            connection.execute(_sql("create_schema_migrations"))
    except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
        # IF NOT EXISTS does not wait for a racing CREATE: the other one made it.
        return
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            "This role may not prepare the database. It must own the database's"
            " schema, and unless the role ledger_service exists, may create roles."
        ) from error


def _run(
    connection: psycopg.Connection[Any],
    migration: Migration,
    known: Sequence[Migration],
) -> bool:
    """Run one migration unless it was run; tell whether it was run now."""
    try:
        with connection.transaction():
            connection.execute(_sql("lock_schema_migrations"))
            if migration not in _unseen(_applied(connection), known):
                return False
            connection.execute(migration.text)
            _keep(connection, migration)
            return True
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error)
        raise MigrationError(
            f"Migration {migration.name} failed and changed nothing: {reason}."
        ) from error


def _keep(connection: psycopg.Connection[Any], migration: Migration) -> None:
    if connection.info.transaction_status is not TransactionStatus.INTRANS:
        raise MigrationError(
            f"Migration {migration.name} ends its transaction itself, so that"
            " it could be left half done: take COMMIT and ROLLBACK out of it."
        )
    row = {
        "number": migration.number,
        "name": migration.name,
        "checksum": migration.checksum,
    }
    connection.execute(_sql("insert_schema_migration"), row)


def _unseen(
    applied: Sequence[tuple[int, str, str]], known: Sequence[Migration]
) -> list[Migration]:
    """Compare the database with the folder; what is left has yet to run."""
    by_number = {migration.number: migration for migration in known}
    for number, name, checksum in applied:
        _check_applied(by_number.get(number), name, checksum)
    seen = {number for number, _, _ in applied}
    unseen = [migration for migration in known if migration.number not in seen]
    if unseen and seen and unseen[0].number < max(seen):
        raise MigrationError(
            f"Migration {unseen[0].name} comes before {max(seen):04}, which this"
            " database has run already: give it a higher number."
        )
    return unseen


def _check_applied(migration: Migration | None, name: str, checksum: str) -> None:
    if migration is None:
        raise MigrationError(
            f"This database has run migration {name}, which this version of the"
            " program does not know: use a newer version."
        )
    if (migration.name, migration.checksum) != (name, checksum):
        raise MigrationError(
            f"Migration {name} was changed after this database had run it: put the"
            " file back and write the change as a new migration."
        )


def _has_bookkeeping(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute(_sql("find_schema_migrations")).fetchone()
    return row is not None and row[0] is not None


def _applied(connection: psycopg.Connection[Any]) -> list[tuple[int, str, str]]:
    return connection.execute(_sql("read_schema_migrations")).fetchall()


def _sql(name: str) -> str:
    return statement("services.foundation", name)
