"""A full disk: nothing acknowledged is lost, and recording goes on after it."""

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.e2e.asking import contact, event
from tests.faults.campaign.small_disk import fill, smallest_disk
from tests.faults.clients import Told
from tests.faults.processes import Ledger, a_ledger_in
from tests.faults.reading import whole_log

WITHIN: Final = 90.0
LOOK_AGAIN: Final = 0.02
REFUSALS: Final = 20
NOT_NOW: Final = ("unavailable", "outcome-unknown")
LONG: Final = "x" * 4000
"""So that the tables need room soon."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger on a disk of its own."""
    with smallest_disk() as data:
        if not data.is_mount():
            pytest.skip("no small disk can be mounted: that takes root, and the right")
        with a_ledger_in(data, tmp_path / "log") as made:
            made.is_supervised = True
            yield made


class Recording:
    """What a client asked for, each with a key of its own, and what it was told."""

    def __init__(self, ledger: Ledger, http: httpx2.Client) -> None:
        self.ledger, self.http = ledger, http
        self.acknowledged: dict[str, str] = {}
        self.refused: list[str] = []
        self._keys = count(1)

    def one_more(self) -> None:
        self.send(f"key-{next(self._keys)}")

    def send(self, key: str) -> None:
        """Ask once; no answer at all is a refusal too."""
        self.ledger.look_after()
        content = contact("acme", correlation=key)
        content["data"]["note"] = LONG
        with suppress(httpx2.TransportError):
            headers = {"Idempotency-Key": key}
            answer = self.http.post("/v1/events", json=content, headers=headers)
            if answer.status_code == 201:
                self.acknowledged[key] = answer.json()["id"]
                return
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] in NOT_NOW
        self.refused.append(key)

    def until_told_no(self, ballast: Path) -> None:
        """Record until refused again and again; whatever room is left is taken."""
        deadline = time.monotonic() + WITHIN
        with ballast.open("wb", buffering=0) as file:
            while len(self.refused) < REFUSALS:
                assert time.monotonic() < deadline, "nothing was ever refused"
                fill(file.fileno())
                self.one_more()

    def until_told_yes(self) -> None:
        """Ask again for everything that was refused, with the same keys."""
        deadline = time.monotonic() + WITHIN
        while self.refused:
            assert time.monotonic() < deadline, self.ledger.said()[-5000:]
            self.send(self.refused.pop())
            time.sleep(LOOK_AGAIN)


@pytest.mark.timeout(300)
def test_a_full_disk_loses_and_doubles_nothing_and_recording_goes_on(
    ledger: Ledger,
) -> None:
    ballast = ledger.data / "ballast"
    headers = {"Authorization": f"Bearer {ledger.key}"}
    with httpx2.Client(base_url=ledger.url, headers=headers, timeout=60) as http:
        assert http.post("/v1/events", json=PARTNER).status_code == 201
        client = Recording(ledger, http)
        for _ in range(20):
            client.one_more()
        assert client.refused == []
        client.until_told_no(ballast)
        before = dict(client.acknowledged)
        ballast.unlink()
        ledger.wait_until_ready()
        client.until_told_yes()
        client.one_more()
        log = whole_log(http)
    check(log, client)
    assert before.items() <= client.acknowledged.items()


PARTNER: Final = event("PartnerIdentified", "acme", name="Acme")


def check(log: Told, client: Recording) -> None:
    assert client.refused == []
    recorded = {each["correlation"]: each["id"] for each in log[1:]}
    assert recorded == client.acknowledged
    assert [each["position"] for each in log] == list(range(1, len(recorded) + 2))
