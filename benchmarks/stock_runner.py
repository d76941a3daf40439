"""The eventsourcing library's own projection runner, counting events in PostgreSQL."""

from time import perf_counter
from typing import Any, Final
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from typing_extensions import override

EVENTS: Final = 3_000
EVENTS_AN_AGGREGATE: Final = 100
PATIENCE: Final = 120.0


class Book(Aggregate):
    """Something that happens again and again."""

    @event("Written")
    def write(self) -> None:
        """Let it happen."""


class Counts(PostgresTrackingRecorder):
    """One number, moved with its tracking in one transaction."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        table = Identifier(self.datastore.schema, "stock_counts")
        create = SQL("CREATE TABLE IF NOT EXISTS {} (id int PRIMARY KEY, n bigint)")
        self.sql_create_statements.append(create.format(table))
        self._add = SQL(
            "INSERT INTO {0} AS c VALUES (1, 1) "
            "ON CONFLICT (id) DO UPDATE SET n = c.n + 1"
        ).format(table)

    def count(self, tracking: Tracking) -> None:
        """Count one event."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self._add)


class Counting(Projection[Counts]):
    """Counts whatever happens."""

    name = "counting"

    @override
    def process_event(self, _: Any, tracking: Tracking) -> None:
        """Count one event."""
        self.view.count(tracking)


def stock_runner_pace(dsn: str) -> float:
    """Events a second that the runner takes from a log of its own to one counter."""
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts["dbname"],
        "POSTGRES_HOST": parts["host"],
        "POSTGRES_PORT": parts["port"],
        "POSTGRES_USER": parts["user"],
        "POSTGRES_PASSWORD": "",
    }
    last = _written(Application[UUID](env=env))
    begun = perf_counter()
    with ProjectionRunner(
        application_class=Application[UUID],
        projection_class=Counting,
        view_class=Counts,
        env=env,
    ) as runner:
        runner.wait(last, PATIENCE)
        return EVENTS / (perf_counter() - begun)


def _written(application: Application[UUID]) -> int:
    last = 0
    for _ in range(EVENTS // EVENTS_AN_AGGREGATE):
        book = Book()
        for _ in range(EVENTS_AN_AGGREGATE - 1):
            book.write()
        last = application.save(book)[-1].notification.id
    application.close()
    return int(last)
