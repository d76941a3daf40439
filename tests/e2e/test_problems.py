"""Problem answers: who may ask, in which language, and what is told."""

import gzip
import json

import httpx2
import pytest

from tests.e2e.asking import (
    contact,
    event,
    flaw_of,
    head,
    pointers,
    problem,
    record,
    send,
)
from tests.running import RunningService

READS = (
    *("/v1/events", "/v1/partners", "/v1/balances", "/v1/offers", "/v1/commitments"),
    *("/v1/partners/nobody/balance", "/v1/partners/nobody/postings", "/v1/projections"),
    "/v1/events/01890a5d-ac96-774b-bcce-b302099a8057",
)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "sent", [None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer al.default.x"]
)
def test_without_a_valid_key_nothing_is_read(
    service: RunningService, path: str, sent: str | None
) -> None:
    headers = {} if sent is None else {"Authorization": sent}
    with service.anonymous(**headers) as stranger:
        answer = stranger.get(path)
    problem(answer, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_valid_key_nothing_is_recorded(
    service: RunningService, client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    with service.anonymous() as stranger:
        problem(send(stranger, contact(partner)), "unauthorized")
        problem(send(stranger, {"nonsense": 1}), "unauthorized")
        problem(stranger.post("/v1/events/batch"), "unauthorized")
    assert head(client) == before


def test_the_scheme_of_a_key_is_written_in_any_case(service: RunningService) -> None:
    with service.anonymous(Authorization=f"bearer {service.key}") as ours:
        assert ours.get("/v1/events?limit=1").status_code == 200


def test_a_key_is_not_taken_from_the_address(service: RunningService) -> None:
    with service.anonymous() as stranger:
        answer = stranger.get("/v1/events", params={"token": service.key})
    assert answer.status_code in {401, 422}


def test_who_may_only_read_may_not_record(
    service: RunningService, client: httpx2.Client, partner: str, reading_key: str
) -> None:
    before = head(client)
    with service.with_key(reading_key) as reader:
        assert reader.get("/v1/events?limit=1").status_code == 200
        problem(send(reader, contact(partner)), "forbidden")
        problem(reader.post("/v1/events/batch"), "forbidden")
    assert head(client) == before


def test_who_may_only_record_may_not_read(
    service: RunningService, partner: str, recording_key: str
) -> None:
    with service.with_key(recording_key) as recorder:
        record(recorder, contact(partner))
        for path in READS:
            problem(recorder.get(path), "forbidden")


def test_another_ledger_is_not_to_be_found(
    service: RunningService, client: httpx2.Client, partner: str, foreign_key: str
) -> None:
    ours = record(client, contact(partner))
    with service.with_key(foreign_key) as foreigner:
        problem(foreigner.get(f"/v1/events/{ours['id']}"), "not-found")
        problem(foreigner.get(f"/v1/partners/{partner}/balance"), "not-found")
        assert foreigner.get("/v1/events").json()["items"] == []
        caused = contact(partner, causation=ours["id"])
        problem(send(foreigner, caused), "conflict")
        named = event("PartnerIdentified", partner, name="Ours")
        assert record(foreigner, named)["position"] == 1


@pytest.mark.parametrize("path", ["/v1/schemas", "/v1/schemas/ContactMade", "/livez"])
def test_some_paths_need_no_key(service: RunningService, path: str) -> None:
    with service.anonymous() as stranger:
        assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_probes_need_no_key(service: RunningService, path: str) -> None:
    with service.anonymous() as stranger:
        assert stranger.get(path).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("JA", "ja"),
        ("fr, ja;q=0.5, en;q=0.4", "ja"),
        ("ja;q=0.4, en;q=0.8", "en"),
        ("ja;q=0, en;q=0.1", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("en, ja", "en"),
        ("ja; q=0.9, en; q=0.1", "ja"),
        ("ja; q=0.1, en; q=0.9", "en"),
        ("x;q=y,,;;", "en"),
    ],
)
def test_a_title_is_in_the_language_of_the_client(
    client: httpx2.Client, wanted: str | None, language: str
) -> None:
    headers = {} if wanted is None else {"Accept-Language": wanted}
    answer = client.get("/v1/events?limit=0", headers=headers)
    title = problem(answer, "invalid")["title"]
    assert title.isascii() == (language == "en")


def test_each_fault_has_its_place_and_its_reason(
    client: httpx2.Client, partner: str
) -> None:
    wrong = event("HelpOffered", partner, by="we", kind="Space", quantity={"amount": 1})
    told = problem(send(client, wrong), "invalid")
    assert set(pointers(told)) >= {"/data/by", "/data/kind", "/data/quantity/amount"}
    assert all(fault["reason"] for fault in told["errors"])


def test_a_compressed_body_is_not_supported_and_the_answer_says_what_is(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    for coding in ("gzip", "br", "deflate, gzip"):
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        content = gzip.compress(json.dumps(contact(partner)).encode())
        answer = client.post("/v1/events", content=content, headers=headers)
        problem(answer, "unsupported-media-type")
        assert answer.headers["accept-encoding"] == "identity"
    assert head(client) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", None, "json"])
def test_another_media_type_is_not_supported(
    client: httpx2.Client, partner: str, kind: str | None
) -> None:
    before = head(client)
    content = f'{{"type": "GoalAsked", "partner": "{partner}", "data": {{"by": "us"}}}}'
    headers = {} if kind is None else {"Content-Type": kind}
    answer = client.post("/v1/events", content=content.encode(), headers=headers)
    problem(answer, "unsupported-media-type")
    assert head(client) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/events"),
        ("DELETE", "/v1/events"),
        ("PATCH", "/v1/events/01890a5d-ac96-774b-bcce-b302099a8057"),
        ("DELETE", "/v1/events/01890a5d-ac96-774b-bcce-b302099a8057"),
        ("POST", "/v1/partners"),
        ("POST", "/v1/balances"),
        ("POST", "/livez"),
    ],
)
def test_another_method_is_not_allowed(
    client: httpx2.Client, method: str, path: str
) -> None:
    answer = client.request(method, path)
    problem(answer, "method-not-allowed")
    assert answer.headers["Allow"]


def test_the_methods_that_are_allowed_are_named(client: httpx2.Client) -> None:
    allowed = client.put("/v1/events").headers["Allow"]
    assert {"GET", "POST"} <= {name.strip() for name in allowed.split(",")}


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v2/events", "/v1/"])
def test_an_unknown_path_is_not_found(client: httpx2.Client, path: str) -> None:
    problem(client.get(path), "not-found")


def test_no_answer_says_what_the_service_is_made_of(client: httpx2.Client) -> None:
    told = client.get("/v1/nothing").text + client.get("/v1/events?limit=x").text
    for word in ("pydantic", "fastapi", "starlette", "psycopg", "Traceback"):
        assert word not in told


def test_a_recording_takes_no_query_parameters(
    client: httpx2.Client, partner: str
) -> None:
    headers = {"Content-Type": "application/json"}
    content = f'{{"type": "GoalAsked", "partner": "{partner}", "data": {{"by": "us"}}}}'
    answer = client.post("/v1/events?dry_run=1", content=content, headers=headers)
    problem(answer, "invalid")


def test_a_conflict_is_told_in_a_sentence(client: httpx2.Client, partner: str) -> None:
    answer = send(client, event("OfferAccepted", partner, offer="none"))
    assert flaw_of(answer, "conflict") is None
    assert answer.json()["detail"].strip()
