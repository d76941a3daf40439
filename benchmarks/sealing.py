"""Sealing's share of a recording: of notes and of people, beside what is not sealed."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any, Final

from benchmarks.facts import PARTNERS, introductions
from benchmarks.figures import Figure, Scale
from benchmarks.in_process import EVENTS_A_SECOND, prepared, record_all
from benchmarks.places import Place, place
from services.foundation.database import open_pool
from services.foundation.ledgers import DEFAULT
from services.foundation.sealing import Keyring
from services.ledger.privacy.erasures import Privacy
from services.ledger.store.recordings import Submission
from services.ledger.store.writer import Writer

TEXT: Final = "They asked how our guild chooses whom to help, and listened. " * 3
ROUNDS: Final = 3
Told = Callable[[str, str], dict[str, Any]]


def _contact(partner: str, field: str) -> dict[str, Any]:
    data = {"by": "us", "channel": "phone", field: TEXT}
    return {"type": "ContactMade", "partner": partner, "data": data}


def _person(partner: str, person: str) -> dict[str, Any]:
    data = {"person": person, "side": "partner", "name": person, "email": TEXT[:40]}
    return {"type": "PersonAdded", "partner": partner, "data": data}


TOLD: Final[Mapping[str, Told]] = {
    "a contact with a text that is not personal": lambda p, _: _contact(p, "topic"),
    "a contact with a note": lambda p, _: _contact(p, "note"),
    "a person with a name and an address": _person,
}


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second with a text that is not personal, and with one that is."""
    with (
        place() as here,
        open_pool(here.service_dsn, min_size=2, max_size=4, name="bench") as pool,
    ):
        writer = Writer(pool, _privacy(here))
        writer.append(Submission(DEFAULT, prepared(introductions(PARTNERS))))
        count = round(EVENTS_A_SECOND * scale.seconds / 2)
        paces: dict[str, list[float]] = {name: [] for name in TOLD}
        for number in range(ROUNDS):
            for name, told in TOLD.items():
                paces[name].append(_pace(writer, told, count, number))
        writer.close()
    plain, noted, _ = (max(measured) for measured in paces.values())
    for name, measured in paces.items():
        yield Figure(name, max(measured), "events/s")
    yield Figure("sealing's share of a recording", 1 - noted / plain, "ratio")


def _privacy(here: Place) -> Privacy:
    data = here.folder / "data"
    return Privacy.at(Keyring.of(data / "kek"), data)


def _pace(writer: Writer, told: Told, count: int, number: int) -> float:
    partners = (f"p{each % PARTNERS}" for each in range(count))
    recordings = prepared(
        [told(partner, f"{number}-{each}") for each, partner in enumerate(partners)]
    )
    begun = perf_counter()
    asyncio.run(record_all(writer, recordings))
    return count / (perf_counter() - begun)
