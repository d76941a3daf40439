"""`/v1/today`: whom to contact, what to keep, answer, thank for and attend."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    new_partner,
    problem,
    read,
    record,
)
from tests.running import RunningService

AS_OF = "2014-06-30"


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx2.Client]:
    """A ledger of the test's own, so that its day is nobody else's."""
    with service.with_key(service.make_key("admin", ledger=fresh("today"))) as own:
        yield own


def dated(request: Json, at: str) -> Json:
    return {**request, "occurred_at": at}


def known(client: httpx2.Client, *said: Json) -> str:
    """A partner identified in 2013, of whom something is said."""
    partner = fresh()
    name = event("PartnerIdentified", partner, name=partner.title())
    record(client, [dated(name, "2013"), *({**s, "partner": partner} for s in said)])
    return partner


def today(client: httpx2.Client, **query: Any) -> Json:
    body: Json = read(client, "/v1/today", as_of=AS_OF, **query)
    return body


def test_the_longest_overdue_for_their_cadence_come_first(
    client: httpx2.Client,
) -> None:
    monthly = known(client, dated(contact("x"), "2014-05-01"))
    weekly = known(
        client,
        event("CadenceSet", "x", target_days=7, max_days=14) | {"occurred_at": "2014"},
        dated(contact("x"), "2014-06-15"),
    )
    fine = known(client, dated(contact("x"), "2014-06-15"))
    assert fine
    first, second = today(client)["contact"]
    assert (first["partner"], first["days_since"], first["score"]) == (
        weekly,
        15,
        round(8 / 7, 4),
    )
    assert (second["partner"], second["days_since"], second["score"]) == (
        monthly,
        60,
        1,
    )
    assert second["suggestion"]["act"] == "ask_goals"


def test_who_is_snoozed_met_soon_or_parted_is_not_called(
    client: httpx2.Client,
) -> None:
    met = dated(contact("x"), "2014-01-01")
    known(
        client,
        met,
        event("ReminderSnoozed", "x", until="2014-07-01")
        | {"occurred_at": "2014-02-01"},
    )
    meeting = event("MeetingScheduled", "x", on="2014-07-10", channel="in_person")
    expecting = known(client, met, dated(meeting, "2014-02-01"))
    parting = event("RelationshipBrokenOff", "x", by="us", reason="No.")
    known(client, met, dated(parting, "2014-02-01"))
    body = today(client)
    assert body["contact"] == []
    assert [m["partner"] for m in body["meetings"]] == [expecting]


def test_what_was_promised_and_offered_waits_until_it_is_closed(
    client: httpx2.Client,
) -> None:
    hours = {"amount": "5", "unit": "hour"}
    promise = event(
        "ResourceCommitted",
        "x",
        by="us",
        kind="expertise",
        commitment="c",
        quantity=hours,
        due="2014-06-01",
    )
    part = event(
        "HelpDelivered",
        "x",
        by="us",
        kind="expertise",
        commitment="c",
        quantity={"amount": "2", "unit": "hour"},
    )
    offer = event("HelpOffered", "x", by="partner", kind="space", offer="o")
    partner = known(
        client,
        dated(promise, "2014-05-01"),
        dated(part, "2014-05-02"),
        dated(offer, "2014-05-03"),
    )
    body = today(client)
    (kept,) = body["promised"]
    assert (kept["partner"], kept["remaining"], kept["overdue"]) == (
        partner,
        "3",
        True,
    )
    assert [o["offer"] for o in body["offers"]] == ["o"]
    accepted = event("OfferAccepted", partner, offer="o")
    rest = {**part["data"], "completes": True}
    record(
        client,
        [
            dated(accepted, "2014-05-04"),
            dated(event("HelpDelivered", partner, **rest), "2014-05-05"),
        ],
    )
    done = today(client)
    assert (done["promised"], done["offers"]) == ([], [])
    then = read(client, "/v1/today", as_of="2014-05-04")
    assert [c["commitment"] for c in then["promised"]] == ["c"]
    assert then["offers"] == []


def test_help_is_to_be_thanked_for_until_a_contact_on_a_later_day(
    client: httpx2.Client,
) -> None:
    given = event("HelpDelivered", "x", by="partner", kind="referral")
    partner = known(client, dated(given, "2014-06-20"))
    assert [t["partner"] for t in today(client)["thanks"]] == [partner]
    record(client, dated(contact(partner), "2014-06-21"))
    assert today(client)["thanks"] == []


def test_help_is_thanked_for_by_a_contact_that_arose_from_it_on_its_day(
    client: httpx2.Client,
) -> None:
    given = event("HelpDelivered", "x", by="partner", kind="referral", delivery="d")
    partner = known(client, dated(given, "2014-06-20T09:00:00Z"))
    (wanted,) = today(client)["thanks"]
    call = dated(contact(partner), "2014-06-20T10:00:00Z")
    record(client, call)
    assert today(client)["thanks"] == [wanted]
    record(client, call | {"causation": wanted["event"]})
    assert today(client)["thanks"] == []


def test_help_that_was_acknowledged_is_thanked_for(client: httpx2.Client) -> None:
    data = {"by": "partner", "kind": "referral", "delivery": "d", "confirmed": False}
    given = dated(event("HelpDelivered", "x", **data), "2014-06-20")
    partner = known(client, given)
    assert len(today(client)["thanks"]) == 1
    thanks = event("DeliveryAcknowledged", partner, delivery="d")
    record(client, dated(thanks, "2014-06-20"))
    assert today(client)["thanks"] == []


def test_offers_whose_day_has_passed_wait_behind_the_others(
    client: httpx2.Client,
) -> None:
    offers = [
        dated(event("HelpOffered", "x", by="partner", kind="space", **more), "2014-05")
        for more in (
            {"offer": "past", "valid_until": "2014-06-01"},
            {"offer": "soon", "valid_until": "2014-07-01"},
            {"offer": "any-time"},
        )
    ]
    known(client, *offers)
    waiting = [(o["offer"], o["overdue"]) for o in today(client)["offers"]]
    assert waiting == [("soon", False), ("any-time", False), ("past", True)]


def test_a_day_is_narrowed_to_who_looks_after_the_partners(
    client: httpx2.Client,
) -> None:
    ours = event("PersonAdded", "_ledger", person="mei", side="us", name="Mei")
    record(client, ours)
    partner = known(
        client,
        dated(contact("x"), "2014-01-01"),
        dated(event("OwnerAssigned", "x", person="mei"), "2014-01-01"),
    )
    known(client, dated(contact("x"), "2014-01-01"))
    assert [c["partner"] for c in today(client, owner="mei")["contact"]] == [partner]
    assert len(today(client)["contact"]) == 2
    problem(client.get("/v1/today", params={"limit": 0}), "invalid")
    assert client.get("/v1/today", params={"limit": 1000}).status_code == 200
    problem(client.get("/v1/today", params={"limit": 1001}), "invalid")


def test_the_day_is_now_unless_another_is_asked_for(client: httpx2.Client) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=45)
    partner = known(client, dated(contact("x"), long_ago.date().isoformat()))
    (item,) = read(client, "/v1/today")["contact"]
    assert (item["partner"], item["days_since"], item["score"]) == (partner, 45, 0.5)
    assert new_partner(client)
