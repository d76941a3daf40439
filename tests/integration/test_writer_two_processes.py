"""Two writers on one ledger: what one records, the other's memory must see."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.ledger.store import recordings as r
from services.ledger.store.writer import Writer
from tests.faults.writing import (
    a_writer,
    event,
    identified,
    make_ledgers,
    outcome,
    record,
    refusal,
    whole_log,
)
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
