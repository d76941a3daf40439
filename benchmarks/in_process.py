"""The writer in this process against the library's stock recorder and plain inserts."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from benchmarks.facts import PARTNERS, facts, introductions
from benchmarks.figures import Figure, Scale
from benchmarks.places import Place, place
from benchmarks.stock import stock_pace
from benchmarks.yardstick import plain_pace
from services.foundation.database import open_pool
from services.foundation.ledgers import DEFAULT
from services.foundation.sealing import Keyring
from services.ledger.intake.prepare import Sender, prepare
from services.ledger.privacy.erasures import Privacy
from services.ledger.store.recordings import Recording, Refused, Submission
from services.ledger.store.writer import Writer

TASKS: Final = 64
EVENTS_A_SECOND: Final = 4_000
"""About what the writer can do, so that a run takes about as long as it should."""


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second of each, all durable, one event a call."""
    with place() as here:
        ours = _writer_pace(here, scale.seconds)
        stock = stock_pace(here.owner_dsn, scale.seconds)
        plain = plain_pace(here, scale.seconds)
    yield Figure("writer, 64 tasks", ours, "events/s")
    yield Figure("stock recorder, 16 threads", stock, "events/s")
    yield Figure("pgbench, 16 clients, a row each", plain, "rows/s")
    yield Figure("writer: of the stock recorder", ours / stock, "ratio", at_least=3)
    yield Figure("writer: of pgbench", ours / plain, "ratio")


def _writer_pace(here: Place, seconds: float) -> float:
    with open_pool(here.service_dsn, min_size=2, max_size=4, name="bench") as pool:
        data = here.folder / "data"
        writer = Writer(pool, Privacy.at(Keyring.of(data / "kek"), data))
        writer.append(Submission(DEFAULT, prepared(introductions(PARTNERS))))
        wanted = round(EVENTS_A_SECOND * seconds)
        told = facts(PARTNERS, wanted)
        recordings = prepared(told)
        spent = asyncio.run(record_all(writer, recordings))
        writer.close()
    return wanted / spent


def prepared(sent: Sequence[dict[str, object]]) -> list[Recording]:
    """Recordings of what is sent, ready for the writer."""
    sender = Sender(UTC, "owner", datetime.now(UTC))
    return [prepare(each, sender) for each in sent]


async def record_all(writer: Writer, recordings: Sequence[Recording]) -> float:
    """Record one by one from many tasks; the seconds that it took."""
    left = iter(recordings)

    async def keep_recording() -> None:
        for recording in left:
            outcomes = await writer.record(Submission(DEFAULT, (recording,)))
            if isinstance(outcomes.each[0], Refused):
                raise outcomes.each[0].reason

    begun = perf_counter()
    await asyncio.gather(*(keep_recording() for _ in range(TASKS)))
    return perf_counter() - begun
