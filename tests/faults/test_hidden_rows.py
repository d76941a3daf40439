"""Appends whose rows nobody sees yet, while others commit: nothing is passed over.

A trigger holds a transaction open once its events are inserted, or as it commits.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import psycopg
import pytest
from psycopg import Connection

from services.ledger.store.writer import Writer
from services.projections.worker import Worker
from tests.faults.refolding import (
    assert_as_folded_afresh,
    wait_for_projections,
)
from tests.faults.writing import (
    a_writer,
    contact,
    event,
    identified,
    make_ledgers,
    record,
    run,
    wait_until,
    whole_log,
)
from tests.servers import Database

LEDGERS = ("held", "free", "other")
PARTNERS = ("acme", "birch", "cedar")
HELD = "as long as the test wants"
LOCK = 2014
ROUNDS = 4
WAITS = f"""
CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.data LIKE '%{HELD}%' THEN
        PERFORM pg_advisory_xact_lock_shared({LOCK});
    END IF;
    RETURN NULL;
END
$$
"""
AFTER_INSERT = """
CREATE TRIGGER events_held AFTER INSERT ON events
FOR EACH ROW EXECUTE FUNCTION wait_for_the_test()
"""
AT_COMMIT = """
CREATE CONSTRAINT TRIGGER events_held AFTER INSERT ON events
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_the_test()
"""
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@contextmanager
def workers(database: Database, number: int) -> Iterator[None]:
    dsn = database.service_dsn
    every = [Worker(dsn, dsn) for _ in range(number)]
    threads = [threading.Thread(target=worker.run) for worker in every]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in every:
            worker.stop()
        for thread in threads:
            thread.join()


@contextmanager
def others_held(database: Database) -> Iterator[Connection[tuple[object, ...]]]:
    """Whoever records what is to be held waits until this ends."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            yield connection
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def positions(database: Database, ledger: str) -> set[int]:
    """Where the read models of a ledger are."""
    query = "SELECT position FROM checkpoints WHERE ledger_id = %s"
    with psycopg.connect(database.owner_dsn) as connection:
        return {position for (position,) in connection.execute(query, (ledger,))}


@pytest.mark.parametrize("trigger", [AFTER_INSERT, AT_COMMIT], ids=["insert", "commit"])
def test_rows_that_are_hidden_for_a_while_are_neither_skipped_nor_doubled(
    database: Database, trigger: str
) -> None:
    make_ledgers(database, *LEDGERS)
    run(database, WAITS)
    run(database, trigger)
    rng = Random(2014)  # noqa: S311 - repeatable
    dsn = database.service_dsn
    with (
        workers(database, 2),
        a_writer(dsn) as holding,
        a_writer(dsn) as writer,
        ThreadPoolExecutor(8) as threads,
    ):
        for ledger in LEDGERS:
            record(writer, identified(*PARTNERS), ledger=ledger)
        for number in range(ROUNDS):
            round_of(database, (holding, writer), threads, rng, number)
    for ledger in LEDGERS:
        log = whole_log(database, ledger)
        recorded_a_round = 6 + 5 if ledger == "held" else 10
        assert len(log) == len(PARTNERS) + ROUNDS * recorded_a_round
        assert_as_folded_afresh(database, ledger)


def round_of(
    database: Database,
    writers: tuple[Writer, Writer],
    threads: ThreadPoolExecutor,
    rng: Random,
    number: int,
) -> None:
    """One append is held: its ledger waits for it, the others go on."""
    holding, writer = writers
    before = len(whole_log(database, "held"))
    with others_held(database) as watching:
        kept = threads.submit(record, holding, held(rng), ledger="held")
        wait_until(lambda: watching.execute(WAITING).fetchone() is not None)
        queued = [
            threads.submit(record, writer, told(rng, number), ledger="held")
            for _ in range(5)
        ]
        passing = [
            threads.submit(record, writer, told(rng, number), ledger=ledger)
            for ledger in ("free", "other") * 10
        ]
        for each in passing:
            each.result(60)
        wait_for_projections(database, "free", "other")
        assert not kept.done()
        assert positions(database, "held") <= {*range(before + 1)}
    last = max(each.result(60).position for each in (kept, *queued))
    assert last == before + 6 + 5
    wait_for_projections(database, *LEDGERS)
    assert positions(database, "held") == {last}


def held(rng: Random) -> list[dict[str, object]]:
    """Six events at once, of which the last is waited for."""
    rest = [told(rng, n) for n in range(5)]
    topic = {"by": "us", "channel": "phone", "topic": HELD}
    return [*rest, event("ContactMade", "acme", **topic)]


def told(rng: Random, number: int) -> dict[str, object]:
    """A contact or a gift, with any of the partners."""
    partner = rng.choice(PARTNERS)
    if rng.random() < 0.5:
        return contact(partner, number)
    amount = {"amount": str(rng.randint(1, 99)), "unit": "hour"}
    by = rng.choice(["us", "partner"])
    return event("HelpDelivered", partner, by=by, kind="expertise", quantity=amount)
