"""What is revoked stays out: in every process, on open streams, after a restart."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from services.foundation.access import SCOPES
from services.foundation.sse import Pace
from tests.admission import make_key, pepper_of
from tests.e2e.asking import contact, problem
from tests.e2e.listening import CHANGES, EVENTS, Paced, listening, paced_service
from tests.e2e.test_services_apart import serving
from tests.running import running_from
from tests.servers import Database, data_folder

NOTICED = 1.0
"""Seconds, below those for which a process remembers a key: a notification came."""
QUICK = Pace(heartbeat=0.1, recheck=0.1)


@pytest.fixture
def paced(database: Database) -> Iterator[Paced]:
    with paced_service(database, QUICK) as made:
        yield made


def key_id(owner: httpx2.Client, name: str) -> str:
    items = owner.get("/v1/keys").json()["items"]
    return next(str(item["id"]) for item in items if item["name"] == name)


def test_a_key_that_one_process_revokes_is_refused_by_another_within_a_second(
    database: Database, tmp_path: Path
) -> None:
    """Of two services; how long a key is remembered is made longer than the test."""
    pepper = pepper_of(tmp_path)
    owner_key = make_key(database.owner_dsn, SCOPES, pepper=pepper)
    made = make_key(database.owner_dsn, ("read",), pepper=pepper)
    settings = {"LEDGER_DSN": database.service_dsn, "LEDGER_DATA_DIR": str(tmp_path)}
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(app, settings)) for app in APPS]
        owner, reader, elsewhere = (
            stack.enter_context(client_of(url, key))
            for url, key in zip((urls[0], *urls), (owner_key, made, made), strict=True)
        )
        name = "key for ('read',)"
        revoked = f"/v1/keys/{key_id(owner, name)}"
        for _ in range(5):  # the key is remembered, and looked at again beforehand
            assert elsewhere.get("/v1/projections").status_code == 200
        assert owner.delete(revoked).status_code == 204
        begun = time.monotonic()
        problem(reader.get("/v1/events"), "unauthorized")
        while elsewhere.get("/v1/projections").status_code == 200:
            assert time.monotonic() - begun < NOTICED
        problem(elsewhere.get("/v1/projections"), "unauthorized")


APPS = ("ledger", "projections")


def client_of(url: str, key: str) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.Client(base_url=url, headers=headers, timeout=10)


@pytest.mark.parametrize("path", [EVENTS, CHANGES])
def test_a_stream_ends_when_its_key_is_revoked_over_http(
    paced: Paced, path: str
) -> None:
    with paced.client(paced.make_key("admin")) as owner:
        asked = {"name": "listener", "scopes": ["read"]}
        made = owner.post("/v1/keys", json=asked).json()
        with paced.client(made["key"]) as other, listening(other, path) as stream:
            stream.block()
            begun = time.monotonic()
            assert owner.delete(f"/v1/keys/{made['id']}").status_code == 204
            stream.rest()
            assert time.monotonic() - begun < 10 * QUICK.recheck
            problem(other.get(path), "unauthorized")


@pytest.mark.parametrize("path", [EVENTS, CHANGES])
def test_an_open_stream_takes_nothing_of_its_keys_rate(paced: Paced, path: str) -> None:
    with paced.client(paced.make_key("admin")) as owner:
        asked = {"name": "slow", "scopes": ["read"], "requests_per_second": 1}
        made = owner.post("/v1/keys", json=asked).json()
    with paced.client(made["key"]) as slow, listening(slow, path) as stream:
        for _ in range(10):
            stream.block()
        assert slow.get("/v1/events").status_code == 200


def test_the_owners_key_stays_revoked_after_a_restart() -> None:
    with data_folder() as folder:
        with running_from(folder) as service:
            second = service.client.post(
                "/v1/keys", json={"name": "successor", "scopes": ["admin"]}
            ).json()["key"]
            owner = key_id(service.client, "owner")
            with service.with_key(second) as successor:
                assert successor.delete(f"/v1/keys/{owner}").status_code == 204
            problem(service.client.get("/v1/events"), "unauthorized")
        with running_from(folder) as service:
            problem(service.client.get("/v1/events"), "unauthorized")
            with service.with_key(second) as successor:
                assert successor.post("/v1/events", json=contact("x")).status_code in {
                    409,
                    201,
                }
                kept = successor.get("/v1/keys").json()["items"]
                assert [k["revoked_at"] is None for k in kept] == [False, True]
