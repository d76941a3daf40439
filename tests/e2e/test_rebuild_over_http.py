"""Rebuilding over HTTP and on the command line, by the worker of a running service."""

import json
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.e2e.asking import Json, contact, event, fresh, send
from tests.running import RunningService, running_service

NAMES = ("acts", "postings", "relationship")
WITHIN = 30.0


@pytest.fixture(scope="module")
def own() -> Iterator[RunningService]:
    """A service of this file's own: rebuilding under others' tests would confuse."""
    with running_service() as running:
        for _ in range(5):
            partner = fresh()
            meeting = event("PartnerIdentified", partner, name="Acme")
            send(running.client, [meeting, *[contact(partner) for _ in range(20)]])
        fresh_enough = {"min_position": 105, "wait": 30}
        for path in ("/v1/wheel", "/v1/balances", "/v1/partners"):
            assert running.client.get(path, params=fresh_enough).status_code == 200
        yield running


def told(client: httpx2.Client, name: str) -> Json:
    items = client.get("/v1/projections").json()["items"]
    return next(item for item in items if item["name"] == name)


def settled(client: httpx2.Client, name: str) -> Json:
    """What is told of a projection once nothing of it is being built."""
    deadline = time.monotonic() + WITHIN
    while (item := told(client, name))["rebuild"] is not None:
        assert time.monotonic() < deadline, item
        time.sleep(0.02)
    return item


def command(own: RunningService, *arguments: str, key: str | None = None) -> Result:
    asked = ["rebuild", *arguments, "--url", own.url]
    env = {"LEDGER_DATA_DIR": str(own.data_dir), "LEDGER_KEY": key}
    return CliRunner().invoke(app, asked, env=env)


@pytest.mark.parametrize("name", NAMES)
def test_a_rebuild_is_accepted_and_done_by_the_worker(
    own: RunningService, name: str
) -> None:
    before = settled(own.client, name)
    answer = own.client.post(f"/v1/projections/{name}/rebuild")
    assert answer.status_code == 202
    assert answer.headers["location"] == "/v1/projections"
    asked = answer.json()
    assert (asked["state"], asked["generation"]) == ("rebuilding", before["generation"])
    assert asked["rebuild"]["generation"] > before["generation"]
    assert asked["rebuild"]["version"] == before["version"]
    assert asked["progress"] == asked["rebuild"]["progress"]
    after = settled(own.client, name)
    assert after["state"] == "live"
    assert after["generation"] == asked["rebuild"]["generation"]
    assert after["kept_generation"] == before["generation"]
    assert after["last_error"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "rebuild"),
        ("DELETE", "rebuild"),
        ("POST", "rollback"),
        ("POST", "resume"),
    ],
)
def test_only_an_administrator_may_ask(
    own: RunningService, method: str, path: str
) -> None:
    key = own.make_key("read", "record")
    with own.with_key(key) as reader, own.anonymous() as nobody:
        for client, status in ((reader, 403), (nobody, 401)):
            answer = client.request(method, f"/v1/projections/acts/{path}")
            assert answer.status_code == status


@pytest.mark.parametrize("name", ["nothing", "events", "checkpoints"])
def test_an_unknown_projection_is_not_found(own: RunningService, name: str) -> None:
    for path in ("rebuild", "rollback", "resume"):
        assert own.client.post(f"/v1/projections/{name}/{path}").status_code == 404
    assert own.client.delete(f"/v1/projections/{name}/rebuild").status_code == 404


def test_cancelling_answers_204_whether_or_not_there_is_anything(
    own: RunningService,
) -> None:
    generation = settled(own.client, "acts")["generation"]
    for _ in range(2):
        answer = own.client.delete("/v1/projections/acts/rebuild")
        assert (answer.status_code, answer.content) == (204, b"")
    assert told(own.client, "acts")["generation"] == generation


def test_a_rollback_needs_something_that_is_kept(own: RunningService) -> None:
    own.client.post("/v1/projections/acts/rebuild")
    kept = settled(own.client, "acts")["kept_generation"]
    assert own.client.post("/v1/projections/acts/rollback").status_code == 202
    after = settled(own.client, "acts")
    assert (after["generation"], after["kept_generation"]) == (kept, None)
    refused = own.client.post("/v1/projections/acts/rollback")
    assert refused.status_code == 409
    assert refused.json()["code"] == "conflict"


def test_readers_never_fail_and_never_go_back_while_all_is_rebuilt(
    own: RunningService,
) -> None:
    paths = ("/v1/balances", "/v1/partners", "/v1/wheel")
    done, positions = threading.Event(), {path: [0] for path in paths}

    def read(path: str) -> None:
        with own.with_key(own.key) as client:
            while not done.is_set():
                answer = client.get(path)
                assert answer.status_code == 200, answer.text
                positions[path].append(int(answer.headers["ledger-position"]))

    def write() -> None:
        partner = fresh()
        with own.with_key(own.key) as client:
            send(client, event("PartnerIdentified", partner, name="Acme"))
            while not done.is_set():
                assert send(client, contact(partner)).status_code == 201

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    threads.append(threading.Thread(target=write))
    before = {name: settled(own.client, name)["generation"] for name in NAMES}
    for thread in threads:
        thread.start()
    try:
        for name in NAMES:
            own.client.post(f"/v1/projections/{name}/rebuild")
        after = {name: settled(own.client, name) for name in NAMES}
    finally:
        done.set()
        for thread in threads:
            thread.join()
    for path in paths:
        assert positions[path] == sorted(positions[path])
        assert positions[path][-1] > 0
    for name in NAMES:
        assert after[name]["generation"] > before[name]
        assert after[name]["last_error"] is None


def test_the_command_rebuilds_and_says_how_it_ended(own: RunningService) -> None:
    before = told(own.client, "postings")["generation"]
    result = command(own, "--all", "--json")
    assert result.exit_code == 0, result.output
    items = json.loads(result.stdout)["items"]
    assert sorted(item["name"] for item in items) == sorted(NAMES)
    assert all(item["rebuild"] is None for item in items)
    assert told(own.client, "postings")["generation"] > before
    result = command(own, "postings", "--rollback")
    assert result.exit_code == 0, result.output
    assert f"generation {before}" in result.stdout
    assert command(own, "postings", "--cancel").exit_code == 0


def test_the_command_says_what_is_wrong(own: RunningService) -> None:
    assert command(own).exit_code == 2
    assert command(own, "acts", "--all").exit_code == 2
    assert command(own, "acts", "--cancel", "--resume").exit_code == 2
    result = command(own, "nothing")
    assert result.exit_code == 1
    assert "no projection of that name" in result.stderr
