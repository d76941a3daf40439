"""Thousands of malformed requests: refused, never a failure, and without an echo."""

import json
import os
import re
from collections import Counter

import pytest

from tests.e2e.asking import contact, head, new_partner, record
from tests.e2e.bad_values import MARKER
from tests.e2e.malformed import places, requests
from tests.e2e.raw_http import PATIENCE, Answered, ask_raw
from tests.running import RunningService

SEED = int(os.environ.get("LEDGER_TEST_SEED", "20261124"))
LEDGER = "malformed"
SOON = 0.05
"""A server that waits for more by then is told that nothing comes."""
MARK = MARKER.encode()
SCRIPT = b"<script>" + MARK


@pytest.fixture(scope="module")
def key(service: RunningService) -> str:
    """The owner's key of a ledger with a partner and a few events."""
    made = service.make_key("record", "read", "admin", ledger=LEDGER)
    with service.with_key(made) as client:
        partner = new_partner(client)
        record(client, [contact(partner) for _ in range(5)])
    return made


def flaw(answer: Answered) -> str | None:
    """What an answer to a malformed request shows that it must not."""
    status = answer.status
    if status is not None and status >= 500:
        return "503 but not `not-yet`" if b"not-yet" not in answer.said else None
    if b"\r\nx-injected" in answer.said.lower():
        return "has a header that was sent"
    if SCRIPT in answer.said:
        return "holds a script that was sent"
    if any(text.isascii() for text in sentences(answer.said)):
        return "is told in English to who reads Japanese"
    # What is asked and answered may be named: whose day it is, what a form held.
    return "echoes" if MARK in answer.said and status != 200 else None


def sentences(said: bytes) -> list[bytes]:
    """What a problem answer in Japanese, sent alone, says."""
    alone = said.count(b"HTTP/1.1 ") == 1 and b"content-language: ja" in said.lower()
    return re.findall(rb'"(?:detail|reason)":"([^"]*)', said) if alone else []


def complaints(service: RunningService, key: str, count: int) -> list[str]:
    """What is wrong with the answers to so many malformed requests."""
    found, statuses = [], Counter[int | None]()
    for place, content, whole in requests(SEED, count, key):
        patience = PATIENCE if whole else SOON
        answer = ask_raw(service.url, content, patience=patience)
        statuses[answer.status] += 1
        wrong = flaw(answer)
        if wrong is not None:
            sent = content.replace(key.encode(), b"KEY")[:600]
            found.append(f"{place}: {wrong}\n{sent!r}\n{answer.said[:600]!r}")
    print(f"seed {SEED}: {dict(statuses)}")  # noqa: T201 (read when it fails)
    return found


def check(service: RunningService, key: str, count: int) -> None:
    with service.with_key(key) as client:
        before = head(client), len(client.get("/v1/keys").json()["items"])
        failed, greeted = failures(service), len(service.said())
        assert complaints(service, key, count) == []
        assert (head(client), len(client.get("/v1/keys").json()["items"])) == before
        assert failures(service) == failed
        assert client.get("/readyz").status_code == 200
        record(client, contact(new_partner(client)))
    assert MARKER not in service.said()
    logged = service.said()[greeted:].splitlines()
    assert [line for line in logged if not is_object(line)] == []


def is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def failures(service: RunningService) -> int:
    """How often the service has met what it did not expect."""
    said = service.said()
    return said.count("unexpected_failure") + said.count("Traceback")


def test_malformed_requests_fail_nothing_echo_nothing_and_record_nothing(
    service: RunningService, key: str
) -> None:
    check(service, key, 800)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_malformed_requests_do_not_either(
    service: RunningService, key: str
) -> None:
    check(service, key, 10_000)


def test_malformed_requests_go_to_every_path_and_page() -> None:
    asked = {each.place for each in requests(SEED, 800, "key")}
    assert asked == set(places())
    assert {"/record", "/v1/events", "/metrics"} <= {place.path for place in asked}
