"""The fold of postings by itself: no database, no process of its own."""

from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure, Scale
from benchmarks.filling import EVENTS_A_BATCH
from benchmarks.histories import Population
from contracts.events import RecordedEvent
from services.foundation.event_log import StoredEvent, decode
from services.foundation.ledgers import DEFAULT
from services.projections.engine.projection import Target
from services.projections.postings.fold import fold
from services.projections.postings.view import rows_of

TARGET: Final = Target(DEFAULT, ZoneInfo("UTC"), 1)


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second of decoding, and of folding to the rows of the tables."""
    count = scale.batches * EVENTS_A_BATCH
    rows = Population().grow(count)
    decoding = folding = 0.0
    while batch := list(islice(rows, EVENTS_A_BATCH)):
        events, spent = _decoded(batch)
        decoding += spent
        folding += _folded(events)
    yield Figure("decoding alone", count / decoding, "events/s")
    yield Figure("fold to rows alone", count / folding, "events/s")


def _decoded(rows: list[StoredEvent]) -> tuple[list[RecordedEvent], float]:
    begun = perf_counter()
    events = [decode(row) for row in rows]
    return events, perf_counter() - begun


def _folded(events: list[RecordedEvent]) -> float:
    begun = perf_counter()
    rows_of(fold(events, {}, TARGET.zone), TARGET)
    return perf_counter() - begun
