from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from services.foundation.migrations.runner import MigrationError, migrate, pending
from tests.servers import Database

FIRST = "CREATE TABLE first (id integer); INSERT INTO first VALUES (1);"
SECOND = "-- 100 % of it\nCREATE TABLE second (id integer);"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    (tmp_path / "0002_second.sql").write_text(SECOND)
    return tmp_path


def tables(database: Database) -> set[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(database.owner_dsn) as connection:
        return {name for (name,) in connection.execute(query)}


def test_migrations_run_once_and_in_order(
    empty_database: Database, folder: Path
) -> None:
    dsn = empty_database.owner_dsn
    assert pending(dsn, folder) == ["0001_first", "0002_second"]
    assert tables(empty_database) == set()
    assert migrate(dsn, folder) == ["0001_first", "0002_second"]
    assert migrate(dsn, folder) == []
    assert pending(dsn, folder) == []
    assert tables(empty_database) == {"first", "second", "schema_migrations"}


def test_a_new_file_is_all_that_runs_later(
    empty_database: Database, folder: Path
) -> None:
    migrate(empty_database.owner_dsn, folder)
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer)")
    assert migrate(empty_database.owner_dsn, folder) == ["0003_third"]


def test_runners_that_race_run_each_file_once(
    empty_database: Database, folder: Path
) -> None:
    def run(_: int) -> list[str]:
        return migrate(empty_database.owner_dsn, folder)

    with ThreadPoolExecutor(6) as threads:
        ran = [name for names in threads.map(run, range(6)) for name in names]
    assert sorted(ran) == ["0001_first", "0002_second"]


def test_a_migration_that_fails_leaves_nothing_and_stops_the_rest(
    empty_database: Database, folder: Path
) -> None:
    (folder / "0002_second.sql").write_text(SECOND + "SELECT 1 / 0;")
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer)")
    with pytest.raises(MigrationError, match=r"0002_second failed.*division by zero"):
        migrate(empty_database.owner_dsn, folder)
    assert tables(empty_database) == {"first", "schema_migrations"}
    assert pending(empty_database.owner_dsn, folder) == ["0002_second", "0003_third"]


def test_a_migration_whose_runner_is_cut_off_leaves_nothing(
    empty_database: Database, folder: Path
) -> None:
    cut = "SELECT pg_terminate_backend(pg_backend_pid());"
    (folder / "0002_second.sql").write_text(SECOND + cut)
    with pytest.raises(MigrationError, match="0002_second"):
        migrate(empty_database.owner_dsn, folder)
    assert tables(empty_database) == {"first", "schema_migrations"}


def test_a_file_changed_after_it_ran_is_an_error(
    empty_database: Database, folder: Path
) -> None:
    migrate(empty_database.owner_dsn, folder)
    (folder / "0001_first.sql").write_text(FIRST + "-- changed")
    with pytest.raises(MigrationError, match="0001_first was changed"):
        migrate(empty_database.owner_dsn, folder)
    with pytest.raises(MigrationError, match="0001_first was changed"):
        pending(empty_database.owner_dsn, folder)


def test_line_ends_are_no_change(empty_database: Database, folder: Path) -> None:
    migrate(empty_database.owner_dsn, folder)
    (folder / "0002_second.sql").write_bytes(SECOND.replace("\n", "\r\n").encode())
    assert migrate(empty_database.owner_dsn, folder) == []


def test_a_database_newer_than_the_program_is_an_error(
    empty_database: Database, folder: Path
) -> None:
    migrate(empty_database.owner_dsn, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match="use a newer version"):
        migrate(empty_database.owner_dsn, folder)


def test_a_late_file_with_a_low_number_is_an_error(
    empty_database: Database, folder: Path
) -> None:
    (folder / "0002_second.sql").rename(folder / "0003_second.sql")
    migrate(empty_database.owner_dsn, folder)
    (folder / "0002_late.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="a higher number"):
        migrate(empty_database.owner_dsn, folder)


def test_a_migration_may_not_end_its_transaction(
    empty_database: Database, folder: Path
) -> None:
    (folder / "0002_second.sql").write_text("COMMIT;")
    with pytest.raises(MigrationError, match="ends its transaction itself"):
        migrate(empty_database.owner_dsn, folder)


@pytest.mark.parametrize("name", ["0001_again.sql", "readme.sql", "3_short.sql"])
def test_files_that_cannot_be_ordered_are_an_error(
    empty_database: Database, folder: Path, name: str
) -> None:
    (folder / name).write_text("SELECT 1")
    with pytest.raises(MigrationError):
        migrate(empty_database.owner_dsn, folder)


def test_the_services_may_use_what_is_granted_and_nothing_else(
    empty_database: Database, folder: Path
) -> None:
    (folder / "0003_grant.sql").write_text("GRANT SELECT ON first TO ledger_service")
    migrate(empty_database.owner_dsn, folder)
    with psycopg.connect(empty_database.service_dsn) as connection:
        assert connection.execute("SELECT id FROM first").fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO first VALUES (2)")


def test_every_test_gets_a_migrated_database(database: Database) -> None:
    assert pending(database.owner_dsn) == []
