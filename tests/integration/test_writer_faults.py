"""What one request, ledger, queue or clock does wrong does not harm the others."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from services.foundation import freshness
from services.foundation.access import SCOPES, add_key, new_key
from services.foundation.ledgers import DEFAULT
from services.foundation.serving import Dsns
from services.ledger.app import create_app
from services.ledger.store import attempt as attempt_module
from services.ledger.store import recordings as r
from services.ledger.store import writer as writer_module
from services.ledger.store.writer import Writer
from tests.faults.proxy import Cut, a_proxy
from tests.faults.writing import (
    a_writer,
    contact,
    event,
    head_locked,
    identified,
    make_ledgers,
    outcome,
    record,
    recording,
    rows_of,
    submission,
    whole_log,
)
from tests.servers import Database

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


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    make_ledgers(database, DEFAULT, "slow", "other")
    with a_writer(database.service_dsn) as made:
        for ledger in (DEFAULT, "slow", "other"):
            record(made, identified("acme"), ledger=ledger)
        yield made


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


def poison() -> Any:
    return event("ContactMade", "acme", by="us", channel="phone", topic="poison")


def test_a_row_that_the_database_refuses_fails_alone(
    database: Database, writer: Writer
) -> None:
    run(database, POISON)
    with ThreadPoolExecutor(21) as clients:
        with head_locked(database):
            good = [
                clients.submit(outcome, writer, contact("acme", n), key=f"k{n}")
                for n in range(10)
            ]
            bad = clients.submit(outcome, writer, poison(), key="bad")
            good += [
                clients.submit(outcome, writer, contact("acme", n), key=f"k{n}")
                for n in range(10, 20)
            ]
        with pytest.raises(psycopg.errors.RaiseException):
            bad.result()
        told = [row for each in good for row in rows_of(each.result())]
    assert whole_log(database)[1:] == sorted(told)
    record(writer, contact("acme"), version=21)


def test_a_batch_with_a_row_that_the_database_refuses_leaves_nothing(
    database: Database, writer: Writer
) -> None:
    run(database, POISON)
    contents = [contact("acme"), poison()]
    lines = [recording(content, key=f"k{n}") for n, content in enumerate(contents)]
    with pytest.raises(psycopg.errors.RaiseException):
        writer.append(r.Submission(DEFAULT, lines))
    assert len(whole_log(database)) == 1
    record(writer, contact("acme"), key="k0", version=1)


def test_a_slow_ledger_does_not_stall_another(
    database: Database, writer: Writer
) -> None:
    with ThreadPoolExecutor(4) as clients:
        with head_locked(database, "slow"):
            held = clients.submit(record, writer, contact("acme"), ledger="slow")
            wait_until(lambda: waits_for_a_lock(database))
            for version in range(2, 52):
                row = record(writer, contact("acme"), ledger="other")
                assert row.version == version
            assert not held.done()
        assert held.result().version == 2


@pytest.mark.usefixtures("writer")
def test_a_busy_ledger_leaves_others_their_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one thread, and a queue that is never empty."""
    monkeypatch.setattr(writer_module, "ITEMS_A_TRANSACTION", 1)
    done: list[str] = []

    async def send(writer: Writer, ledger: str) -> None:
        await writer.record(submission(contact("acme"), ledger=ledger))
        done.append(ledger)

    async def send_all(writer: Writer) -> None:
        with head_locked(database, "slow"):
            tasks = [
                asyncio.create_task(send(writer, ledger))
                for ledger in [*["slow"] * 30, "other"]
            ]
            await asyncio.sleep(0)  # lets every task run until it has queued
        await asyncio.gather(*tasks)

    with a_writer(database.service_dsn, threads=1) as single:
        asyncio.run(send_all(single))
    assert done.count("slow") == 30
    assert done.index("other") < 5


