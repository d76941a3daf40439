"""Clients that record in every form through every server, and keep a journal of it."""

import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx2
from typing_extensions import override

from tests.e2e.asking import Json
from tests.faults.campaign.journal import Fate, Form, Journal, Sent
from tests.faults.clients import Story, Told, event, story

PATIENCE: Final = 120.0
PAUSE: Final = 0.05
A_PARTNER: Final = 40
"""Requests after which a client turns to another partner: short logs fold fast."""
OK: Final = frozenset({200, 201})


@dataclass
class Scene:
    """What all clients of a campaign share."""

    urls: Sequence[str]
    key: str
    journals: Path
    shared: Sequence[str]
    stopping: threading.Event = field(default_factory=threading.Event)
    partners: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answered: int = 0
    troubled: int = 0
    replayed: int = 0

    def client(self, place: int) -> httpx2.Client:
        """A client of one of the servers."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx2.Client(base_url=self.urls[place], headers=headers, timeout=30)

    def fail(self, what: str) -> None:
        """Something was told that may not be."""
        self.failures.append(what)


class Recorder(threading.Thread):
    """One client; what has a key it asks again until that is answered."""

    def __init__(self, scene: Scene, name: str, rng: Random) -> None:
        super().__init__(name=name)
        self.scene, self.rng = scene, rng
        self.journal = Journal(scene.journals / name, name)
        self.https = [scene.client(place) for place in range(len(scene.urls))]
        self.turns = count()
        self.kept: list[Sent] = []
        self.own = ""
        self.stories: list[Story] = []
        self.told: list[Told | None] = []

    @override
    def run(self) -> None:
        while not (self.scene.stopping.is_set() or self.scene.failures):
            self._turn(next(self.turns))
            self.scene.stopping.wait(self.rng.random() * PAUSE)
        self.close()

    def close(self) -> None:
        self.journal.close()
        for http in self.https:
            http.close()

    def _turn(self, turn: int) -> None:
        if turn % A_PARTNER == 0:
            self._move_on(turn // A_PARTNER)
        chance = self.rng.random()
        if chance < 0.1:
            self._batch()
        elif chance < 0.2 and self.kept:
            self._again(self.rng.choice(self.kept))
        else:
            self._tell(self.rng.randrange(len(self.stories)))

    def _move_on(self, number: int) -> None:
        """Turn to a new partner of one's own, and to the next that all share."""
        self.own = f"{self.name}-{number}"
        self.identify(self.own)
        shared = self.scene.shared[min(number // 2, len(self.scene.shared) - 1)]
        self.stories = [story(self.rng, name) for name in (shared, self.own)]
        self.told = [None, None]

    def identify(self, name: str) -> None:
        """Make a partner known; readers may ask for it from now on."""
        self._send(event("PartnerIdentified", name, 1, name=name), uuid.uuid4().hex)
        self.scene.partners.append(name)

    def _tell(self, place: int) -> None:
        tale, told = self.stories[place], self.told[place]
        content = next(tale) if told is None else tale.send(told)
        key = uuid.uuid4().hex if self.rng.random() < 0.7 else None
        sent = self._send(content, key)
        if sent.fate is Fate.RECORDED:
            self.told[place] = sent.told
        else:  # the tale cannot go on from what may not have happened
            partner = sent.events[0]["partner"]
            self.stories[place], self.told[place] = story(self.rng, partner), None

    def _send(self, content: Any, key: str | None) -> Sent:
        form = Form.LIST if isinstance(content, list) else Form.ONE
        events = content if isinstance(content, list) else [content]
        sent = self.journal.about_to_send(form, events, key)
        self._settle(sent)
        if key is not None and sent.fate is Fate.RECORDED:
            self.kept = [*self.kept[-9:], sent]
        return sent

    def _batch(self) -> None:
        """Lines that need nothing of one another, each with a key."""
        lines = [
            event("ContactMade", self.own, day, by="us", channel="phone")
            | {"key": uuid.uuid4().hex}
            for day in range(1, self.rng.randint(2, 12))
        ]
        self._settle(self.journal.about_to_send(Form.BATCH, lines, "of each line"))

    def _settle(self, sent: Sent) -> None:
        """Ask until the fate is known, or once when asking again may double."""
        deadline = time.monotonic() + PATIENCE
        while (fate := self._ask(sent)) is not Fate.RECORDED and sent.key is not None:
            if time.monotonic() > deadline or self.scene.failures:
                self.scene.fail(f"{self.name} had no answer in time")
                return
            self.scene.stopping.wait(PAUSE)
            time.sleep(PAUSE)
        if sent.fate is Fate.UNKNOWN and fate is not Fate.UNKNOWN:
            self.journal.settle(sent, fate, [])

    def _ask(self, sent: Sent) -> Fate:
        answer = self._post(sent)
        if answer is None:
            return Fate.UNKNOWN
        if answer.status_code in OK:
            self.journal.settle(sent, Fate.RECORDED, self._told(sent, answer.json()))
            self.scene.answered += 1
            return Fate.RECORDED
        return self._trouble(sent, answer)

    def _trouble(self, sent: Sent, answer: httpx2.Response) -> Fate:
        self.scene.troubled += 1
        code = answer.json().get("code") if answer.status_code == 503 else None
        if code == "unavailable":
            return Fate.REFUSED
        if code != "outcome-unknown":
            told = f"{answer.status_code} {answer.text[:500]}"
            self.scene.fail(f"{self.name} was told {told} to {sent.events}")
        return Fate.UNKNOWN

    def _told(self, sent: Sent, body: Json) -> Told:
        if sent.form is Form.ONE:
            return [body]
        if sent.form is Form.BATCH and body["problems"]:
            self.scene.fail(f"{self.name} was told {body} to {sent.events}")
        return body["items"] if sent.form is Form.LIST else []

    def _post(self, sent: Sent) -> httpx2.Response | None:
        """The answer of some server; none when the connection broke or was none."""
        http = self.rng.choice(self.https)
        try:
            return http.post(**_request(sent))
        except httpx2.TransportError:
            self.scene.troubled += 1
            return None

    def _again(self, sent: Sent) -> None:
        """What was answered is answered the same, by whichever server."""
        answer = self._post(sent)
        if answer is None or answer.status_code == 503:
            return
        told = self._told(sent, answer.json()) if answer.status_code == 201 else []
        if told != sent.told or "Idempotent-Replayed" not in answer.headers:
            self.scene.fail(f"{sent} was answered anew by {answer.text[:500]}")
        self.scene.replayed += 1


def _request(sent: Sent) -> dict[str, Any]:
    if sent.form is Form.BATCH:
        lines = "\n".join(json.dumps(line) for line in sent.events)
        headers = {"Content-Type": "application/x-ndjson"}
        return {"url": "/v1/events/batch", "content": lines, "headers": headers}
    content = sent.events if sent.form is Form.LIST else sent.events[0]
    headers = {} if sent.key is None else {"Idempotency-Key": sent.key}
    return {"url": "/v1/events", "json": content, "headers": headers}
