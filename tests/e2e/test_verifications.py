"""Asking for a self-audit over HTTP."""

import time
from typing import Any

import httpx2

from tests.e2e.asking import contact, problem, record
from tests.running import RunningService


def result_of(client: httpx2.Client, wanted: str) -> Any:
    """The result with an id, once the worker has it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = client.get("/v1/verifications/latest")
        if answer.status_code == 200 and answer.json()["id"] == wanted:
            return answer.json()
        time.sleep(0.1)
    raise TimeoutError(wanted)


def test_a_self_audit_is_made_by_the_worker_and_finds_nothing(
    client: httpx2.Client, partner: str
) -> None:
    record(client, contact(partner))
    asked = client.post("/v1/verifications", params={"seed": 5})
    assert asked.status_code == 202
    assert asked.headers["Location"] == "/v1/verifications/latest"
    told = result_of(client, asked.json()["id"])
    assert (told["ok"], told["seed"], told["problems"]) == (True, 5, [])
    assert told["checked"]["positions"] == told["position"] > 0
    assert told["checked"]["partners"] > 0
    assert told["started_at"] <= told["finished_at"]


def test_only_an_admin_asks_for_one_and_any_reader_sees_it(
    service: RunningService, client: httpx2.Client, reading_key: str, partner: str
) -> None:
    record(client, contact(partner))
    with service.with_key(reading_key) as reader:
        problem(reader.post("/v1/verifications"), "forbidden")
        asked = client.post("/v1/verifications").json()
        assert result_of(reader, asked["id"])["id"] == asked["id"]
    with service.anonymous() as nobody:
        problem(nobody.get("/v1/verifications/latest"), "unauthorized")


def test_a_ledger_that_was_never_audited_says_so(
    service: RunningService, foreign_key: str
) -> None:
    with service.with_key(foreign_key) as other:
        problem(other.get("/v1/verifications/latest"), "not-found")


def test_a_seed_out_of_range_is_refused(client: httpx2.Client) -> None:
    for seed in ("-1", "x", str(2**31)):
        answer = client.post("/v1/verifications", params={"seed": seed})
        problem(answer, "invalid")


def test_the_metrics_are_told(service: RunningService) -> None:
    with service.anonymous() as nobody:
        told = nobody.get("/metrics").text
    assert "ledger_audits_problems 0.0" in told
