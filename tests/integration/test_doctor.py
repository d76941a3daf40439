"""The doctor names what is wrong, and nothing else."""

from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from services.cli.examining import UNSAFE, examine
from services.cli.main import app
from services.foundation.settings import Settings
from tests.servers import Database

# The tests' own server does not wait for the disk, and the doctor says so.
KNOWN = {"durability"}
AHEAD = "INSERT INTO ledger_heads VALUES ('x', 1, now() + interval '1 hour')"


def wrong(made: Database, data_dir: Path) -> set[str]:
    settings = Settings(_env_file=None, data_dir=data_dir)
    found = list(examine(settings, made.owner_dsn))
    assert all(finding.said for finding in found)
    return {finding.name for finding in found if not finding.ok} - KNOWN


def change(made: Database, sql: str) -> None:
    with psycopg.connect(made.owner_dsn, autocommit=True) as connection:
        connection.execute(sql)


def test_nothing_is_wrong_with_a_migrated_database(
    database: Database, tmp_path: Path
) -> None:
    assert wrong(database, tmp_path) == set()


def test_an_empty_database_wants_its_migrations(
    empty_database: Database, tmp_path: Path
) -> None:
    assert wrong(empty_database, tmp_path) == {"migrations"}


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("GRANT UPDATE ON events TO ledger_service", "rights"),
        ("REVOKE INSERT ON events FROM ledger_service", "rights"),
        ("ALTER TABLE events DISABLE TRIGGER events_immutable", "guards"),
        (AHEAD, "heads"),
    ],
)
def test_what_was_changed_is_named(
    database: Database, tmp_path: Path, sql: str, name: str
) -> None:
    change(database, sql)
    assert wrong(database, tmp_path) == {name}


def test_a_secret_that_others_may_read_is_named(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "pepper").write_text("secret")
    (tmp_path / "pepper").chmod(0o600)
    assert wrong(database, tmp_path) == set()
    (tmp_path / "pepper").chmod(0o644)
    assert wrong(database, tmp_path) == {"secrets"}


def test_what_makes_readers_skip_events_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UNSAFE, "yes")
    assert wrong(database, tmp_path) == {"environment"}


def test_the_command_ends_with_1_when_something_is_wrong(
    empty_database: Database, tmp_path: Path
) -> None:
    env = {"LEDGER_DSN": empty_database.owner_dsn, "LEDGER_DATA_DIR": str(tmp_path)}
    told = CliRunner().invoke(app, ["doctor", "--json"], env=env)
    assert told.exit_code == 1
    assert '"name": "migrations", "ok": false' in told.stdout
    assert (
        "alliance-ledger migrate" in CliRunner().invoke(app, ["doctor"], env=env).output
    )
