"""Clients that read while faults happen: balances, and the stream of events."""

import threading
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any, Final

import httpx2
from typing_extensions import override

from tests.e2e.listening import EVENTS, Stream
from tests.faults.campaign.recorders import Scene

if TYPE_CHECKING:
    from tests.faults.clients import Told

AS_OF: Final = "2024-12-31"
PAUSE: Final = 0.05
Seen = dict[tuple[str, int], Any]


class Reader(threading.Thread):
    """Reads balances and keeps each with the position that it is told to be of."""

    def __init__(self, scene: Scene, rng: Random) -> None:
        super().__init__(name="reader")
        self.scene, self.rng = scene, rng
        self.seen: Seen = {}

    @override
    def run(self) -> None:
        https = [self.scene.client(place) for place in range(len(self.scene.urls))]
        while not self.scene.stopping.wait(self.rng.random() * PAUSE):
            self._look(self.rng.choice(https), self.rng.choice(self.scene.partners))
        for http in https:
            http.close()

    def _look(self, http: httpx2.Client, partner: str) -> None:
        path = f"/v1/partners/{partner}/balance"
        try:
            answer = http.get(path, params={"as_of": AS_OF})
        except httpx2.TransportError:
            return
        if answer.status_code == 200:
            self._keep(partner, answer.json())
        # A read model may be behind: then the partner is not known yet.
        elif answer.status_code not in {404, 503}:
            self.scene.fail(f"{path} was answered {answer.text[:500]}")

    def _keep(self, partner: str, body: Any) -> None:
        place = partner, int(body["position"])
        if self.seen.setdefault(place, body["items"]) != body["items"]:
            self.scene.fail(f"two balances at {place}: {self.seen[place]} and {body}")


class Follower(threading.Thread):
    """Follows the log from its beginning, from server to server."""

    def __init__(self, scene: Scene, name: str, rng: Random) -> None:
        super().__init__(name=name)
        self.scene, self.rng = scene, rng
        self.done = threading.Event()
        self.told: Told = []
        self.ends: Counter[str] = Counter()

    @override
    def run(self) -> None:
        while not self.done.is_set():
            place = self.rng.randrange(len(self.scene.urls))
            with self.scene.client(place) as http:
                self.ends[self._follow(http)] += 1
            self.done.wait(PAUSE)

    def _follow(self, http: httpx2.Client) -> str:
        """Listen for a while; why it ended."""
        headers = {"Last-Event-ID": str(len(self.told))}
        try:
            with http.stream("GET", EVENTS, headers=headers, timeout=5) as answer:
                if answer.status_code != 200:
                    self._check_refusal(answer)
                    return "refused"
                return self._listen(Stream(answer))
        except httpx2.TransportError:
            return "broken"

    def _check_refusal(self, answer: httpx2.Response) -> None:
        if answer.status_code != 503:
            self.scene.fail(f"a stream was refused: {answer.read()!r}")

    def _listen(self, stream: Stream) -> str:
        for _ in range(self.rng.randint(1, 400)):
            if self.done.is_set():
                return "done"
            try:
                block = stream.block()
            except StopIteration:
                return "ended by the server"
            if block.data is not None:
                self._take(block.event, int(block.id or 0))
        return "left"

    def _take(self, event: Any, id_: int) -> None:
        wanted = len(self.told) + 1
        if (event["position"], id_) != (wanted, wanted):
            self.scene.fail(f"{self.name} was told {id_} instead of {wanted}")
            self.done.set()
        self.told.append(event)