def test_a_full_queue_refuses_at_once_and_loses_nothing(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUED_AT_MOST", 5)
    with ThreadPoolExecutor(40) as clients:
        with head_locked(database):
            first = clients.submit(outcome, writer, contact("acme", 0))
            wait_until(lambda: waits_for_a_lock(database))
            many = [
                clients.submit(outcome, writer, contact("acme", n))
                for n in range(1, 31)
            ]
            wait_until(lambda: sum(each.done() for each in many) == 25)
        errors = [each.exception() for each in many if each.exception() is not None]
        told = [first, *(each for each in many if each.exception() is None)]
    assert {type(error) for error in errors} == {r.QueueFull}
    assert len(errors) == 25
    recorded = [row for each in told for row in rows_of(each.result())]
    assert whole_log(database)[1:] == sorted(recorded)


AHEAD = "UPDATE ledger_heads SET recorded_at = clock_timestamp() + %s::interval"


def test_a_head_far_ahead_of_the_clock_takes_nothing(
    database: Database, writer: Writer
) -> None:
    run(database, AHEAD, "301 seconds")
    with pytest.raises(r.Unavailable):
        outcome(writer, contact("acme"))
    assert len(whole_log(database)) == 1
    run(database, AHEAD, "0")
    record(writer, contact("acme"))


def test_a_head_little_ahead_of_the_clock_lends_its_time(
    database: Database, writer: Writer
) -> None:
    run(database, AHEAD, "290 seconds")
    first, second = (record(writer, contact("acme", n)) for n in range(2))
    assert first.recorded_at == second.recorded_at
    assert [row.version for row in whole_log(database)] == [1, 2, 3]


@pytest.mark.usefixtures("writer")
def test_an_unknown_outcome_stays_unknown_when_the_clock_steps_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Unavailable` would say that nothing was recorded."""
    with a_proxy(database.service_dsn) as proxy, a_writer(proxy.dsn) as broken:
        record(broken, contact("acme"))

        def step_back(*_: Any) -> Any:
            raise r.Unavailable

        monkeypatch.setattr(attempt_module, "lock_head", step_back)
        proxy.cut_next_commit(Cut.AFTER_COMMIT)
        with pytest.raises(r.OutcomeUnknown):
            outcome(broken, contact("acme"), key="k")
    assert len(whole_log(database)) == 3


@pytest.mark.usefixtures("writer")
def test_connections_that_all_broke_do_not_make_an_outcome_unknown(
    database: Database,
) -> None:
    """As when a backend is killed: PostgreSQL then ends every connection."""
    with a_proxy(database.service_dsn) as proxy, a_writer(proxy.dsn) as broken:
        record(broken, contact("acme"))
        proxy.cut_next_commit(Cut.AFTER_COMMIT, others_too=True)
        row = record(broken, contact("acme"), key="k")
    assert whole_log(database)[-1] == row


@pytest.fixture
def http(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """The ledger service, in this process."""
    assert record(writer, contact("acme"))
    key, service = new_key(DEFAULT), database.service_dsn
    with psycopg.connect(database.owner_dsn) as connection:
        add_key(connection, DEFAULT, "owner", SCOPES, key)
    headers = {"Authorization": f"Bearer {key}"}
    app = create_app(Dsns(service, service))
    monkeypatch.setattr(freshness, "LISTEN_SECONDS", 0.05)
    with TestClient(app, headers=headers, raise_server_exceptions=False) as client:
        yield client


def assert_unavailable(client: TestClient, code: str = "unavailable") -> None:
    answer = client.post("/v1/events", json=contact("acme"))
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["Retry-After"] == "1"


def test_over_http_a_wrong_clock_is_unavailable(
    database: Database, http: TestClient
) -> None:
    run(database, AHEAD, "1 hour")
    assert_unavailable(http)


def test_over_http_a_full_queue_is_unavailable(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUED_AT_MOST", 0)
    assert_unavailable(http)


def test_over_http_an_unknown_outcome_says_so(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> Any:
        raise r.OutcomeUnknown

    monkeypatch.setattr(Writer, "_commit", lost)
    assert_unavailable(http, "outcome-unknown")


def test_over_http_the_other_events_of_a_group_are_answered(
    database: Database, http: TestClient
) -> None:
    run(database, POISON)
    waiting: list[Future[Any]] = []
    with ThreadPoolExecutor(5) as clients:
        with head_locked(database):
            for content in (contact("acme"), poison(), contact("acme")):
                send = clients.submit(http.post, "/v1/events", json=content)
                waiting.append(send)
            wait_until(lambda: waits_for_a_lock(database))
        codes = [each.result().status_code for each in waiting]
    assert codes == [201, 500, 201]


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
