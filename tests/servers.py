"""Servers and databases for tests: one server a test process, a database a test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from services.foundation.embedded_postgres import EmbeddedPostgres, start

SERVICE = "ledger_service"
MIGRATED = "migrated"

# Unlike pytest's own, these may be entered by the user the server runs as, and leave
# room for the socket's path.
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # noqa: S108 - mkdtemp is used below
ROOM = 2 * 1024**3

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of a test's own, as its owner and as the services see it."""

    owner_dsn: str
    service_dsn: str


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder that any user may walk through, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-tests-", dir=_fastest()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _fastest() -> Path:
    """Prefer memory: a database is 300 small files, ten times as fast to make there."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room and os.access(MEMORY, os.W_OK) else DISK


@contextmanager
def embedded_server() -> Iterator[EmbeddedPostgres]:
    """A server of this process alone: workers of pytest-xdist share nothing."""
    with data_folder() as folder, start(folder, durable=False) as server:
        yield server


def fresh_database(dsn: str, *, template: str = "template1") -> tuple[str, str]:
    """Make a database on the server of `dsn`; its owner's DSN and the services'."""
    name = f"test_{next(_numbers)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            create.format(sql.Identifier(name), sql.Identifier(template))
        )
    owner = make_conninfo(dsn, dbname=name)
    return owner, make_conninfo(owner, user=SERVICE)


def name_template(dsn: str) -> str:
    """Turn a database that nobody uses any more into the template of others."""
    made = conninfo_to_dict(dsn)["dbname"]
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    maintenance = make_conninfo(dsn, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(
            rename.format(sql.Identifier(str(made)), sql.Identifier(MIGRATED))
        )
    return MIGRATED


def drop_database(dsn: str) -> None:
    """Drop a test's database, whoever is still connected to it."""
    name = conninfo_to_dict(dsn)["dbname"]
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name)))
    maintenance = make_conninfo(dsn, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(drop)
