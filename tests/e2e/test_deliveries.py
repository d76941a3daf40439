"""Deliveries, and what of them was acknowledged, over HTTP."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import Json, event, head, problem, read, record
from tests.e2e.bad_values import MARKER
from tests.e2e.promises_story import hours, named, on, told_to
from tests.running import RunningService


@pytest.fixture
def told(service: RunningService) -> Iterator[httpx2.Client]:
    with told_to(service) as client:
        yield client


def deliveries(client: httpx2.Client, /, **query: Any) -> list[Json]:
    items: list[Json] = read(client, "/v1/deliveries", **query)["items"]
    return items


def test_deliveries_never_acknowledged_or_disputed(told: httpx2.Client) -> None:
    (awaiting,) = deliveries(told, state="awaiting")
    assert awaiting == {
        "partner": "acme",
        "delivery": "first-day",
        "by": "us",
        "kind": "expertise",
        "quantity": hours("4"),
        "offer": "training",
        "commitment": None,
        "delivered": "4",
        "acknowledged": "0",
        "awaiting": "4",
        "disputed": "0",
        "state": "awaiting",
        "event": awaiting["event"],
        "acts_from": "2014-02-10T00:00:00.000000Z",
    }
    (disputed,) = deliveries(told, state="disputed")
    assert (disputed["delivery"], disputed["quantity"]) == ("visit", None)
    done = deliveries(told, state="acknowledged")
    assert named(done, "delivery", "commitment") == {
        ("an-evening", None),
        ("built", "stand"),
    }


def test_deliveries_are_told_on_both_clocks(told: httpx2.Client) -> None:
    before = head(told)
    thanks = {"delivery": "first-day", "quantity": hours("1")}
    record(told, on("2014-06-01", "DeliveryAcknowledged", "acme", **thanks))
    conceded = {"delivery": "visit", "outcome": "conceded"}
    record(told, on("2014-06-02", "DisputeResolved", "birch", **conceded))
    (part,) = deliveries(told, partner="acme")
    assert (part["state"], part["acknowledged"], part["awaiting"]) == (
        *("awaiting", "1", "3"),
    )
    assert deliveries(told, partner="acme", as_of="2014-05")[0]["awaiting"] == "4"
    (given_up,) = deliveries(told, state="conceded")
    assert (given_up["delivery"], given_up["delivered"]) == ("visit", "0")
    then = deliveries(told, state="disputed", known_at=f"position:{before}")
    assert named(then, "delivery") == {("visit",)}


def test_deliveries_read_as_corrected_by_the_cut(told: httpx2.Client) -> None:
    (first,) = deliveries(told, partner="acme")
    before = head(told)
    data = {
        "delivery": "first-day",
        "by": "us",
        "kind": "space",
        "offer": "training",
        "quantity": hours("6"),
    }
    wrong = {"target": first["event"], "data": data, "reason": "It was the hall."}
    record(told, event("EventCorrected", "acme", **wrong))
    (now,) = deliveries(told, partner="acme")
    assert (now["kind"], now["quantity"], now["awaiting"]) == ("space", hours("6"), "6")
    assert deliveries(told, partner="acme", known_at=f"position:{before}") == [first]


def test_deliveries_of_a_merged_partner_are_those_of_the_survivor(
    told: httpx2.Client,
) -> None:
    merge = event("PartnerMerged", "birch", into="acme", reason="The same company.")
    record(told, merge)
    found = deliveries(told)
    assert {item["partner"] for item in found} == {"acme"}
    assert ("birch/built", "birch/stand") in named(found, "delivery", "commitment")
    gone = problem(told.get("/v1/deliveries?partner=birch"), "not-found")
    assert gone["merged_into"] == "acme"


def test_deliveries_come_in_pages_and_as_csv(told: httpx2.Client) -> None:
    link, found = f"/v1/deliveries?limit=1&min_position={head(told)}", []
    while link:
        answer = told.get(link)
        found += answer.json()["items"]
        link = answer.headers.get("Link", "").split(">")[0].removeprefix("<")
    assert found == deliveries(told)
    assert len(found) == 4
    answer = told.get("/v1/deliveries", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["delivery"] for row in rows] == [item["delivery"] for item in found]


@pytest.mark.parametrize(
    "query",
    [
        *("state=open", "partner=%00", "limit=1001", f"cursor={MARKER}"),
        *("known_at=position:999999", "as_of=x"),
    ],
)
def test_a_senseless_question_is_refused(told: httpx2.Client, query: str) -> None:
    problem(told.get(f"/v1/deliveries?{query}"), "invalid")


def test_nobody_is_not_found(told: httpx2.Client) -> None:
    problem(told.get("/v1/deliveries?partner=nobody"), "not-found")
