"""A seeded log shaped like real ones: few busy partners, many quiet ones.

A handful of lives are told once through the rules; every partner lives a beginning of
one of them, so that each stream is valid by construction.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain, islice
from typing import Any, Final

from contracts.events import LEDGER_STREAM, RecordedEvent
from contracts.events.reading import as_fact
from services.foundation.event_log import StoredEvent
from services.foundation.ids import new_event_id
from services.ledger.intake.prepare import Sender, prepare
from services.ledger.rules.checks import LedgerView
from services.ledger.rules.decision import decide
from services.ledger.rules.relationship import evolve
from services.ledger.rules.replay import fresh
from services.ledger.store.mapper import row_of
from services.ledger.store.recordings import Item

LIVES: Final = 8
LONGEST: Final = 1_000
TYPICAL: Final = 50
"""Events of an average partner."""
BEGAN: Final = datetime(2010, 1, 1, tzinfo=UTC)
PAUSE: Final = timedelta(days=5)
"""From one event of a partner to the next."""
Said = tuple[str, dict[str, Any]]
BEGINNING: Final[tuple[Said, ...]] = (
    ("PartnerIdentified", {"name": "Somebody", "kind": "company"}),
)


class Population:
    """Partners with lives of different length, and the log of what happens to them."""

    def __init__(self, seed: int = 11) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        self._lives = [life(self._chance) for _ in range(LIVES)]
        self.versions: list[int] = []
        self.position = 0

    def grow(self, events: int) -> Iterator[StoredEvent]:
        """So many more events, all of partners that nobody knew before."""
        first, count = len(self.versions), max(1, events // TYPICAL)
        self.versions += [0] * count
        weights = list(accumulate(1 / (n + 1) ** 0.5 for n in range(count)))
        places = range(count)
        chosen = self._chance.choices(places, cum_weights=weights, k=events)
        for place in chosen:
            yield self._next(first + self._with_time_left(first, place, count))

    def _with_time_left(self, first: int, place: int, count: int) -> int:
        while self.versions[first + place] == LONGEST:
            place = self._chance.randrange(count)
        return place

    def _next(self, number: int) -> StoredEvent:
        version = self.versions[number] = self.versions[number] + 1
        self.position += 1
        told = self._lives[number % LIVES][version - 1]
        return told._replace(
            position=self.position, id=new_event_id(), partner=f"p{number}"
        )

    def typical(self, most: int) -> list[str]:
        """Partners with about the average number of events."""
        places = range(len(self.versions))
        near = sorted(places, key=lambda n: abs(self.versions[n] - TYPICAL))
        return [f"p{n}" for n in near[:most]]


def life(
    chance: random.Random,
    length: int = LONGEST,
    pause: timedelta = PAUSE,
    beginning: Iterable[Said] = BEGINNING,
) -> list[StoredEvent]:
    """What happens to one partner, as it would be stored."""
    sender = Sender(UTC, "owner", datetime.now(UTC))
    state, us = fresh("p"), fresh(LEDGER_STREAM)
    rows = []
    story = islice(chain(beginning, _story(chance)), length)
    for version, (name, data) in enumerate(story, 1):
        day = (BEGAN + pause * version).date()
        sent = {"type": name, "partner": "p", "occurred_at": str(day), "data": data}
        item = prepare(sent, sender).items[0]
        view, at = LedgerView(us, {}), item.occurred_from
        completed = decide(state, view, item.id, item.data, at)
        event = _recorded(item, version, completed, sender)
        rows.append(row_of(event, item.text))
        state = evolve(state, as_fact(event))
    return rows


def _recorded(
    item: Item, version: int, completed: dict[str, Any], sender: Sender
) -> RecordedEvent:
    return RecordedEvent(
        id=item.id,
        position=version,
        partner=item.partner,
        version=version,
        type=type(item.data).__name__,
        schema=item.data.schema_number,
        occurred_at=item.occurred_at,
        occurred_from=item.occurred_from,
        occurred_to=item.occurred_to,
        recorded_at=sender.now,
        recorded_by=sender.name,
        causation=None,
        correlation=None,
        source=None,
        data=item.data,
        completed=completed,
    )


def _story(chance: random.Random) -> Iterator[Said]:
    number = 0
    while True:
        number += 1
        chapter = chance.choice((_contact, _offer, _commitment, _gift, _benefit))
        yield from chapter(chance, number)


def _contact(chance: random.Random, _: int) -> Iterator[Said]:
    for _ in range(chance.randint(1, 3)):
        data = {"by": _side(chance), "channel": "phone", "minutes": 20}
        yield "ContactMade", data


def _offer(chance: random.Random, number: int) -> Iterator[Said]:
    side, offer, much = _side(chance), {"offer": f"o{number}"}, _quantity(chance)
    yield "HelpOffered", {"by": side, "kind": "goods", "quantity": much} | offer
    if chance.random() < 0.3:  # noqa: PLR2004
        yield "OfferDeclined", offer
        return
    yield "OfferAccepted", offer
    promise = offer | {"completes": True}
    yield from _delivered(chance, number, side, promise | {"quantity": much})


def _commitment(chance: random.Random, number: int) -> Iterator[Said]:
    side, much = _side(chance), _quantity(chance)
    commitment = {"commitment": f"c{number}"}
    data = {"by": side, "kind": "money", "quantity": much} | commitment
    yield "ResourceCommitted", data
    if chance.random() < 0.5:  # noqa: PLR2004
        yield from _delivered(chance, number, side, commitment | {"quantity": much})


def _gift(chance: random.Random, number: int) -> Iterator[Said]:
    yield from _delivered(chance, number, _side(chance), {})


def _delivered(
    chance: random.Random, number: int, side: str, more: dict[str, Any]
) -> Iterator[Said]:
    delivery = {"delivery": f"d{number}"}
    yield "HelpDelivered", {"by": side, "kind": "goods"} | delivery | more
    if side == "us" and chance.random() < 0.8:  # noqa: PLR2004
        yield "DeliveryAcknowledged", delivery


def _benefit(chance: random.Random, _: int) -> Iterator[Said]:
    data = {"gained_by": _side(chance), "confidence": "reported"}
    yield "BenefitReported", data | {"quantity": _quantity(chance)}


def _side(chance: random.Random) -> str:
    return chance.choice(("us", "partner"))


def _quantity(chance: random.Random) -> dict[str, str]:
    unit = chance.choice(("hour", "JPY", "referral"))
    return {"amount": str(chance.randint(1, 500)), "unit": unit}
