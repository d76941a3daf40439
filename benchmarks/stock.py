"""The eventsourcing library's stock recorder for PostgreSQL, as it comes."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import perf_counter
from typing import Final
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

THREADS: Final = 16
STATE: Final = b'{"by":"us","kind":"goods","quantity":{"amount":"12","unit":"hour"}}'


def stock_pace(dsn: str, seconds: float) -> float:
    """Events a second, one a call, from threads; each thread has its own streams."""
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    with PostgresDatastore(
        dbname=parts["dbname"],
        host=parts["host"],
        port=parts["port"],
        user=parts["user"],
        password="",
        pool_size=THREADS,
        max_overflow=THREADS,
    ) as datastore:
        recorder = PostgresApplicationRecorder(
            datastore, events_table_name="stock_events"
        )
        recorder.create_table()
        return _pace(recorder, seconds)


def _pace(recorder: PostgresApplicationRecorder, seconds: float) -> float:
    begun = perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(lambda _: _insert(recorder, begun + seconds), range(THREADS))
        return sum(done) / (perf_counter() - begun)


def _insert(recorder: PostgresApplicationRecorder, until: float) -> int:
    stream: UUID = uuid4()
    for version in count():
        if perf_counter() > until:
            return version
        recorder.insert_events([StoredEvent(stream, version, "HelpOffered", STATE)])
    return 0
