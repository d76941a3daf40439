"""Ledgers and keys on the command line, while the ledger serves."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.foundation.sealing import Keyring
from tests.e2e.asking import event
from tests.e2e.personal import EVERY, tell
from tests.running import RunningService, running_service


@pytest.fixture(scope="module")
def own() -> Iterator[RunningService]:
    """A service of this file's own: its wrapping key changes."""
    with running_service() as running:
        tell(running.client)
        yield running


def command(own: RunningService, *arguments: str) -> Result:
    env = {"LEDGER_DATA_DIR": str(own.data_dir)}
    return CliRunner().invoke(app, arguments, env=env)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_ledger_is_made_with_a_key_that_opens_it(own: RunningService) -> None:
    zone = ("--time-zone", "Asia/Tokyo")
    made = told(command(own, "ledgers", "create", "harbour", *zone, "--json"))
    assert (made["id"], made["time_zone"]) == ("harbour", "Asia/Tokyo")
    sent = event("PartnerIdentified", "acme", name="Acme")
    with own.with_key(made["key"]) as client:
        recorded = client.post("/v1/events", json=sent | {"occurred_at": "2026-03-05"})
        assert recorded.json()["occurred_from"] == "2026-03-04T15:00:00.000000Z"
    listed = {
        item["name"]: item
        for item in told(command(own, "ledgers", "list", "--json"))["items"]
    }
    assert listed["harbour"]["events"] == 1
    assert listed["default"]["time_zone"] == "UTC"
    assert made["key"] not in command(own, "ledgers", "list").output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ledgers", "create", "default"), 1, "There is a ledger default already."),
        (("ledgers", "create", "No"), 2, "small letters"),
        (("ledgers", "create", "a", "--time-zone", "Mars"), 2, "not an IANA time zone"),
        (("keys", "create", "a", "--scopes", "all"), 2, "Scopes are"),
        (("keys", "create", "a", "--ledger", "none"), 1, "There is no ledger none."),
        (("keys", "revoke", "0"), 1, "has no key 0"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(
    own: RunningService, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = command(own, *arguments)
    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_key_is_made_used_and_revoked(own: RunningService) -> None:
    made = told(command(own, "keys", "create", "Hanako", "--scopes", "read", "--json"))
    with own.with_key(made["key"]) as client:
        assert client.get("/v1/events").status_code == 200
        gone = told(command(own, "keys", "revoke", made["id"], "--json"))
        assert gone == {"id": made["id"], "ledger": "default", "revoked": True}
        wait_until_refused(client.get("/v1/events").status_code, client)
    (kept,) = [
        item
        for item in told(command(own, "keys", "list", "--json"))["items"]
        if item["id"] == made["id"]
    ]
    assert kept["revoked_at"] is not None
    assert made["key"] not in command(own, "keys", "list").output


def wait_until_refused(code: int, client: Any) -> None:
    """A notification takes a moment; without one it would be two seconds."""
    tries = 0
    while code != 401 and tries < 200:
        code, tries = client.get("/v1/events").status_code, tries + 1
    assert code == 401


def test_a_link_is_printed_for_a_colleague(own: RunningService) -> None:
    made = told(command(own, "keys", "create", "Taro", "--link", "--json"))
    assert "/login?token=al-link.default." in made["link"]
    assert "key" not in made


def test_personal_text_is_under_a_new_key_while_it_is_read_and_recorded(
    own: RunningService,
) -> None:
    path = own.data_dir / "kek"
    before, stop = path.read_text(), threading.Event()
    recorded: list[int] = []

    def go_on() -> None:
        while not stop.is_set():
            sent = event("ContactMade", "acme", by="us", channel="chat", note="Marker")
            recorded.append(own.client.post("/v1/events", json=sent).status_code)

    recording = threading.Thread(target=go_on)
    recording.start()
    result = command(own, "keys", "rotate", "--json")
    stop.set()
    recording.join()
    assert told(result)["key_file"] == str(path)
    assert told(result)["wrapped"] > 0
    assert set(recorded) == {201}
    (line,) = path.read_text().split()
    assert line not in before
    said = own.client.get("/v1/events", params={"limit": 1000}).text
    assert [text for text in EVERY if text not in said] == []
    assert "erased" not in said
    assert Keyring.of(path).names == {Keyring.of(path).newest}


def test_a_ledger_grows_to_its_limit_and_still_forgets_people(
    own: RunningService,
) -> None:
    made = told(
        command(own, "ledgers", "create", "small", "--max-events", "2", "--json")
    )
    sent = event("PartnerIdentified", "ines", name="Ines", kind="person")
    more = event("ContactMade", "ines", by="us", channel="chat")
    with own.with_key(made["key"]) as client:
        assert client.post("/v1/events", json=sent).status_code == 201
        refused = client.post("/v1/events", json=[more, more])
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
        assert client.post("/v1/events", json=more).status_code == 201
        assert client.post("/v1/events", json=more).status_code == 429
        erased = event("PersonalDataErased", "ines", person="ines", basis="asked")
        assert client.post("/v1/events", json=erased).status_code == 201
        assert command(own, "ledgers", "limit", "small", "9").exit_code == 0
        assert client.post("/v1/events", json=more).status_code == 201
