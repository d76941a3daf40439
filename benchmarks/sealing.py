"""Sealing's share of a recording: the same text as a note, which is sealed, and not."""

import asyncio
from collections.abc import Iterator, Sequence
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


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second with a text that is not personal, and with one that is."""
    with (
        place() as here,
        open_pool(here.service_dsn, min_size=2, max_size=4, name="bench") as pool,
    ):
        writer = Writer(pool, _privacy(here))
        writer.append(Submission(DEFAULT, prepared(introductions(PARTNERS))))
        count = round(EVENTS_A_SECOND * scale.seconds / 2)
        paces: dict[str, list[float]] = {"topic": [], "note": []}
        for _ in range(ROUNDS):
            for field, measured in paces.items():
                measured.append(_pace(writer, field, count))
        writer.close()
    plain, noted = (max(measured) for measured in paces.values())
    yield Figure("a text that is not personal", plain, "events/s")
    yield Figure("a note, sealed", noted, "events/s")
    yield Figure("sealing's share of a recording", 1 - noted / plain, "ratio")


def _privacy(here: Place) -> Privacy:
    data = here.folder / "data"
    return Privacy.at(Keyring.of(data / "kek"), data)


def _pace(writer: Writer, field: str, count: int) -> float:
    recordings = prepared(_contacts(field, count))
    begun = perf_counter()
    asyncio.run(record_all(writer, recordings))
    return count / (perf_counter() - begun)


def _contacts(field: str, count: int) -> Sequence[dict[str, Any]]:
    return [
        {
            "type": "ContactMade",
            "partner": f"p{number % PARTNERS}",
            "data": {"by": "us", "channel": "phone", field: TEXT},
        }
        for number in range(count)
    ]
