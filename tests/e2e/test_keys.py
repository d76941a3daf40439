"""Keys are made, used, listed and revoked over HTTP."""

import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.asking import contact, new_partner
from tests.running import RunningService, running_service

Json = dict[str, object]


def create(client: httpx2.Client, **asked: object) -> dict[str, str]:
    answer = client.post(
        "/v1/keys", json={"name": "tester", "scopes": ["read"]} | asked
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def listed(client: httpx2.Client, key_id: str) -> dict[str, object]:
    items = client.get("/v1/keys", params={"limit": 1000}).json()["items"]
    return next(item for item in items if item["id"] == key_id)


def test_a_new_key_does_what_its_scopes_say_and_no_more(
    service: RunningService, client: httpx2.Client
) -> None:
    made = create(client, scopes=["read"])
    with service.with_key(made["key"]) as reader:
        assert reader.get("/v1/events").status_code == 200
        assert reader.post("/v1/events", json=contact("acme")).status_code == 403
        assert reader.get("/v1/keys").status_code == 403


def test_what_is_recorded_keeps_the_name_of_its_key(
    service: RunningService, client: httpx2.Client
) -> None:
    made = create(client, name="花子", scopes=["record"])
    partner = new_partner(client)
    with service.with_key(made["key"]) as recorder:
        recorded = recorder.post("/v1/events", json=contact(partner)).json()
    assert recorded["recorded_by"] == "花子"
    assert client.delete(f"/v1/keys/{made['id']}").status_code == 204
    again = client.get(f"/v1/events/{recorded['id']}").json()
    assert again["recorded_by"] == "花子"


def test_the_secret_is_shown_once_and_the_list_tells_when_it_was_used(
    service: RunningService, client: httpx2.Client
) -> None:
    answer = client.post("/v1/keys", json={"name": "a", "scopes": ["read", "read"]})
    made = answer.json()
    assert answer.headers["Location"] == f"/v1/keys/{made['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    before = listed(client, made["id"])
    assert (before["last_used_at"], before["scopes"]) == (None, ["read"])
    with service.with_key(made["key"]) as reader:
        reader.get("/v1/events")
    assert listed(client, made["id"])["last_used_at"] is not None
    assert made["key"] not in client.get("/v1/keys").text


def test_a_revoked_key_is_let_in_no_more_at_once(
    service: RunningService, client: httpx2.Client
) -> None:
    made = create(client)
    with service.with_key(made["key"]) as reader:
        assert reader.get("/v1/events").status_code == 200
        assert client.delete(f"/v1/keys/{made['id']}").status_code == 204
        assert reader.get("/v1/events").status_code == 401
    assert listed(client, made["id"])["revoked_at"] is not None
    assert client.delete(f"/v1/keys/{made['id']}").status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"scopes": []},
        {"scopes": ["owner"]},
        {"scopes": "read"},
        {"requests_per_second": 0},
        {"requests_per_second": True},
        {"ledger": "another"},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    client: httpx2.Client, wrong: Json
) -> None:
    before = client.get("/v1/keys", params={"limit": 1000}).json()
    asked = {"name": "tester", "scopes": ["read"]} | wrong
    answer = client.post("/v1/keys", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert client.get("/v1/keys", params={"limit": 1000}).json() == before


def test_another_ledgers_keys_are_not_there(
    service: RunningService, client: httpx2.Client, foreign_key: str
) -> None:
    made = create(client)
    with service.with_key(foreign_key) as stranger:
        refused = stranger.delete(f"/v1/keys/{made['id']}")
        unknown = stranger.delete("/v1/keys/0000000000000000")
        assert refused.status_code == 404
        assert refused.json() == unknown.json()
        assert made["id"] not in stranger.get("/v1/keys").text
    assert listed(client, made["id"])["revoked_at"] is None


def test_the_list_is_paged(client: httpx2.Client) -> None:
    made = {create(client)["id"] for _ in range(3)}
    seen: list[str] = []
    url: str | None = "/v1/keys?limit=1"
    while url is not None:
        answer = client.get(url)
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("Link")
        url = None if link is None else link[1 : link.index(">")]
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    service: RunningService, client: httpx2.Client
) -> None:
    made = create(client, requests_per_second=1)
    with service.with_key(made["key"]) as eager:
        answers = [eager.get("/v1/events") for _ in range(5)]
        refused = [a for a in answers if a.status_code == 429]
        assert refused
        assert refused[0].json()["code"] == "too-many"
        time.sleep(int(refused[0].headers["Retry-After"]))
        assert eager.get("/v1/events").status_code == 200
    assert client.get("/v1/events").status_code == 200


@pytest.fixture(scope="module")
def slow_service() -> Iterator[RunningService]:
    """A service whose keys ask twice a second unless they may more often."""
    with running_service(LEDGER_REQUESTS_PER_SECOND="2") as running:
        yield running


def test_the_settings_say_how_often_keys_without_a_rate_may_ask(
    slow_service: RunningService,
) -> None:
    codes = [slow_service.client.get("/v1/schemas/x").status_code for _ in range(9)]
    assert set(codes) == {404}
    codes = [slow_service.client.get("/v1/events").status_code for _ in range(9)]
    assert codes.count(200) in {4, 5, 6}
    assert codes[-1] == 429
