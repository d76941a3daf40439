"""Heads and proofs over HTTP, checked without any code of ours."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import psycopg
import pytest

from contracts.canonical import canonical
from services.foundation import embedded_postgres
from services.ledger.integrity.heads import file_of, read_heads
from tests.e2e.asking import contact, event, new_partner, send
from tests.e2e.personal import EVERY, tell
from tests.independent_proofs import (
    hash_leaf,
    read_note,
    root_by_path,
    roots_by_path,
)
from tests.running import RunningService, running_service

WITHIN = 20.0
Head = tuple[str, int, bytes]


@pytest.fixture(scope="module")
def own() -> Iterator[RunningService]:
    """A service whose heads are signed often, with events in its log."""
    with running_service(LEDGER_HEAD_SECONDS="0.2") as running:
        tell(running.client)
        partner = new_partner(running.client)
        for _ in range(3):
            send(running.client, [contact(partner)] * 100)
        yield running


def head_at(client: httpx2.Client, least: int) -> Head:
    """The newest head once it covers a position."""
    deadline = time.monotonic() + WITHIN
    vkey = wait_for_key(client)
    while True:
        answer = client.get("/v1/log/checkpoint")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/plain")
        head = read_note(answer.content, vkey)
        assert answer.headers["Ledger-Position"] == str(head[1])
        if head[1] >= least:
            return head
        assert time.monotonic() < deadline, head
        time.sleep(0.05)


def wait_for_key(client: httpx2.Client) -> str:
    deadline = time.monotonic() + WITHIN
    while (answer := client.get("/v1/log/key")).status_code == 404:
        assert answer.headers["Retry-After"] == "5"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (key,) = answer.text.splitlines()
    return key


def decoded(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(text, validate=True) for text in texts]


def newest_position(client: httpx2.Client) -> int:
    items = client.get("/v1/events", params={"order": "-position", "limit": 1}).json()
    position: int = items["items"][0]["position"]
    return position


def record_of(client: httpx2.Client, position: int) -> bytes:
    params = {"limit": 1000}
    items = client.get("/v1/events", params=params).json()["items"]
    (id_,) = [item["id"] for item in items if item["position"] == position]
    answer = client.get(f"/v1/events/{id_}", params={"format": "record"})
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("position", [1, 2, 5, 130, 300])
def test_an_event_is_proven_to_be_in_the_log_from_its_record(
    own: RunningService, position: int
) -> None:
    client = own.client
    _, size, root = head_at(client, newest_position(client))
    entry = hashlib.sha256(record_of(client, position)).digest()
    proof = client.get("/v1/log/proof/inclusion", params={"position": position}).json()
    assert (proof["size"], proof["index"]) == (size, position - 1)
    assert decoded([proof["leaf_hash"]]) == [hash_leaf(entry)]
    path = decoded(proof["hashes"])
    assert root_by_path(hash_leaf(entry), position - 1, size, path) == root


def test_a_record_is_the_event_in_a_fixed_order_with_sealed_texts(
    own: RunningService,
) -> None:
    stored = record_of(own.client, 3)
    members = json.loads(stored)
    assert canonical(members).encode() == stored
    items = own.client.get("/v1/events", params={"limit": 3}).json()["items"]
    shown = items[2]
    assert members[:8] == [
        "default",
        *(shown[name] for name in ("position", "id", "partner", "version")),
        *(shown[name] for name in ("type", "schema", "occurred_at")),
    ]
    assert members[8:14] == [shown["recorded_at"], "owner", None, None, None, None]
    assert json.loads(members[14])["side"] == "partner"
    assert json.loads(members[15]) == shown["completed"]
    assert [text for text in EVERY if text.encode() in stored] == []


def test_each_head_grew_out_of_every_earlier_one(own: RunningService) -> None:
    client = own.client
    older = head_at(client, 1)
    partner = new_partner(client)
    send(client, [contact(partner)] * 37)
    _, size, root = head_at(client, newest_position(client))
    asked = {"from": older[1], "to": size}
    proof = client.get("/v1/log/proof/consistency", params=asked).json()
    assert (proof["from"], proof["to"]) == (older[1], size)
    told = roots_by_path(older[1], size, decoded(proof["hashes"]), older[2])
    assert told == (older[2], root)


def test_an_erasure_changes_no_proof(own: RunningService) -> None:
    client = own.client
    _, size, root = head_at(client, newest_position(client))
    before = record_of(client, 3)
    sent = event("PersonalDataErased", "acme", person="hanako", basis="asked")
    assert client.post("/v1/events", json=sent).status_code == 201
    assert record_of(client, 3) == before
    asked = {"position": 3, "size": size}
    proof = client.get("/v1/log/proof/inclusion", params=asked).json()
    leaf = hash_leaf(hashlib.sha256(before).digest())
    assert root_by_path(leaf, 2, size, decoded(proof["hashes"])) == root
    shown = client.get("/v1/events", params={"limit": 3}).json()["items"][2]
    assert shown["data"]["name"] == "erased"


def test_heads_are_kept_in_a_file_outside_the_database(own: RunningService) -> None:
    client = own.client
    vkey, newest = wait_for_key(client), head_at(client, newest_position(client))
    notes = read_heads(file_of(own.data_dir, "default"))
    heads = [read_note(note.encode(), vkey) for note in notes]
    assert heads[-1] == newest
    assert [size for _, size, _ in heads] == sorted({size for _, size, _ in heads})


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("inclusion", {}),
        ("inclusion", {"position": 0}),
        ("inclusion", {"position": "x"}),
        ("inclusion", {"position": 10**9}),
        ("inclusion", {"position": 1, "size": 0}),
        ("inclusion", {"position": 1, "size": 10**9}),
        ("inclusion", {"position": 9, "size": 3}),
        ("inclusion", {"position": 2**63}),
        ("consistency", {}),
        ("consistency", {"from": -1}),
        ("consistency", {"from": 9, "to": 3}),
        ("consistency", {"from": 1, "to": 10**9}),
        ("consistency", {"from": 1, "until": 2}),
    ],
)
def test_a_proof_of_nothing_is_refused(
    own: RunningService, path: str, params: dict[str, Any]
) -> None:
    head_at(own.client, 1)
    answer = own.client.get(f"/v1/log/proof/{path}", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_another_ledgers_heads_are_its_own(own: RunningService) -> None:
    key = own.make_key("record", "read", ledger="another")
    with own.with_key(key) as client:
        new_partner(client)
        origin, size, _ = head_at(client, 1)
    assert origin.endswith("/another")
    assert size == 1


def test_only_who_may_read_gets_proofs(own: RunningService) -> None:
    with own.with_key(own.make_key("record")) as client:
        for path in ("checkpoint", "key", "proof/inclusion?position=1"):
            assert client.get(f"/v1/log/{path}").status_code == 403


def test_a_head_that_a_client_has_already_is_not_sent_again(
    own: RunningService,
) -> None:
    head_at(own.client, newest_position(own.client))
    first = own.client.get("/v1/log/checkpoint")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert own.client.get("/v1/log/checkpoint", headers=tag).status_code == 304


def test_nothing_is_handed_out_of_a_tree_that_was_found_altered(
    own: RunningService,
) -> None:
    key = own.make_key("record", "read", ledger="altered")
    with own.with_key(key) as client:
        new_partner(client)
        head_at(client, 1)
        with (
            embedded_postgres.start(own.data_dir) as server,
            psycopg.connect(server.dsn) as connection,
        ):
            connection.execute(
                "UPDATE trees SET halted = 'Altered.' WHERE ledger_id = 'altered'"
            )
        for path in ("checkpoint", "key", "proof/inclusion?position=1"):
            answer = client.get(f"/v1/log/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        new_partner(client)
