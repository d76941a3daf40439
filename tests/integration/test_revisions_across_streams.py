"""Corrections that name, or are named by, another stream: what the writer gathers."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.ledger.store.recordings import Outcome, Recorded, Refused
from tests.ledger_in_process import Books, InProcess, books
from tests.servers import Database


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


def record(ledger: InProcess, kind: str, partner: str, **data: Any) -> Outcome:
    return ledger.record({"type": kind, "partner": partner, "data": data})


def identify(ledger: InProcess, partner: str) -> str:
    return recorded(record(ledger, "PartnerIdentified", partner, name=partner))


def recorded(outcome: Outcome) -> str:
    assert isinstance(outcome, Recorded), outcome
    return outcome.rows[0].id


def test_who_introduced_a_partner_may_be_corrected(open_books: Books) -> None:
    ledger = open_books.ledger("introduced", "UTC")
    identify(ledger, "birch")
    target = identify(ledger, "acme")
    data = {"name": "Acme", "introduced_by": "birch"}
    why = {"target": target, "data": data, "reason": "Birch did."}
    recorded(record(ledger, "EventCorrected", "acme", **why))
    later = recorded(record(ledger, "ContactMade", "acme", by="us", channel="phone"))
    recorded(record(ledger, "EventRetracted", "acme", target=later, reason="No."))


def test_who_is_named_by_a_correction_elsewhere_is_not_taken_back(
    open_books: Books,
) -> None:
    ledger = open_books.ledger("named", "UTC")
    taro = {"person": "taro", "side": "us", "name": "Taro"}
    person = recorded(record(ledger, "PersonAdded", "_ledger", **taro))
    identify(ledger, "acme")
    call = {"by": "us", "channel": "phone"}
    target = recorded(record(ledger, "ContactMade", "acme", **call))
    data = {**call, "persons": ["taro"]}
    why = {"target": target, "data": data, "reason": "Taro called."}
    recorded(record(ledger, "EventCorrected", "acme", **why))
    gone = {"target": person, "reason": "Nobody."}
    outcome = record(ledger, "EventRetracted", "_ledger", **gone)
    assert isinstance(outcome, Refused)
    assert outcome.reason.dependents == (target,)
