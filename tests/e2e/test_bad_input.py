"""Bad input: the right code, nothing recorded, no failure, and no echo."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from contracts.events import EventData
from tests.builders import EXAMPLES, LEDGER_ONLY
from tests.e2e import bad_bodies as bodies
from tests.e2e import bad_values as bad
from tests.e2e.asking import Json, event, flaw_of, fresh, head, new_partner, send
from tests.e2e.asking import contact as good_contact
from tests.running import RunningService

TYPES = sorted(EventData.catalogue)


@pytest.fixture(scope="module")
def known(service: RunningService) -> str:
    """A partner that exists, so that nothing is refused for want of one."""
    return new_partner(service.client)


@pytest.fixture(autouse=True)
def nothing_is_recorded(known: str, client: httpx2.Client) -> Iterator[None]:
    """Whatever a test of this module sends, the log stays as long as it was."""
    assert known
    before = head(client)
    yield
    assert head(client) == before, "something was recorded"


def complaint(answer: httpx2.Response, *codes: str) -> str | None:
    """What is wrong with the answer to a bad request, if anything."""
    told = bad.MARKER in answer.text or bad.MARKER in str(answer.headers)
    if told:
        return f"echoes: {answer.text[:300]}"
    flaws = [flaw_of(answer, code) for code in codes or ("invalid",)]
    return None if None in flaws else flaws[0]


def stream_of(name: str, known: str) -> str:
    return "_ledger" if name in LEDGER_ONLY else known


def test_every_type_has_its_examples_and_all_fields_are_tried() -> None:
    assert set(EXAMPLES) == set(TYPES)
    # An offer and a commitment exclude each other; the offer stands for both.
    missing = {
        (name, field)
        for name in TYPES
        for field in EventData.catalogue[name].model_fields
        if field not in EXAMPLES[name]["full"]
    }
    assert missing == {("HelpDelivered", "commitment")}


@pytest.mark.parametrize("name", TYPES)
def test_no_field_of_a_type_takes_what_it_should_not(
    client: httpx2.Client, known: str, name: str
) -> None:
    complaints = []
    for what, data in bad.faulty_data(name):
        sent = {**event(name, stream_of(name, known)), "data": data}
        # With a key, since its fingerprint is taken of whatever was sent.
        answer = send(client, sent, {"Idempotency-Key": fresh("k")})
        found = complaint(answer)
        complaints += [f"{what}: {found}"] if found else []
    assert not complaints, "\n".join(complaints)


def test_no_member_of_an_event_takes_what_it_should_not(
    client: httpx2.Client, known: str
) -> None:
    complaints = []
    for member, value in bad.faulty_members():
        found = complaint(send(client, good_contact(known, **{member: value})))
        complaints += [f"{member}={bodies.short(str(value))}: {found}"] if found else []
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: [item]])
def test_an_event_without_type_or_data_is_invalid(
    client: httpx2.Client, known: str, wrap: Any
) -> None:
    whole = event("GoalAsked", known, by="us")
    for member in ("type", "partner", "data"):
        partly = {n: v for n, v in whole.items() if n != member}
        assert complaint(send(client, wrap(partly))) is None


def test_no_body_that_is_not_an_event_is_taken(client: httpx2.Client) -> None:
    complaints = []
    headers = {"Content-Type": "application/json"}
    for body in bodies.faulty_bytes():
        answer = client.post("/v1/events", content=body, headers=headers)
        codes = ("too-large", "invalid") if len(body) > 32 * 1024 else ("invalid",)
        found = complaint(answer, *codes)
        complaints += [f"{bodies.short(str(body))}: {found}"] if found else []
    assert not complaints, "\n".join(complaints)


def test_nesting_of_10000_levels_inside_an_event_is_refused(
    client: httpx2.Client, known: str
) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = bodies.deep(10_000, opening, closing)
        text = json.dumps(event("GoalAsked", known, by="us")).replace('"us"', deep)
        headers = {"Content-Type": "application/json"}
        answer = client.post("/v1/events", content=text, headers=headers)
        assert complaint(answer, "invalid", "too-large") is None


def test_bad_lines_of_a_batch_are_refused_one_by_one(client: httpx2.Client) -> None:
    lines = [
        text for text in bodies.faulty_texts() if "\n" not in text and text.strip()
    ]
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/events/batch", content="\n".join(lines), headers=headers)
    body = answer.json()
    assert (body["recorded"], body["refused"]) == (0, len(lines))
    assert {p["problem"]["status"] for p in body["problems"]} <= {413, 422}
    assert bad.MARKER not in answer.text


def test_bad_bytes_do_not_spoil_the_other_lines_of_a_batch(
    client: httpx2.Client,
) -> None:
    lines = [b for b in bodies.faulty_bytes() if b"\n" not in b and b.strip(b" \0")]
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/events/batch", content=b"\n".join(lines), headers=headers)
    assert answer.status_code == 200
    assert answer.json()["recorded"] == 0
    assert bad.MARKER not in answer.text


def lines_of(name: str, known: str) -> list[Json]:
    return [
        {**event(name, stream_of(name, known)), "data": data, "key": fresh("k")}
        for _, data in bad.faulty_data(name)
    ]


@pytest.mark.parametrize("name", ["HelpDelivered", "PartnerIdentified", "ContactMade"])
def test_a_batch_takes_no_bad_field_either(
    client: httpx2.Client, known: str, name: str
) -> None:
    lines = lines_of(name, known)
    content = "\n".join(json.dumps(line) for line in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/events/batch", content=content, headers=headers)
    body = answer.json()
    assert (body["recorded"], body["refused"]) == (0, len(lines))
    assert {p["problem"]["code"] for p in body["problems"]} == {"invalid"}
    assert bad.MARKER not in answer.text


def test_an_event_of_more_than_32_kib_is_too_large(
    client: httpx2.Client, known: str
) -> None:
    headers = {"Content-Type": "application/json"}
    padded = json.dumps(good_contact(known)).ljust(32 * 1024 + 1)
    many = event("IdeaProposed", known, by="us", statement="x", goals=["g"] * 9000)
    for text in (padded, json.dumps(many)):
        answer = client.post("/v1/events", content=text, headers=headers)
        assert complaint(answer, "too-large") is None


def test_a_body_of_more_than_1_mib_is_too_large(
    client: httpx2.Client, known: str
) -> None:
    headers = {"Content-Type": "application/json"}
    text = json.dumps([good_contact(known)]).ljust(1024 * 1024 + 1).encode()
    answer = client.post("/v1/events", content=text, headers=headers)
    assert complaint(answer, "too-large") is None
    pieces = (text[at : at + 65536] for at in range(0, len(text), 65536))
    answer = client.post("/v1/events", content=pieces, headers=headers)
    assert complaint(answer, "too-large") is None


WRONG_ALONE: list[tuple[str, Json]] = [
    ("HelpDelivered", {"by": "us", "kind": "k", "offer": "o", "commitment": "c"}),
    ("HelpDelivered", {"by": "us", "kind": "k", "completes": True}),
    ("HelpDelivered", {"by": "us", "kind": "k", "commitment": bad.MARKER + " "}),
    ("CommitmentChanged", {"commitment": "c", "delta": "0", "reason": "r"}),
    ("EventCorrected", {"target": EXAMPLES["EventCorrected"]["full"]["target"]}),
    ("EventCorrected", {**EXAMPLES["EventRetracted"]["full"]}),
    ("EventCorrected", {**EXAMPLES["EventCorrected"]["full"], "occurred_at": "2999"}),
]


@pytest.mark.parametrize(("name", "data"), WRONG_ALONE)
def test_what_the_request_alone_shows_to_be_wrong_is_invalid(
    client: httpx2.Client, known: str, name: str, data: Json
) -> None:
    assert complaint(send(client, event(name, known, **data))) is None


@pytest.mark.parametrize("header", ["Idempotency-Key", "If-Match", "Authorization"])
@pytest.mark.parametrize("value", [b"\xff\xfe", b'"\x80', b"x" * 5000, b'"\\"'])
def test_headers_that_cannot_be_read_are_refused(
    client: httpx2.Client, known: str, header: str, value: bytes
) -> None:
    headers = [(b"Content-Type", b"application/json"), (header.encode(), value)]
    content = json.dumps(good_contact(known))
    answer = client.post("/v1/events", content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
