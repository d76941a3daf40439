"""What clients are told when the writer cannot record."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from services.foundation import freshness
from services.foundation.access import SCOPES
from services.ledger.app import create_app
from services.ledger.store import recordings as r
from services.ledger.store import writer as writer_module
from services.ledger.store.writer import Writer
from tests.admission import make_key, means
from tests.faults.writing import (
    AHEAD,
    POISON,
    a_writer,
    contact,
    event,
    head_locked,
    identified,
    make_ledgers,
    record,
    run,
    wait_until,
    waits_for_a_lock,
)
from tests.servers import Database


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    make_ledgers(database)
    with a_writer(database.service_dsn) as made:
        record(made, identified("acme"))
        yield made


def poison() -> Any:
    return event("ContactMade", "acme", by="us", channel="phone", topic="poison")


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged, without the time that a traceback takes on a terminal."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def http(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """The ledger service, in this process."""
    assert record(writer, contact("acme"))
    key = make_key(database.owner_dsn, SCOPES)
    headers = {"Authorization": f"Bearer {key}"}
    app = create_app(means(database))
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
    database: Database, http: TestClient, logged: list[Any]
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
    assert [entry["event"] for entry in logged].count("recording_failed") == 1
