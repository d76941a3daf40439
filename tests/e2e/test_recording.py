"""Recording one event: what the receipt says, and what the ledger fills in."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    new_partner,
    pointers,
    problem,
    record,
    say,
    send,
)

PARTNER = re.compile(r"[a-z0-9][a-z0-9._~-]{0,63}")
ENVELOPE = {
    *("id", "position", "partner", "version", "type", "schema", "occurred_at"),
    *("occurred_from", "occurred_to", "recorded_at", "recorded_by", "causation"),
    *("correlation", "source", "data", "completed"),
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_receipt_is_the_recorded_event(client: httpx2.Client, partner: str) -> None:
    sent = contact(
        partner,
        occurred_at="2014-03-05",
        correlation="visit 7",
        source={"system": "crm", "ref": fresh()},
    )
    answer = send(client, sent)
    body = answer.json()
    assert answer.status_code == 201
    assert body.keys() >= ENVELOPE
    assert sent.items() <= body.items()
    assert (body["version"], body["schema"]) == (2, 1)
    assert body["recorded_by"]
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Ledger-Position"] == str(body["position"])
    assert answer.headers["Location"].endswith(f"/v1/events/{body['id']}")


def test_the_location_of_a_receipt_leads_to_the_event(
    client: httpx2.Client, partner: str
) -> None:
    answer = send(client, contact(partner))
    found = client.get(answer.headers["Location"])
    assert found.status_code == 200
    assert answer.json().items() <= found.json().items()


def test_ids_of_events_are_uuids_of_version_7(
    client: httpx2.Client, partner: str
) -> None:
    assert uuid.UUID(record(client, contact(partner))["id"]).version == 7


def test_positions_and_versions_have_no_gaps(client: httpx2.Client) -> None:
    one, two = new_partner(client), new_partner(client)
    order = (one, two, one, one, two)
    recorded = [record(client, contact(name)) for name in order]
    first = recorded[0]["position"]
    assert [e["position"] for e in recorded] == list(range(first, first + 5))
    assert [e["version"] for e in recorded] == [2, 2, 3, 4, 3]


def test_recorded_at_never_decreases_and_is_of_now(
    client: httpx2.Client, partner: str
) -> None:
    recorded = [record(client, contact(partner))["recorded_at"] for _ in range(5)]
    times = [instant(text) for text in recorded]
    assert times == sorted(times)
    assert all(re.fullmatch(r"[^.]+\.[0-9]{6}Z", text) for text in recorded)
    assert abs(datetime.now(UTC) - times[-1]) < timedelta(minutes=1)


def test_without_a_date_an_event_happened_now(
    client: httpx2.Client, partner: str
) -> None:
    body = record(client, contact(partner))
    happened = instant(body["occurred_at"])
    assert abs(happened - instant(body["recorded_at"])) < timedelta(seconds=10)
    assert body["occurred_from"] == body["occurred_to"]


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        ("2014", "2014-01-01T00:00:00", "2014-12-31T23:59:59.999999"),
        ("2016-02", "2016-02-01T00:00:00", "2016-02-29T23:59:59.999999"),
        ("2014-03-05", "2014-03-05T00:00:00", "2014-03-05T23:59:59.999999"),
        ("2014-03-05T10:00:00Z", "2014-03-05T10:00:00", "2014-03-05T10:00:00"),
        ("2014-03-05T01:30:00+09:00", "2014-03-04T16:30:00", "2014-03-04T16:30:00"),
        ("2014-03-05T10:00:00.25Z", "2014-03-05T10:00:00.25", "2014-03-05T10:00:00.25"),
        ("0001", "0001-01-01T00:00:00", "0001-12-31T23:59:59.999999"),
    ],
)
def test_a_date_is_kept_as_given_and_denotes_an_interval(
    client: httpx2.Client, partner: str, sent: str, first: str, last: str
) -> None:
    body = record(client, contact(partner, occurred_at=sent))
    assert body["occurred_at"] == sent
    assert instant(body["occurred_from"]) == instant(first).replace(tzinfo=UTC)
    assert instant(body["occurred_to"]) == instant(last).replace(tzinfo=UTC)


def test_an_event_may_lie_a_day_ahead_and_no_more(
    client: httpx2.Client, partner: str
) -> None:
    now = datetime.now(UTC)
    soon = (now + timedelta(hours=23)).isoformat()
    record(client, contact(partner, occurred_at=soon))
    for late in (now + timedelta(hours=25), now + timedelta(days=400)):
        refused = send(client, contact(partner, occurred_at=late.isoformat()))
        assert pointers(problem(refused, "invalid")) == ["/occurred_at"]
    next_year = contact(partner, occurred_at=str(now.year + 1))
    if now.month < 12:
        problem(send(client, next_year), "invalid")


def test_a_year_that_has_begun_is_not_in_the_future(
    client: httpx2.Client, partner: str
) -> None:
    record(client, contact(partner, occurred_at=str(datetime.now(UTC).year)))


def test_a_meeting_may_be_scheduled_far_ahead(
    client: httpx2.Client, partner: str
) -> None:
    say(client, "MeetingScheduled", partner, on="2999-01-31", channel="video")


def test_an_id_left_out_is_the_id_of_the_event(
    client: httpx2.Client, partner: str
) -> None:
    quantity = {"amount": "12.50", "unit": "hour"}
    offer = say(
        client, "HelpOffered", partner, by="us", kind="space", quantity=quantity
    )
    assert "offer" not in offer["data"]
    accepted = say(client, "OfferAccepted", partner, offer=offer["id"])
    assert accepted["completed"]["by"] == "us"
    assert "hour" in json.dumps(accepted["completed"])


def test_data_is_kept_as_sent(client: httpx2.Client, partner: str) -> None:
    data: Json = {"by": "us", "kind": "goods"}
    data["quantity"] = {"amount": "0.100000000000", "unit": "item:laptop"}
    assert record(client, event("HelpOffered", partner, **data))["data"] == data


def test_the_ledger_names_a_partner_that_comes_without_an_id(
    client: httpx2.Client,
) -> None:
    name = fresh("Zebra")
    sent: Json = {"type": "PartnerIdentified", "data": {"name": name}}
    first, second = record(client, sent), record(client, sent)
    assert first["partner"] != second["partner"]
    assert PARTNER.fullmatch(first["partner"])
    assert PARTNER.fullmatch(second["partner"])
    sent["data"]["name"] = "第二社"
    assert PARTNER.fullmatch(record(client, sent)["partner"])


def test_any_other_event_must_say_of_which_partner_it_is(client: httpx2.Client) -> None:
    sent = contact("nobody")
    del sent["partner"]
    assert pointers(problem(send(client, sent), "invalid")) == ["/partner"]


def test_a_causation_is_an_event_of_the_ledger(
    client: httpx2.Client, partner: str
) -> None:
    meeting = record(client, contact(partner))
    caused = record(client, contact(partner, causation=meeting["id"]))
    assert caused["causation"] == meeting["id"]
    unknown = contact(partner, causation="01890a5d-ac96-774b-bcce-b302099a8057")
    problem(send(client, unknown), "conflict")


def test_our_own_people_stand_in_the_ledgers_stream(
    client: httpx2.Client, partner: str
) -> None:
    person = fresh("h")
    say(client, "PersonAdded", "_ledger", person=person, side="us", name="Hanako")
    say(client, "OwnerAssigned", partner, person=person)
    contact_with = contact(partner)
    contact_with["data"]["persons"] = [person]
    record(client, contact_with)


@pytest.mark.parametrize(
    ("kind", "on", "data"),
    [
        ("ContactMade", "_ledger", {"by": "us", "channel": "phone"}),
        ("PartnerIdentified", "_ledger", {"name": "Ourselves"}),
        ("StagePolicyPublished", None, {"min_days": 30}),
        ("PersonAdded", None, {"side": "us", "name": "Hanako"}),
        ("PersonAdded", "_ledger", {"side": "partner", "name": "Hanako"}),
    ],
)
def test_a_type_on_the_wrong_kind_of_stream_is_invalid(
    client: httpx2.Client, partner: str, kind: str, on: str | None, data: Json
) -> None:
    problem(send(client, event(kind, on or partner, **data)), "invalid")


def test_a_policy_is_published_for_the_whole_ledger(client: httpx2.Client) -> None:
    assert say(client, "StagePolicyPublished", "_ledger")["partner"] == "_ledger"


def test_a_body_may_say_its_charset_and_end_in_white_space(
    client: httpx2.Client, partner: str
) -> None:
    text = f' {{"type": "GoalAsked", "partner": "{partner}", "data": {{"by": "us"}}}}\n'
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert client.post("/v1/events", content=text, headers=headers).status_code == 201
