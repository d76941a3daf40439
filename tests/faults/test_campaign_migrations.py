"""kill -9 half-way through each migration: nothing is left of it, and it runs again.

The files run as they are released. An event trigger counts what they do to the schema
and waits, at one such moment, for a lock that the test holds.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
import pytest
from psycopg import Connection

from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.migrations.runner import FOLDER, migrate, pending
from tests.faults.processes import PROJECT
from tests.faults.writing import wait_until, waits_for_a_lock
from tests.servers import Database, drop_database, fresh_database

SEED: Final = "FAULT_SEED"
LOCK: Final = 20_240_301
FILES: Final = sorted(FOLDER.glob("*.sql"))
RUN: Final = (
    "import sys; from pathlib import Path;"
    "from services.foundation.migrations.runner import migrate;"
    "migrate(sys.argv[1], Path(sys.argv[2]))"
)
WATCH: Final = """
CREATE SCHEMA watching;
CREATE SEQUENCE watching.done;
CREATE TABLE watching.stop (at bigint);
INSERT INTO watching.stop VALUES (0);
CREATE FUNCTION watching.look() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('watching.done') = (SELECT at FROM watching.stop) THEN
        PERFORM pg_advisory_xact_lock(20240301);
    END IF;
END
$$;
CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watching.look();
"""
UNWATCH: Final = "DROP EVENT TRIGGER watching; DROP SCHEMA watching CASCADE"
SCHEMA: Final = """
SELECT c.oid::regclass::text, c.relkind::text, c.relacl::text, c.reloptions::text,
    (SELECT string_agg(
        format('%s %s %s %s %s', a.attname, a.atttypid::regtype, a.attnotnull,
            a.attacl, pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
     FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d
     ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT oid::regprocedure::text, proacl::text, prosrc, '', ''
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', ''
FROM pg_trigger WHERE NOT tgisinternal
"""
OTHERS: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
Schema = set[tuple[str | None, ...]]


def schema(database: Database) -> Schema:
    """All that migrations make, as the catalogue tells it."""
    with psycopg.connect(database.owner_dsn) as connection:
        names = connection.execute("SELECT name FROM schema_migrations").fetchall()
        return {*connection.execute(SCHEMA).fetchall(), *names}


def seeded() -> Random:
    seed = int(os.environ.get(SEED) or secrets.randbelow(10**9))
    print(f"{SEED}={seed}")  # noqa: T201 - to repeat it
    return Random(seed)  # noqa: S311 - repeatable


@contextmanager
def watched(database: Database, stop: int) -> Iterator[Connection[Any]]:
    """Count the changes of a schema, and have one of them wait for our lock."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        connection.execute(WATCH)
        connection.execute("UPDATE watching.stop SET at = %s", (stop,))
        yield connection
        connection.execute(UNWATCH)


@pytest.fixture
def another(server: EmbeddedPostgres) -> Iterator[Database]:
    made = Database(*fresh_database(server.dsn))
    yield made
    drop_database(made.owner_dsn)


@pytest.mark.timeout(300)
def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(
    empty_database: Database, another: Database, tmp_path: Path
) -> None:
    rng, database = seeded(), empty_database
    migrate(database.owner_dsn, tmp_path)
    migrate(another.owner_dsn, tmp_path)
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
        stop = rng.randint(1, steps_of_the_next(another, tmp_path))
        before = schema(database)
        kill_half_way(database, tmp_path, stop)
        assert schema(database) == before, (file.stem, stop)
        assert pending(database.owner_dsn, tmp_path) == [file.stem]
        assert migrate(database.owner_dsn, tmp_path) == [file.stem]
        assert schema(database) == schema(another)


def steps_of_the_next(database: Database, folder: Path) -> int:
    """Run what a folder has more, undisturbed; how many changes of the schema it is."""
    with watched(database, stop=0) as connection:
        migrate(database.owner_dsn, folder)
        row = connection.execute("SELECT last_value FROM watching.done").fetchone()
    assert row is not None
    return int(row[0])


def kill_half_way(database: Database, folder: Path, stop: int) -> None:
    """Run a folder in a process that is killed after so many changes of the schema."""
    with watched(database, stop) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        command = [sys.executable, "-c", RUN, database.owner_dsn, str(folder)]
        process = subprocess.Popen(command, cwd=PROJECT)  # noqa: S603 - our own
        wait_until(lambda: waits_for_a_lock(database))
        process.kill()
        process.wait()
        connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        wait_until(lambda: connection.execute(OTHERS).fetchone() is None)
