import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.foundation.database import normalise_dsn, open_pool, statement
from services.foundation.settings import SettingsError
from tests.servers import Database


def test_both_forms_of_a_dsn_become_one() -> None:
    expected = {"host": "db", "port": "6432", "user": "me", "dbname": "ledger"}
    for dsn in (
        "postgresql://me@db:6432/ledger",
        "postgresql+psycopg://me@db:6432/ledger",
        " host=db port=6432 user=me dbname=ledger\n",
    ):
        assert conninfo_to_dict(normalise_dsn(dsn)) == expected


def test_a_wrong_dsn_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError) as refused:
        normalise_dsn("mysql://me:hidden@db")
    assert "hidden" not in str(refused.value)


def test_a_pool_speaks_utc_whatever_the_server_prefers(
    empty_database: Database,
) -> None:
    name = conninfo_to_dict(empty_database.owner_dsn)["dbname"]
    with psycopg.connect(empty_database.owner_dsn, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET timezone TO 'Asia/Tokyo'")
    with (
        open_pool(empty_database.service_dsn, min_size=1, max_size=2, name="t") as pool,
        pool.connection() as connection,
    ):
        query = (
            "SELECT current_setting('TimeZone'), current_setting($$application_name$$)"
        )
        assert connection.execute(query).fetchone() == ("UTC", "t")


@pytest.mark.parametrize(("prepared", "kept"), [(True, 1), (False, 0)])
def test_a_pool_behind_a_pooler_keeps_no_prepared_statement(
    empty_database: Database, *, prepared: bool, kept: int
) -> None:
    dsn = empty_database.service_dsn
    with (
        open_pool(dsn, min_size=1, max_size=1, name="t", prepared=prepared) as pool,
        pool.connection() as connection,
    ):
        for number in range(10):
            connection.execute("SELECT %s::integer", (number,))
        count = "SELECT count(*) FROM pg_prepared_statements"
        assert connection.execute(count, prepare=False).fetchone() == (kept,)


def test_a_statement_comes_without_its_comment() -> None:
    text = statement("services.foundation", "lock_schema_migrations")
    assert text == "LOCK TABLE schema_migrations IN EXCLUSIVE MODE"


def test_an_unknown_statement_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        statement("services.foundation", "missing")
