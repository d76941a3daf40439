"""The fold of relationships by itself, and all folds through the engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from time import perf_counter, process_time
from typing import Final
from zoneinfo import ZoneInfo

import psycopg

from benchmarks.figures import Figure, Scale
from benchmarks.filling import EVENTS_A_BATCH, fill
from benchmarks.histories import Population
from benchmarks.places import Place, place
from contracts.events import RecordedEvent
from contracts.events.reading import as_fact
from services.foundation.database import open_pool
from services.foundation.event_log import decode
from services.foundation.ledgers import DEFAULT
from services.projections.engine.advance import Engine
from services.projections.engine.projection import Target
from services.projections.relationship.document import load
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import V1, V1_NAME
from services.projections.relationship.fold.relationship import in_order
from services.projections.relationship.folded import folded_from
from services.projections.relationship.rows import Written, rows_of
from services.projections.worker import PROJECTIONS

TARGET: Final = Target(DEFAULT, ZoneInfo("UTC"), 1)
WRITTEN: Final = Written(1, V1_NAME)


def measure(scale: Scale) -> Iterator[Figure]:
    """Events a second of the fold, and of the engine with each projection."""
    count = scale.batches * EVENTS_A_BATCH
    yield from _alone(count)
    with place() as here, prepared_engine(here) as engine:
        with psycopg.connect(here.service_dsn, autocommit=True) as connection:
            fill(connection, Population(), count)
        spent = catch_up(engine)
    for name, seconds in spent.items():
        yield Figure(f"engine, {name}", count / seconds, "events/s")
    yield Figure("engine, all three", count / sum(spent.values()), "events/s")


@contextmanager
def prepared_engine(here: Place) -> Iterator[Engine]:
    """An engine in this process that has met the ledgers of a place."""
    with open_pool(here.service_dsn, min_size=1, max_size=2, name="bench") as pool:
        engine = Engine(pool)
        for projection in PROJECTIONS:
            engine.prepare(projection)
        yield engine


def catch_up(engine: Engine) -> dict[str, float]:
    """Take every step that there is; the seconds of each projection.

    They take turns as in a worker, so that the first one decodes for the others.
    """
    spent, behind = dict.fromkeys((p.name for p in PROJECTIONS), 0.0), [*PROJECTIONS]
    while behind:
        for projection in tuple(behind):
            begun = perf_counter()
            if not engine.advance(projection, DEFAULT):
                behind.remove(projection)
            spent[projection.name] += perf_counter() - begun
    return spent


def _alone(count: int) -> Iterator[Figure]:
    """Events a second of this process's own time: others may use the machine."""
    rows, documents = Population().grow(count), dict[str, str]()
    decoding = folding = writing = 0.0
    while batch := list(islice(rows, EVENTS_A_BATCH)):
        begun = process_time()
        events = [decode(row) for row in batch]
        decoding += process_time() - begun
        folded, written = _folded(events, documents)
        folding, writing = folding + folded, writing + written
    yield Figure("decoding alone", count / decoding, "events/s")
    yield Figure("relationship fold alone", count / folding, "events/s")
    yield Figure("fold alone: of decoding", decoding / folding, "ratio")
    both = folding + writing
    yield Figure("fold with documents and rows", count / both, "events/s")
    yield Figure("with documents: of decoding", decoding / both, "ratio")


def _folded(
    events: list[RecordedEvent], documents: dict[str, str]
) -> tuple[float, float]:
    """Fold a batch on; the seconds of the fold, and of documents read and written."""
    folding = writing = 0.0
    told: dict[str, list[RecordedEvent]] = {}
    for event in events:
        told.setdefault(event.partner, []).append(event)
    for partner, own in told.items():
        setting = Setting(partner, TARGET.zone, V1)
        read = process_time()
        start = load(documents[partner]) if partner in documents else None
        begun = process_time()
        state = folded_from(in_order(map(as_fact, own)), setting, start).told
        done = process_time()
        rows = rows_of(partner, state, TARGET, V1, WRITTEN)
        documents[partner] = rows["relationships"][0][-1]
        folding += done - begun
        writing += begun - read + process_time() - done
    return folding, writing
