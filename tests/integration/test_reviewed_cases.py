"""Cases that a review found wrong once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.ledger.store.recordings import Recorded, Refused
from tests.ledger_in_process import InProcess, Json, books
from tests.servers import Database

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def ledger(database: Database) -> Iterator[InProcess]:
    with books(database) as opened:
        yield opened.ledger("reviewed", "UTC")


def known(partner: str) -> Json:
    data = {"name": partner}
    return {"type": "PartnerIdentified", "partner": partner, "data": data}


def on(partner: str, type_name: str, **data: object) -> Json:
    return {"type": type_name, "partner": partner, "data": data}


def recorded(ledger: InProcess, item: Json) -> str:
    outcome = ledger.record(item)
    assert isinstance(outcome, Recorded), outcome
    return outcome.rows[0].id


def test_nobody_changes_the_alliance_of_a_partner_that_is_no_longer_merged(
    ledger: InProcess,
) -> None:
    recorded(ledger, known("a"))
    recorded(ledger, known("b"))
    proposal = {"by": "us", "scope": "x", "asks": [], "gives": [], "alliance": "x"}
    recorded(ledger, on("a", "AllianceProposed", **proposal))
    merge = recorded(ledger, on("a", "PartnerMerged", into="b", reason="same"))
    recorded(ledger, on("a", "EventRetracted", target=merge, reason="not so"))
    agreed = {"alliance": "a/x", "name": "n", "project": "p", "starts": "2020"}
    assert isinstance(ledger.record(on("b", "AllianceAgreed", **agreed)), Refused)
    declined = on("a", "ProposalDeclined", alliance="x", by="us", reason="no")
    recorded(ledger, declined)


def test_a_person_of_ours_stays_while_an_earlier_contact_names_her(
    ledger: InProcess,
) -> None:
    person = {"person": "p1", "side": "us", "name": "Kuze"}
    ours = recorded(ledger, on("_ledger", "PersonAdded", **person))
    recorded(ledger, known("x"))
    contact = {"by": "us", "channel": "phone", "persons": ["p1"]}
    naming = recorded(ledger, on("x", "ContactMade", **contact))
    theirs = {"person": "p1", "side": "partner", "name": "Okafor"}
    recorded(ledger, on("x", "PersonAdded", **theirs))
    gone = ledger.record(on("_ledger", "EventRetracted", target=ours, reason="no"))
    assert isinstance(gone, Refused)
    assert gone.reason.dependents == (naming,)


def test_an_imported_contact_moves_to_the_right_partner_in_one_list(
    ledger: InProcess,
) -> None:
    recorded(ledger, known("wrong"))
    recorded(ledger, known("right"))
    source = {"source": {"system": "crm", "ref": "1"}}
    contact = {"by": "us", "channel": "phone"}
    first = recorded(ledger, on("wrong", "ContactMade", **contact) | source)
    moved = ledger.record(
        on("wrong", "EventRetracted", target=first, reason="another partner"),
        on("right", "ContactMade", **contact) | source,
    )
    assert isinstance(moved, Recorded)
    again = ledger.record(on("right", "ContactMade", **contact) | source)
    assert isinstance(again, Recorded)
    assert again.replayed


def test_who_has_nothing_of_its_own_still_answers_for_the_merged(
    ledger: InProcess,
) -> None:
    recorded(ledger, known("m-a"))
    recorded(ledger, known("m-z"))
    hours = {"amount": "5", "unit": "hour"}
    recorded(ledger, on("m-a", "HelpOffered", by="us", kind="other", quantity=hours))
    recorded(ledger, on("m-a", "PartnerMerged", into="m-z", reason="same"))
    ledger.fold()
    listed = ledger.listed(LATER)
    assert [(item["partner"], item["given"]["offered"]) for item in listed] == [
        ("m-z", "5")
    ]
