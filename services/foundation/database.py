"""Connections to PostgreSQL and the statements that run on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from psycopg import Connection, ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from services.foundation.settings import SettingsError

# psycopg prepares a statement on its fifth run; see `open_pool`.
RUNS_BEFORE_PREPARING = 5

# How long a caller waits for a connection, and the pool tries to open one.
WAIT_SECONDS = 5.0


def normalise_dsn(dsn: str) -> str:
    """Write a URI or key=value connection string in one canonical form.

    Raises SettingsError, without the string itself: it may hold a password.
    """
    plain = dsn.strip().replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        return make_conninfo("", **conninfo_to_dict(plain))
    except ProgrammingError:
        sentence = "The DSN is neither a postgresql:// URI nor key=value pairs."
        raise SettingsError(sentence) from None


def open_pool(
    dsn: str, *, min_size: int, max_size: int, name: str, prepared: bool = True
) -> ConnectionPool[Connection[Any]]:
    """Open a pool whose connections speak UTC and carry `name`.

    It fills in the background: `wait()` tells whether the server answers. Behind
    a pooler in transaction mode pass `prepared=False` (`Settings.is_pooled`): a
    prepared statement lives on one server connection and the next transaction may
    get another, unless the pooler tracks them (PgBouncer's
    `max_prepared_statements`).
    """
    return ConnectionPool(
        make_conninfo(normalise_dsn(dsn), application_name=name),
        kwargs={"prepare_threshold": RUNS_BEFORE_PREPARING if prepared else None},
        configure=speak_utc,
        min_size=min_size,
        max_size=max_size,
        timeout=WAIT_SECONDS,
        reconnect_timeout=WAIT_SECONDS,
        name=name,
        open=True,
    )


def speak_utc(connection: Connection[Any]) -> None:
    """Have times come back in UTC, whatever the server's default is.

    A plain SET and not the start-up `options`, which poolers may refuse; they
    follow TimeZone for each client, so it holds in transaction mode too.
    """
    if connection.info.parameter_status("TimeZone") != "UTC":
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()


@contextmanager
def planned_once(
    pool: ConnectionPool[Connection[Any]],
) -> Iterator[Connection[Any]]:
    """A connection for questions about one partner, whatever its name.

    A plan that serves every partner is kept; made for each anew, it takes several times
    as long as the answer.
    """
    with pool.connection() as connection:
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        yield connection


@cache
def statement(package: str, name: str) -> str:
    """Load `sql/<name>.sql` of a package: one SQL statement, without its comments.

    Lines of comment stay in the file: a `%` in one would be read as a parameter.
    """
    text = files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")
