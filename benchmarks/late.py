"""What one back-dated event costs the worker, beside one that comes in order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
        log = Log(connection)
        for size in SIZES:
            log.begin(f"long{size}", size)
            catch_up(engine)
            yield from _figures(log, engine, tries)


@dataclass(slots=True)
class Log:
    """The log of one partner after another, each of a history of some length."""

    connection: Connection[Any]
    position: int = 0
    partner: str = ""
    told: list[StoredEvent] = field(default_factory=list)

    def begin(self, partner: str, size: int) -> None:
        """Tell so many events of a new partner."""
        self.partner = partner
        self.told = life(random.Random(size), size, SPAN / size)  # noqa: S311
        rows = [self._placed(row, version) for version, row in enumerate(self.told, 1)]
        for start in range(0, size, EVENTS_A_BATCH):
            append(self.connection, rows[start : start + EVENTS_A_BATCH])

    def contact(self, at: datetime) -> None:
        """One more contact, on the day of an instant."""
        like = next(row for row in self.told if row.type == "ContactMade")
        days = (at - like.occurred_from).days
        row = self._placed(moved(like, timedelta(days=days)), len(self.told) + 1)
        self.told.append(row)
        append(self.connection, [row])

    def _placed(self, row: StoredEvent, version: int) -> StoredEvent:
        self.position += 1
        place_ = {"position": self.position, "version": version}
        return row._replace(id=new_event_id(), partner=self.partner, **place_)


def _figures(log: Log, engine: Engine, tries: int) -> Iterator[Figure]:
    """The best of some tries of each, taken in turn."""
    size, now = len(log.told), datetime.now(UTC)
    middle = log.told[size // 2].occurred_from
    in_order, late = [], []
    for _ in range(tries):
        log.contact(now)
        in_order.append(catch_up(engine))
        log.contact(middle)
        late.append(catch_up(engine))
    for name, spent in (("in order", in_order), ("back-dated", late)):
        alone = min(each[RELATIONSHIP] for each in spent) * 1000
        every = min(sum(each.values()) for each in spent) * 1000
        label = f"{name}, {size:,} events of the partner"
        yield Figure(f"{label}: relationship", alone, "ms")
        yield Figure(f"{label}: three steps", every, "ms")
