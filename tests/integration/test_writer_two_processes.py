"""Two writers on one ledger: what one records, the other's memory must see."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
from tests.faults.writing import (
    a_pool,
    a_writer,
    event,
    identified,
    make_ledgers,
    outcome,
    record,
    recording,
    refusal,
    rows_of,
    whole_log,
)
from tests.histories import histories, resolve
from tests.servers import Database

HOURS = {"amount": "10", "unit": "hour"}
MORE = {"amount": "11", "unit": "hour"}


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


def offered(partner: str = "acme") -> dict[str, Any]:
    return event(
        "HelpOffered", partner, by="us", kind="space", offer="o", quantity=HOURS
    )


def accepted(partner: str = "acme", offer: str = "o") -> dict[str, Any]:
    return event("OfferAccepted", partner, offer=offer)


def delivered() -> dict[str, Any]:
    return event(
        "HelpDelivered", "acme", by="us", kind="space", delivery="d", quantity=HOURS
    )


def acknowledged(amount: dict[str, str]) -> dict[str, Any]:
    return event("DeliveryAcknowledged", "acme", delivery="d", quantity=amount)


def retracted(partner: str, target: str) -> dict[str, Any]:
    return event("EventRetracted", partner, target=target, reason="A mistake.")


def merged(partner: str, into: str) -> dict[str, Any]:
    return event("PartnerMerged", partner, into=into, reason="The same one.")


def test_an_acceptance_elsewhere_closes_the_offer_here(
    here: Writer, there: Writer
) -> None:
    record(here, offered())
    record(there, accepted())
    assert refusal(here, accepted()) == "OfferNotOpen"


def test_a_retraction_elsewhere_opens_the_offer_here(
    here: Writer, there: Writer
) -> None:
    record(here, offered())
    taken_back = record(here, accepted()).id
    assert refusal(there, accepted()) == "OfferNotOpen"
    record(there, retracted("acme", taken_back))
    record(here, accepted())


def test_a_correction_elsewhere_changes_what_awaits_here(
    here: Writer, there: Writer
) -> None:
    target = record(here, delivered()).id
    assert refusal(here, acknowledged(MORE)) == "MoreThanAwaits"
    data = {"by": "us", "kind": "space", "delivery": "d", "quantity": MORE}
    fixed = event("EventCorrected", "acme", target=target, reason="More.", data=data)
    record(there, fixed)
    record(here, acknowledged(MORE))


def test_a_merge_elsewhere_closes_the_stream_here_and_lends_its_things(
    here: Writer, there: Writer
) -> None:
    record(here, offered())
    merge = record(there, merged("acme", "birch")).id
    assert refusal(here, accepted()) == "PartnerIsMerged"
    answer = record(here, accepted("birch", "acme/o")).id
    record(there, retracted("birch", answer))
    record(here, retracted("acme", merge))
    record(there, accepted())


def test_a_merge_of_partners_unknown_here_is_seen_when_one_is_known(
    here: Writer, there: Writer
) -> None:
    record(there, [*identified("cedar"), offered("cedar")])
    record(there, merged("cedar", "birch"))
    record(here, accepted("birch", "cedar/o"))


def test_what_a_merge_elsewhere_lends_can_be_answered_there_before_it_is_seen_here(
    here: Writer, there: Writer
) -> None:
    record(there, [*identified("cedar"), offered("cedar")])
    record(there, merged("cedar", "birch"))
    record(there, accepted("birch", "cedar/o"))
    assert refusal(here, accepted("birch", "cedar/o")) == "OfferNotOpen"


def test_a_revision_on_a_merged_stream_elsewhere_is_seen_on_the_survivor_here(
    here: Writer, there: Writer
) -> None:
    record(here, offered())
    record(here, merged("acme", "birch"))
    answer = record(here, accepted("birch", "acme/o")).id
    assert refusal(there, accepted("birch", "acme/o")) == "OfferNotOpen"
    record(there, retracted("birch", answer))
    declined = event("OfferDeclined", "birch", offer="acme/o")
    record(here, declined)
    assert refusal(there, accepted("birch", "acme/o")) == "OfferNotOpen"


def test_a_source_that_a_retraction_elsewhere_frees_is_free_here(
    here: Writer, there: Writer
) -> None:
    sent = offered() | {"source": {"system": "crm", "ref": "1"}}
    first = record(here, sent).id
    record(there, retracted("acme", first))
    assert record(here, sent).id != first


def test_acceptances_merges_and_retractions_race_and_the_log_stays_legal(
    database: Database, here: Writer, there: Writer
) -> None:
    record(here, offered())

    def work(client: int) -> None:
        writer = (here, there)[client % 2]
        wish = (accepted(), merged("acme", "birch"))[client // 4]
        undo: list[str] = []
        for _ in range(25):
            found = outcome(writer, retracted("acme", undo[0]) if undo else wish)
            if isinstance(found, r.Recorded):
                undo = [] if undo else [found.rows[0].id]

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(work, range(8)))
    rows = [row for row in whole_log(database) if row.partner == "acme"]
    assert len(rows) > 30
    standing: dict[str, str] = {}
    for row in rows:
        if row.type == "EventRetracted":
            del standing[json.loads(row.data)["target"]]
        elif row.type in {"OfferAccepted", "PartnerMerged"}:
            assert row.type not in standing.values()
            assert "PartnerMerged" not in standing.values()
            standing[row.id] = row.type


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
            cold = Writer(pool, 1)
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
