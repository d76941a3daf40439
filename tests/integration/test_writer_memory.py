"""Random histories: what a writer remembers is what the log says."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rpds import HashTrieMap

from services.ledger.rules.relationship import Relationship
from services.ledger.store import recordings as r
from services.ledger.store.append import lock_head
from services.ledger.store.states import LedgerStates
from services.ledger.store.writer import Writer
from tests.admission import privacy
from tests.faults.writing import (
    a_pool,
    a_writer,
    event,
    identified,
    make_ledgers,
    outcome,
    record,
    recording,
    rows_of,
)
from tests.histories import histories, resolve
from tests.servers import Database


@pytest.fixture
def known(database: Database) -> Database:
    """A ledger with two partners."""
    make_ledgers(database)
    with a_writer(database.service_dsn) as writer:
        record(writer, identified("acme", "birch"))
    return database


@pytest.fixture
def here(known: Database) -> Iterator[Writer]:
    with a_writer(known.service_dsn) as writer:
        remind(writer)
        yield writer


@pytest.fixture
def there(known: Database) -> Iterator[Writer]:
    with a_writer(known.service_dsn) as writer:
        remind(writer)
        yield writer


def remind(writer: Writer) -> None:
    """Have it keep both partners in memory."""
    for partner in ("acme", "birch"):
        record(writer, event("ContactMade", partner, by="us", channel="phone"))


shared = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def impossible() -> r.Recording:
    return recording(event("OfferAccepted", "nobody", offer="nothing"))


def judged_cold(writer: Writer, ledger: str, request: dict[str, Any]) -> str | None:
    """The refusal that a writer without memory knows of; nothing is recorded."""
    both = (recording(request), impossible())
    found = writer.append(r.Submission(ledger, both, abort=True)).each[0]
    assert isinstance(found, r.Refused)
    return None if isinstance(found.reason, r.Aborted) else type(found.reason).__name__


@shared
@given(data=st.data())
def test_two_writers_by_turns_decide_as_one_without_memory(
    database: Database, here: Writer, there: Writer, data: st.DataObject
) -> None:
    ledger, ids = f"l-{uuid.uuid4().hex}", dict[int, str]()
    make_ledgers(database, ledger)
    with a_pool(database.service_dsn) as pool:
        for index, drawn in enumerate(data.draw(histories(partners=3))):
            request = resolve(drawn, ids)
            if request is None:
                continue
            cold = Writer(pool, privacy(), 1)
            expected = judged_cold(cold, ledger, request)
            cold.close()
            by = data.draw(st.sampled_from([here, there]))
            found = outcome(by, request, ledger=ledger)
            if expected is not None:
                assert isinstance(found, r.Refused)
                assert type(found.reason).__name__ == expected
            else:
                ids[index] = rows_of(found)[0].id


@shared
@given(data=st.data())
def test_states_kept_in_memory_equal_those_folded_from_the_log(
    database: Database, here: Writer, data: st.DataObject
) -> None:
    ledger, ids = f"l-{uuid.uuid4().hex}", dict[int, str]()
    make_ledgers(database, ledger)
    warm = LedgerStates(ledger, ZoneInfo("UTC"))
    names = ["acme", "birch", "cedar", "_ledger"]
    with psycopg.connect(database.service_dsn) as connection:
        for index, drawn in enumerate(data.draw(histories(partners=3))):
            request = resolve(drawn, ids)
            if request is None:
                continue
            found = outcome(here, request, ledger=ledger)
            if isinstance(found, r.Recorded):
                ids[index] = found.rows[0].id
            if data.draw(st.booleans()):
                remember(connection, warm, data.draw(st.sampled_from(names)))


def remember(
    connection: psycopg.Connection[Any], warm: LedgerStates, partner: str
) -> None:
    """Bring the memory up to the head as a writer does, and hold it against the log."""
    with connection.transaction():
        head = lock_head(connection, warm.ledger).position
        warm.catch_up(connection, head)
        warm.load(connection, [partner])
        cold = LedgerStates(warm.ledger, ZoneInfo("UTC"))
        cold.load(connection, warm.known)
    for name, state in warm.known.items():
        assert seen(state) == seen(cold.known[name])


def seen(state: Relationship) -> tuple[Relationship, dict[Any, Any]]:
    """What decisions can see: its things and its members', unless it is merged."""
    streams = () if state.merged_into else {state.partner, *state.members}
    things = {key: thing for key, thing in state.things.items() if key[1] in streams}
    return replace(state, things=HashTrieMap()), things
