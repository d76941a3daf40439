"""Recorded events stay as they are, whoever asks."""

from collections.abc import Iterator

import psycopg
import pytest

from services.ledger.store.writer import Writer
from tests.faults.writing import (
    a_writer,
    identified,
    make_ledgers,
    record,
    whole_log,
)
from tests.servers import Database


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    make_ledgers(database)
    with a_writer(database.service_dsn) as made:
        record(made, identified("acme"))
        yield made


UNCHANGED = "UPDATE events SET data = data"
CHANGES = (
    UNCHANGED,
    "DELETE FROM events",
    "TRUNCATE events",
    "TRUNCATE events CASCADE",
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["service", "owner"])
@pytest.mark.usefixtures("writer")
def test_recorded_events_cannot_be_changed(
    database: Database, who: str, change: str
) -> None:
    dsn = database.service_dsn if who == "service" else database.owner_dsn
    said = "permission denied" if who == "service" else "events are immutable"
    before = whole_log(database)
    with (
        psycopg.connect(dsn) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=said),
    ):
        connection.execute(change)
    assert whole_log(database) == before


@pytest.mark.usefixtures("writer")
def test_the_service_cannot_disarm_the_trigger(database: Database) -> None:
    for trick in (
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_immutable ON events",
        "SET session_replication_role = replica",
        "DELETE FROM ledger_heads",
        "DELETE FROM ledgers",
        "UPDATE idempotency SET fingerprint = ''",
    ):
        with (
            psycopg.connect(database.service_dsn) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(trick)
