"""What one back-dated event costs the worker, beside one that comes in order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import psycopg
from psycopg import Connection

from benchmarks.figures import Figure, Scale
from benchmarks.filling import EVENTS_A_BATCH, append
from benchmarks.histories import life
from benchmarks.neighbours import moved
from benchmarks.places import place
from benchmarks.relationships import catch_up, prepared_engine
from services.foundation.event_log import StoredEvent
from services.foundation.ids import new_event_id
from services.projections.engine.advance import Engine

SIZES: Final = (100, 1_000, 10_000)
SPAN: Final = timedelta(days=16 * 365)
"""The time that each history takes, however many events it has."""
TRIES: Final = 9
RELATIONSHIP: Final = "relationship"


def measure(scale: Scale) -> Iterator[Figure]:
    """The steps that one event takes, of partners with ever longer histories."""
    tries = max(3, TRIES * scale.rounds // 2)
    with (
        place() as here,
        prepared_engine(here) as engine,
        psycopg.connect(here.service_dsn, autocommit=True) as connection,
    ):
        told = Told()
        for size in SIZES:
            for rows in batched(told.begin(f"long{size}", size)):
                append(connection, rows)
            catch_up(engine)
            yield from _figures(connection, told, engine, tries)


def batched(rows: Iterator[StoredEvent]) -> Iterator[list[StoredEvent]]:
    """Events as the log takes them, some thousands at a time."""
    while batch := list(islice(rows, EVENTS_A_BATCH)):
        yield batch


@dataclass(slots=True)
class Told:
    """One partner after another, each with a history of some length."""

    position: int = 0
    partner: str = ""
    life: list[StoredEvent] = field(default_factory=list)

    def begin(self, partner: str, size: int) -> Iterator[StoredEvent]:
        """So many events of a new partner."""
        self.partner = partner
        self.life = life(random.Random(size), size, SPAN / size)  # noqa: S311
        for version, row in enumerate(self.life, 1):
            yield self._placed(row, version)

    def contact(self, at: datetime) -> StoredEvent:
        """One more contact, on the day of an instant."""
        like = next(row for row in self.life if row.type == "ContactMade")
        row = moved(like, timedelta(days=(at - like.occurred_from).days))
        self.life.append(row)
        return self._placed(row, len(self.life))

    def _placed(self, row: StoredEvent, version: int) -> StoredEvent:
        self.position += 1
        return row._replace(
            id=new_event_id(),
            partner=self.partner,
            position=self.position,
            version=version,
        )


def _figures(
    connection: Connection[Any], told: Told, engine: Engine, tries: int
) -> Iterator[Figure]:
    """The best of some tries of each, taken in turn."""
    size, now = len(told.life), datetime.now(UTC)
    days = {"in order": now, "back-dated": told.life[size // 2].occurred_from}
    spent: dict[str, list[dict[str, float]]] = {name: [] for name in days}
    for _ in range(tries):
        for name, day in days.items():
            append(connection, [told.contact(day)])
            spent[name].append(catch_up(engine))
    for name, taken in spent.items():
        alone = min(each[RELATIONSHIP] for each in taken) * 1000
        every = min(sum(each.values()) for each in taken) * 1000
        label = f"{name}, {size:,} events of the partner"
        yield Figure(f"{label}: relationship", alone, "ms")
        yield Figure(f"{label}: all steps", every, "ms")
