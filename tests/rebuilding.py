"""A ledger with a story, whose read models are built anew beside their readers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection, sql

from contracts.events import RecordedEvent
from services.cli.story.telling import record_story
from services.ledger.store.recordings import Recorded
from services.projections.acts.view import ActsProjection
from services.projections.engine import generations
from services.projections.engine.advance import Engine
from services.projections.engine.building import EVENTS_A_RANGE
from services.projections.engine.projection import Group, Projection, Target
from services.projections.postings.view import PostingsProjection
from services.projections.relationship.view import RelationshipProjection
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.servers import Database

POSTINGS, ACTS = PostingsProjection(), ActsProjection()
RELATIONSHIP = RelationshipProjection()
EVERY: Sequence[Projection] = (POSTINGS, RELATIONSHIP, ACTS)
NO_GRACE = timedelta()
TODAY = date(2025, 12, 1)
TOKYO, TOLD = ZoneInfo("Asia/Tokyo"), "told"
Rows = dict[str, list[tuple[Any, ...]]]
T = TypeVar("T")


@dataclass
class Altered:
    """A projection of another version, or with a fault: as other code would be."""

    of: Projection
    version: int = 2
    fails_at: Collection[int] = ()
    after_step: Callable[[Sequence[RecordedEvent]], None] = lambda _events: None

    @property
    def name(self) -> str:
        return self.of.name

    @property
    def tables(self) -> Sequence[str]:
        return self.of.tables

    @property
    def of_batches(self) -> Collection[str]:
        return self.of.of_batches

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        self.of.apply(connection, target, events)
        self._applied(events)

    def build(
        self,
        connection: Connection[Any],
        target: Target,
        groups: Sequence[Group],
        up_to: int,
    ) -> None:
        self.of.build(connection, target, groups, up_to)
        self._applied(list(chain(*groups)))

    def _applied(self, events: Sequence[RecordedEvent]) -> None:
        self.after_step(events)
        if any(event.position in self.fails_at for event in events):
            sentence = "It cannot be folded."
            raise ValueError(sentence)


@dataclass
class Story:
    """A ledger, its read models, and a worker's engine that can be started anew."""

    books: Books
    service_dsn: str
    ledger: InProcess
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    @property
    def name(self) -> str:
        return self.ledger.name

    def restart(self, a_range: int = EVENTS_A_RANGE) -> None:
        """As a worker that was killed begins again: nothing is remembered."""
        self.engine = Engine(self.books.pool, a_range)

    def contact(self, partner: str = "asanagi-works", day: str = "2025-11-30") -> int:
        """Record one more contact; its position."""
        data = {"by": "us", "channel": "phone"}
        made = {"type": "ContactMade", "partner": partner, "occurred_at": day}
        outcome = self.ledger.record({**made, "data": data})
        assert isinstance(outcome, Recorded)
        return outcome.rows[-1].position

    def beside(self, name: str, zone: str = TOKYO.key) -> "Story":
        """Another ledger in the same database, with nothing in it."""
        return new_story(self.books, self.service_dsn, name, zone)

    def meet(self, partner: str = "acme") -> None:
        """Identify a partner, some time in a year long past, and fold that."""
        made = {"type": "PartnerIdentified", "partner": partner, "occurred_at": "2014"}
        outcome = self.ledger.record({**made, "data": {"name": "Acme"}})
        assert isinstance(outcome, Recorded)
        self.catch_up()

    def reading(self) -> Connection[Any]:
        """A connection of a reader's own."""
        return psycopg.connect(self.service_dsn)

    def catch_up(self, *projections: Projection, most: int = 5_000) -> None:
        for projection in projections or EVERY:
            while self.engine.advance(projection, self.name, most):
                continue

    def ask(self, name: str, request: Callable[[Connection[Any], str, str], T]) -> T:
        with self.books.pool.connection() as connection:
            return request(connection, self.name, name)

    def rebuild(self, projection: Projection, most: int = 5_000) -> None:
        """Ask for a rebuild and see it through."""
        self.ask(projection.name, generations.request_rebuild)
        self.build(projection, most)

    def build(self, projection: Projection, most: int = 5_000) -> None:
        while self.engine.build(projection, self.name, most):
            continue

    def states(self, name: str) -> dict[str, generations.Generation]:
        return self.ask(name, generations.read_generations)

    def active(self, name: str) -> int:
        asked = (self.name, name)
        query = (
            "SELECT generation FROM active_generations WHERE (ledger_id, projection)"
        )
        with self.books.pool.connection() as connection:
            row = connection.execute(f"{query} = (%s, %s)", asked).fetchone()
        assert row is not None
        return int(row[0])

    def rows(self, projection: Projection, generation: int) -> Rows:
        """Every row of a generation, but for what tells of batches."""
        query = sql.SQL("SELECT * FROM {} WHERE ledger_id = %s AND generation = %s")
        found: Rows = {}
        with self.books.pool.connection() as connection:
            for table in projection.tables:
                statement = query.format(sql.Identifier(table))
                cursor = connection.execute(statement, (self.name, generation))
                left_out = {"generation", *projection.of_batches}
                assert cursor.description is not None
                kept = [
                    number
                    for number, column in enumerate(cursor.description)
                    if column.name not in left_out
                ]
                rows = [tuple(row[number] for number in kept) for row in cursor]
                found[table] = sorted(rows, key=str)
        return found

    def parts(self, table: str) -> set[str]:
        """The parts that a table has."""
        query = (
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = %s::regclass"
        )
        with self.books.pool.connection() as connection:
            return {name for (name,) in connection.execute(query, (table,))}

    def spoil(self, table: str, change: str) -> None:
        """Change rows as nobody may."""
        statement = f"UPDATE {table} SET {change} WHERE ledger_id = %s"  # noqa: S608
        with psycopg.connect(self.books.owner_dsn) as connection:
            connection.execute(statement, (self.name,))


@contextmanager
def stories(database: Database) -> Iterator[Story]:
    """The ledger of a database in which the story was told and folded."""
    with books(database) as opened:
        ledger = InProcess(opened, TOLD, TOKYO, POSTINGS)
        yield Story(opened, database.service_dsn, ledger)


def tell_story(database: Database) -> None:
    """Record the sample story in a ledger of a database, and fold it."""
    with books(database) as opened:
        story = new_story(opened, database.service_dsn, TOLD)

        def post(items: list[Json], _key: str) -> list[Json]:
            outcome = story.ledger.record(*items)
            assert isinstance(outcome, Recorded), outcome
            return [{"id": row.id} for row in outcome.rows]

        record_story(post, TODAY, TOKYO)
        story.catch_up()


def new_story(
    opened: Books, service_dsn: str, name: str, zone: str = TOKYO.key
) -> Story:
    """A ledger with nothing in it."""
    story = Story(opened, service_dsn, opened.ledger(name, zone))
    for projection in EVERY:
        story.engine.prepare(projection)
    return story
