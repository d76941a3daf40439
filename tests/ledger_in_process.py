"""A ledger without HTTP: requests in, events and balances out, on a real database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from services.foundation.access import Grant
from services.foundation.database import open_pool
from services.foundation.event_log import answer, read_after
from services.foundation.ledgers import create_ledger
from services.ledger.intake.prepare import Sender, prepare
from services.ledger.store import recordings as r
from services.ledger.store.writer import Writer
from services.projections.answers.balances import all_balances, read_balances
from services.projections.answers.question import Question
from services.projections.answers.streams import read_merges, streams_of, survivor
from services.projections.engine.advance import Engine
from services.projections.engine.projection import Projection
from services.projections.postings.view import TABLES, PostingsProjection
from tests.admission import privacy
from tests.servers import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Json = dict[str, Any]


@dataclass(frozen=True)
class Books:
    """The database and writer that many ledgers of one test share."""

    owner_dsn: str
    pool: ConnectionPool[Connection[Any]]
    writer: Writer

    def ledger(
        self, name: str, zone: str, projection: Projection | None = None
    ) -> "InProcess":
        """A new, empty ledger, and the read model that is looked at."""
        looked_at = projection or PostingsProjection()
        with psycopg.connect(self.owner_dsn) as connection:
            create_ledger(connection, name, zone)
        Engine(self.pool).prepare(looked_at)
        return InProcess(self, name, ZoneInfo(zone), looked_at)


@contextmanager
def books(database: Database) -> Iterator[Books]:
    """Open the books of a database."""
    pool = open_pool(database.service_dsn, min_size=8, max_size=8, name="test")
    pool.wait()  # its growth draws random numbers, which Hypothesis must not see
    writer = Writer(pool, privacy())
    try:
        yield Books(database.owner_dsn, pool, writer)
    finally:
        writer.close()
        pool.close()


@dataclass(frozen=True)
class InProcess:
    """One ledger."""

    books: Books
    name: str
    zone: ZoneInfo
    projection: Projection

    def record(self, *items: Json) -> r.Outcome:
        """Record one event, or several atomically."""
        content = list(items) if len(items) > 1 else items[0]
        recording = prepare(content, Sender(self.zone, "tester", NOW))
        outcomes = self.books.writer.append(r.Submission(self.name, (recording,)))
        return outcomes.each[0]

    def events(self) -> list[Json]:
        """The whole log, as the API shows it."""
        with self.books.pool.connection() as connection:
            return [answer(row) for row in read_after(connection, self.name, 0, 10_000)]

    def fold(self, steps: Sequence[int] = (5_000,)) -> None:
        """Catch up, in batches of the given sizes, the last one repeated."""
        sizes = iter(steps)
        most = next(sizes)
        engine = Engine(self.books.pool)
        while engine.advance(self.projection, self.name, most):
            most = next(sizes, most)

    def forget(self) -> None:
        """Drop every row of the read model, to fold anew."""
        with self.books.pool.connection() as connection:
            for table in TABLES:
                drop = SQL("DELETE FROM {} WHERE ledger_id = %s")
                connection.execute(drop.format(Identifier(table)), (self.name,))
            connection.execute(
                "UPDATE checkpoints SET position = 0 WHERE ledger_id = %s", (self.name,)
            )

    def listed(self, as_of: datetime) -> list[Json]:
        """All balances, as `GET /v1/balances` lists them."""
        grant = Grant(self.name, self.zone, "tester", frozenset({"read"}))
        question = Question(grant, as_of, len(self.events()), 1, as_of_given=True)
        with self.books.pool.connection() as connection:
            return list(all_balances(connection, question, ("", "")))

    def balances(self, as_of: datetime, position: int) -> dict[str, list[Json]]:
        """Every partner's balance at a pair of cuts; of the merged, the survivor's."""
        grant = Grant(self.name, self.zone, "tester", frozenset({"read"}))
        question = Question(grant, as_of, position, 1, as_of_given=True)
        with self.books.pool.connection() as connection:
            merges = read_merges(connection, question)
            roots = {survivor(merges, e["partner"]) for e in self.events()}
            found: dict[str, list[Json]] = {root: [] for root in roots}
            for item in read_balances(connection, question, streams_of(merges, roots)):
                found[item.pop("partner")].append(item)
        return found
