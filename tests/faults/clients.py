"""Clients that record under load and remember every answer as it was given."""

import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx2
from typing_extensions import override

from tests.e2e.asking import Json

PATIENCE: Final = 60.0
PAUSE: Final = 0.05
Told = list[Json]
Story = Generator[Any, Told, None]


def event(kind: str, on: str, day: int, /, **data: Any) -> Json:
    happened = f"2024-03-{day:02}"
    return {"type": kind, "partner": on, "occurred_at": happened, "data": data}


def story(rng: Random, partner: str) -> Story:
    """Offers and promises on a partner, each brought to one of its possible ends."""
    while True:
        tell = rng.choice([_offer, _promise, _gift, _mistake])
        yield from tell(rng, partner, rng.randint(1, 28))


def _amount(rng: Random, unit: str) -> Json:
    return {"amount": f"{rng.randint(1, 400)}.{rng.choice([1, 25, 125])}", "unit": unit}


def _terms(rng: Random) -> Json:
    side, unit = rng.choice(["us", "partner"]), rng.choice(["hour", "JPY"])
    return {"by": side, "kind": "expertise", "quantity": _amount(rng, unit)}


def _offer(rng: Random, partner: str, day: int) -> Story:
    (offer,) = yield event("HelpOffered", partner, day, **_terms(rng))
    end = rng.choice(["OfferAccepted", "OfferDeclined", "OfferWithdrawn"])
    yield event(end, partner, day, offer=offer["id"])


def _promise(rng: Random, partner: str, day: int) -> Story:
    terms = _terms(rng)
    part = terms | {"quantity": _amount(rng, terms["quantity"]["unit"])}
    told = yield [
        event("ResourceCommitted", partner, day, **terms),
        event("HelpDelivered", partner, day, commitment="#1", **part),
    ]
    change = {"commitment": told[0]["id"], "delta": "1000", "reason": "More room."}
    yield event("CommitmentChanged", partner, day, **change)


def _gift(rng: Random, partner: str, day: int) -> Story:
    gift = _terms(rng) | {"confirmed": False}
    (delivery,) = yield event("HelpDelivered", partner, day, **gift)
    named = {"delivery": delivery["id"]}
    if rng.random() < 0.5:
        yield event("DeliveryAcknowledged", partner, day, **named)
        return
    yield event("DeliveryDisputed", partner, day, **named, reason="Less.")
    outcome = rng.choice(["acknowledged", "withdrawn", "conceded"])
    yield event("DisputeResolved", partner, day, **named, outcome=outcome)


def _mistake(rng: Random, partner: str, day: int) -> Story:
    (wrong,) = yield event("ResourceCommitted", partner, day, **_terms(rng))
    why = {"target": wrong["id"], "reason": "Entered by mistake."}
    if rng.random() < 0.5:
        why["data"] = _terms(rng)
        yield event("EventCorrected", partner, day, **why)
    else:
        yield event("EventRetracted", partner, day, **why)


@dataclass
class Client(threading.Thread):
    """One client: it repeats a request with its key until that is answered."""

    address: Callable[[], tuple[str, str]]
    stories: list[Story]
    rng: Random
    stopping: threading.Event
    hurrying: threading.Event
    acknowledged: dict[str, Told] = field(default_factory=dict)
    retries: int = 0
    replays: int = 0
    failure: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def __hash__(self) -> int:
        return id(self)

    @override
    def run(self) -> None:
        """Tell the stories in turns until stopped, or until an answer is wrong."""
        told: dict[int, Told | None] = dict.fromkeys(range(len(self.stories)))
        url, key = self.address()
        with httpx2.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE
        ) as http:
            while not self.stopping.is_set() and self.failure is None:
                turn = self.rng.randrange(len(self.stories))
                content = self._next(turn, told[turn])
                told[turn] = self._record(http, content)
                if not self.hurrying.is_set():
                    self.stopping.wait(self.rng.random() * 2 * PAUSE)

    def _next(self, turn: int, told: Told | None) -> Any:
        tale = self.stories[turn]
        return next(tale) if told is None else tale.send(told)

    def _record(self, http: httpx2.Client, content: Any) -> Told:
        key, deadline = uuid.uuid4().hex, time.monotonic() + PATIENCE
        while (answer := self._ask(http, content, key)) is None:
            self.retries += 1
            if time.monotonic() > deadline:
                self.failure = "no answer in time"
                return []
            time.sleep(PAUSE)
        if answer.status_code != 201:
            self.failure = f"{answer.status_code}: {answer.text[:500]} to {content}"
            return []
        self.replays += "Idempotent-Replayed" in answer.headers
        body = answer.json()
        self.acknowledged[key] = body["items"] if isinstance(content, list) else [body]
        return self.acknowledged[key]

    def _ask(
        self, http: httpx2.Client, content: Any, key: str
    ) -> httpx2.Response | None:
        """An answer that settles the request, or none: then ask again."""
        headers = {"Idempotency-Key": key}
        try:
            answer = http.post("/v1/events", json=content, headers=headers)
        except httpx2.TransportError:
            return None
        return None if answer.status_code == 503 else answer


@dataclass
class Load:
    """Many clients at once."""

    clients: list[Client]
    hurrying: threading.Event

    def acknowledged(self) -> dict[str, Told]:
        """Every answer by its key, once the clients have stopped."""
        return {k: told for c in self.clients for k, told in c.acknowledged.items()}

    def wait_for(self, more: int) -> None:
        """Return when so many more requests are answered, or something is wrong."""
        wanted, deadline = self._answered() + more, time.monotonic() + PATIENCE
        while self._answered() < wanted:
            self.check()
            assert time.monotonic() < deadline, "nothing is answered any more"
            time.sleep(PAUSE)

    def _answered(self) -> int:
        return sum(len(client.acknowledged) for client in self.clients)

    @contextmanager
    def at_full_speed(self) -> Generator[None, None, None]:
        """No client pauses, so that whatever is killed is killed at work."""
        self.hurrying.set()
        yield
        self.hurrying.clear()

    def check(self) -> None:
        """Every answer so far was as it should be."""
        failures = [c.failure for c in self.clients if c.failure is not None]
        assert failures == []


@contextmanager
def under_load(
    address: Callable[[], tuple[str, str]], partners: list[str], seed: int
) -> Generator[Load, None, None]:
    """A client a partner, each also busy on the first partner, which all share."""
    stopping, hurrying = threading.Event(), threading.Event()
    rng = Random(seed)  # noqa: S311 - repeatable
    shared, *own = partners

    def client(partner: str) -> Client:
        mine = Random(rng.random())  # noqa: S311 - repeatable
        stories = [story(mine, shared), story(mine, partner)]
        return Client(address, stories, mine, stopping, hurrying)

    load = Load([client(partner) for partner in own], hurrying)
    for each in load.clients:
        each.start()
    try:
        yield load
    finally:
        stopping.set()
        for each in load.clients:
            each.join()
    load.check()
