"""What one request, ledger, queue or clock does wrong does not harm the others."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from services.foundation.ledgers import DEFAULT
from services.ledger.store import attempt as attempt_module
from services.ledger.store import recordings as r
from services.ledger.store import writer as writer_module
from services.ledger.store.writer import Writer
from tests.faults.proxy import Cut, a_proxy
from tests.faults.writing import (
    AHEAD,
    POISON,
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
    run,
    submission,
    wait_until,
    waits_for_a_lock,
    whole_log,
)
from tests.servers import Database


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    make_ledgers(database, DEFAULT, "slow", "other")
    with a_writer(database.service_dsn) as made:
        for ledger in (DEFAULT, "slow", "other"):
            record(made, identified("acme"), ledger=ledger)
        yield made


def poison() -> Any:
    return event("ContactMade", "acme", by="us", channel="phone", topic="poison")


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged, without the time that a traceback takes on a terminal."""
    with capture_logs() as entries:
        yield entries


def test_a_row_that_the_database_refuses_fails_alone(
    database: Database, writer: Writer, logged: list[Any]
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
    assert [entry["event"] for entry in logged].count("recording_failed") == 1


def test_a_batch_with_a_row_that_the_database_refuses_leaves_nothing(
    database: Database, writer: Writer, logged: list[Any]
) -> None:
    run(database, POISON)
    contents = [contact("acme"), poison()]
    lines = [recording(content, key=f"k{n}") for n, content in enumerate(contents)]
    with pytest.raises(psycopg.errors.RaiseException):
        writer.append(r.Submission(DEFAULT, lines))
    assert len(whole_log(database)) == 1
    record(writer, contact("acme"), key="k0", version=1)
    assert [entry["event"] for entry in logged].count("recording_failed") == 1


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
