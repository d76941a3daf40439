"""The writer without HTTP: what an endpoint hands to it, and the log it leaves."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from contracts.canonical import Json
from services.foundation.database import open_pool
from services.foundation.event_log import StoredEvent, read_after
from services.foundation.ledgers import DEFAULT, create_ledger
from services.ledger.intake.prepare import Conditions, Sender, prepare
from services.ledger.store import recordings as r
from services.ledger.store.writer import Writer
from tests.admission import privacy
from tests.servers import Database

MOST = 1_000_000
AHEAD = "UPDATE ledger_heads SET recorded_at = clock_timestamp() + %s::interval"
POISON = """
CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.data LIKE '%poison%' THEN RAISE EXCEPTION 'poison'; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER events_poison BEFORE INSERT ON events
FOR EACH ROW EXECUTE FUNCTION refuse_poison()
"""


def make_ledgers(database: Database, *names: str) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        for name in names or (DEFAULT,):
            create_ledger(connection, name, "UTC")


@contextmanager
def a_pool(dsn: str) -> Iterator[ConnectionPool[Connection[Any]]]:
    with open_pool(dsn, min_size=2, max_size=6, name="test") as pool:
        pool.wait()
        yield pool


@contextmanager
def a_writer(dsn: str, threads: int = 4) -> Iterator[Writer]:
    """A writer with its own pool, as a process of its own would have."""
    with a_pool(dsn) as pool:
        writer = Writer(pool, privacy(), threads)
        try:
            yield writer
        finally:
            writer.close()


def event(kind: str, on: str, /, **data: Any) -> dict[str, Json]:
    return {"type": kind, "partner": on, "occurred_at": "2024-03-05", "data": data}


def identified(*names: str) -> list[Json]:
    return [event("PartnerIdentified", name, name=name.title()) for name in names]


def contact(on: str, number: int = 0) -> dict[str, Json]:
    return event("ContactMade", on, by="us", channel="phone", topic=f"No. {number}")


def recording(
    content: Json, *, key: str | None = None, version: int | None = None
) -> r.Recording:
    sender = Sender(UTC, "tester", datetime.now(UTC))
    return prepare(content, sender, Conditions(key, version))


def submission(
    content: Json,
    *,
    key: str | None = None,
    version: int | None = None,
    ledger: str = DEFAULT,
) -> r.Submission:
    return r.Submission(ledger, (recording(content, key=key, version=version),))


def outcome(writer: Writer, content: Json, **conditions: Any) -> r.Outcome:
    """What becomes of one recording."""
    return writer.append(submission(content, **conditions)).each[0]


def rows_of(found: r.Outcome) -> Sequence[StoredEvent]:
    assert isinstance(found, r.Recorded), found
    return found.rows


def record(writer: Writer, content: Json, **conditions: Any) -> StoredEvent:
    """Record what must be allowed; the last row."""
    return rows_of(outcome(writer, content, **conditions))[-1]


def refusal(writer: Writer, content: Json) -> str:
    """The name of the refusal that something must meet."""
    found = outcome(writer, content)
    assert isinstance(found, r.Refused), found
    return type(found.reason).__name__


def whole_log(database: Database, ledger: str = DEFAULT) -> list[StoredEvent]:
    """The log as its owner reads it; it has no gap, nor has any stream."""
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        rows = read_after(connection, ledger, 0, MOST)
        head = connection.execute(
            "SELECT position FROM ledger_heads WHERE ledger_id = %s", (ledger,)
        ).fetchone()
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert head == (len(rows),)
    assert_gapless((row.partner, row.version) for row in rows)
    assert len({row.id for row in rows}) == len(rows)
    times = [row.recorded_at for row in rows]
    assert times == sorted(times)
    return rows


def assert_gapless(versions: Iterable[tuple[str, int]]) -> None:
    """Each stream's versions, in order of position, count from one."""
    streams: Mapping[str, list[int]] = defaultdict(list)
    for partner, version in versions:
        streams[partner].append(version)
    for partner, found in streams.items():
        assert found == list(range(1, len(found) + 1)), partner


def keys_stored(database: Database, ledger: str = DEFAULT) -> int:
    with psycopg.connect(database.owner_dsn) as connection:
        count = "SELECT count(*) FROM idempotency WHERE ledger_id = %s"
        row = connection.execute(count, (ledger,)).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def head_locked(database: Database, ledger: str = DEFAULT) -> Iterator[None]:
    """Hold the lock on a ledger's head: whoever records there has to wait."""
    lock = "SELECT 1 FROM ledger_heads WHERE ledger_id = %s FOR UPDATE"
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(lock, (ledger,))
        yield
        connection.rollback()


def run(database: Database, sql: str, *parameters: Any) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(sql, parameters or None)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def waits_for_a_lock(database: Database) -> bool:
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        query = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        row = connection.execute(query).fetchone()
    return row is not None and row[0] > 0
