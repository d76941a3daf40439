"""Lists of events: recorded all or none, and tied together with `#n`."""

from typing import Any

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    new_partner,
    pointers,
    problem,
    record,
    send,
)


def test_a_list_is_recorded_in_order(client: httpx2.Client, partner: str) -> None:
    answer = send(client, [contact(partner) for _ in range(100)])
    items = answer.json()["items"]
    assert answer.status_code == 201
    assert [e["version"] for e in items] == list(range(2, 102))
    first = items[0]["position"]
    assert [e["position"] for e in items] == list(range(first, first + 100))
    assert answer.headers["Ledger-Position"] == str(items[-1]["position"])
    assert answer.headers["ETag"] == '"101"'


def test_a_list_of_one_answers_as_a_list(client: httpx2.Client, partner: str) -> None:
    assert len(record(client, [contact(partner)])["items"]) == 1


@pytest.mark.parametrize("length", [0, 101])
def test_a_list_holds_1_to_100_events(
    client: httpx2.Client, partner: str, length: int
) -> None:
    before = head(client)
    problem(send(client, [contact(partner)] * length), "invalid")
    assert head(client) == before


def test_a_list_that_breaks_a_rule_is_not_recorded_at_all(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    items = [contact(partner), event("OfferAccepted", partner, offer="none")]
    told = problem(send(client, [*items, contact(partner)]), "conflict")
    assert all(place.startswith("/1") for place in pointers(told))
    assert head(client) == before


def test_a_list_with_an_invalid_item_is_not_recorded_at_all(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    wrong = event("ContactMade", partner, by="we", channel="phone")
    told = problem(send(client, [contact(partner), wrong]), "invalid")
    assert pointers(told) == ["/1/data/by"]
    assert head(client) == before


def test_a_later_item_sees_what_an_earlier_one_did(client: httpx2.Client) -> None:
    name = fresh()
    items = [
        event("PartnerIdentified", name, name="Acme"),
        event("HelpOffered", name, offer="o", by="us", kind="space"),
        event("OfferAccepted", name, offer="o"),
    ]
    assert [e["version"] for e in record(client, items)["items"]] == [1, 2, 3]
    problem(send(client, [items[2]]), "conflict")


def test_a_causation_may_name_an_earlier_item(
    client: httpx2.Client, partner: str
) -> None:
    items = [contact(partner), contact(partner), contact(partner, causation="#1")]
    recorded = record(client, items)["items"]
    assert recorded[2]["causation"] == recorded[0]["id"]


def test_an_id_field_may_name_what_an_earlier_item_introduced(
    client: httpx2.Client, partner: str
) -> None:
    items = [
        event("HelpOffered", partner, by="us", kind="space"),
        event("HelpOffered", partner, offer="named", by="us", kind="space"),
        event("OfferAccepted", partner, offer="#1"),
        event("OfferAccepted", partner, offer="#2"),
        event("GoalShared", partner, whose="us", statement="Members"),
        event("IdeaProposed", partner, by="us", statement="Do", goals=["#5"]),
    ]
    recorded = record(client, items)["items"]
    assert recorded[2]["completed"]["by"] == "us"
    assert recorded[3]["completed"]["by"] == "us"
    # Whichever form `data` keeps, the offers are now accepted.
    again = event("OfferAccepted", partner, offer=recorded[0]["id"])
    problem(send(client, again), "conflict")
    problem(send(client, event("OfferAccepted", partner, offer="named")), "conflict")


def test_what_a_list_recorded_can_be_read_without_the_list(
    client: httpx2.Client, partner: str
) -> None:
    items = [
        event("HelpOffered", partner, by="us", kind="space"),
        event("OfferAccepted", partner, offer="#1"),
    ]
    offer, accepted = record(client, items)["items"]
    named = accepted["data"]["offer"]
    assert offer["id"] in {named, accepted["completed"].get("offer")}


@pytest.mark.parametrize(
    "place", ["#2", "#3", "#0", "#-1", "#01", "#1000000", "#", "#x"]
)
def test_a_place_that_is_no_earlier_item_is_invalid(
    client: httpx2.Client, partner: str, place: str
) -> None:
    before = head(client)
    late = contact(partner, causation=place)
    problem(send(client, [contact(partner), late, contact(partner)]), "invalid")
    taken = event("OfferAccepted", partner, offer=place)
    offer = event("HelpOffered", partner, by="us", kind="space")
    problem(send(client, [offer, taken, offer]), "invalid")
    assert head(client) == before


def test_a_place_of_another_kind_is_invalid(
    client: httpx2.Client, partner: str
) -> None:
    goal = event("GoalShared", partner, whose="us", statement="Members")
    taken = event("OfferAccepted", partner, offer="#1")
    told = problem(send(client, [goal, taken]), "invalid")
    assert pointers(told) == ["/1/data/offer"]


@pytest.mark.parametrize("members", [{"causation": "#1"}, {"data": {"offer": "#1"}}])
def test_a_place_means_nothing_outside_a_list(
    client: httpx2.Client, partner: str, members: Json
) -> None:
    sent = {**event("OfferAccepted", partner, offer="o"), **members}
    problem(send(client, sent), "invalid")


def test_a_list_may_bring_two_partners_of_one_name(client: httpx2.Client) -> None:
    sent = {"type": "PartnerIdentified", "data": {"name": fresh("Zebra")}}
    first, second = record(client, [sent, sent])["items"]
    assert first["partner"] != second["partner"]


def test_a_partner_named_by_the_ledger_can_be_referred_to(
    client: httpx2.Client,
) -> None:
    sent = {"type": "PartnerIdentified", "data": {"name": fresh("Zebra")}}
    first, second = record(client, [sent, contact("#1")])["items"]
    assert (second["partner"], second["version"]) == (first["partner"], 2)


def test_a_list_may_span_partners(client: httpx2.Client) -> None:
    one, two = new_partner(client), new_partner(client)
    recorded = record(client, [contact(one), contact(two, causation="#1")])["items"]
    assert [e["partner"] for e in recorded] == [one, two]


@pytest.mark.parametrize("item", [None, 1, "x", [], [{}]])
def test_an_item_that_is_no_object_is_invalid(
    client: httpx2.Client, partner: str, item: Any
) -> None:
    problem(send(client, [contact(partner), item]), "invalid")


def test_one_large_item_makes_a_list_too_large(
    client: httpx2.Client, partner: str
) -> None:
    before = head(client)
    large = event("IdeaProposed", partner, by="us", statement="x", goals=["g"] * 9000)
    problem(send(client, [contact(partner), large]), "too-large")
    assert head(client) == before


def test_a_list_may_be_larger_than_one_event(
    client: httpx2.Client, partner: str
) -> None:
    sent = contact(partner)
    sent["data"]["note"] = "第" * 4000
    assert len(record(client, [sent] * 10)["items"]) == 10
