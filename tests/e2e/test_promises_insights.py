"""What became of promises and deliveries: the audit's questions, over HTTP."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import Json, event, fresh, head, problem, read, record
from tests.e2e.bad_values import MARKER
from tests.running import RunningService


def on(day: str, kind: str, partner: str, /, **data: Any) -> Json:
    return {**event(kind, partner, **data), "occurred_at": day}


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def offer(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    offered = {"offer": name, "by": by, "kind": "expertise", **data}
    return on(day, "HelpOffered", partner, **offered)


def commitment(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    committed = {"commitment": name, "by": by, "kind": "money", **data}
    return on(day, "ResourceCommitted", partner, **committed)


def delivery(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    given = {"delivery": name, "by": by, "kind": "expertise", **data}
    return on(day, "HelpDelivered", partner, **given)


STORY = [
    offer("2014-01-05", "acme", "us", "training", quantity=hours("10")),
    offer("2014-01-06", "acme", "us", "hall", valid_until="2014-03"),
    offer("2014-01-07", "birch", "partner", "advice"),
    offer("2014-01-08", "birch", "us", "print"),
    on("2014-01-20", "OfferDeclined", "birch", offer="print", reason="Not now."),
    on("2014-02-01", "OfferAccepted", "acme", offer="training"),
    delivery(
        *("2014-02-10", "acme", "us", "first-day"),
        offer="training",
        quantity=hours("4"),
    ),
    # Nobody said how much, so that it comes in a unit of its own.
    delivery(
        *("2014-02-20", "birch", "partner", "an-evening"),
        offer="advice",
        quantity=hours("3"),
    ),
    commitment(
        *("2014-03-01", "acme", "us", "material"),
        quantity=hours("8"),
        due="2014-04",
    ),
    on(
        *("2014-03-15", "CommitmentChanged", "acme"),
        commitment="material",
        delta="-2",
        reason="Fewer came.",
    ),
    commitment(
        *("2014-03-02", "birch", "partner", "stand"),
        quantity=hours("5"),
        due="2014-03-20",
    ),
    delivery(
        *("2014-03-18", "birch", "partner", "built"),
        commitment="stand",
        quantity=hours("5"),
    ),
    commitment("2014-03-03", "birch", "us", "poster", due="2014-03-10"),
    on("2014-03-05", "CommitmentCancelled", "birch", commitment="poster", reason="No."),
    delivery("2014-05-01", "birch", "us", "visit"),
    on(
        *("2014-05-03", "DeliveryDisputed", "birch"),
        delivery="visit",
        reason="It was cut short.",
    ),
]


@pytest.fixture
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A ledger of this test's own that holds the story."""
    key = service.make_key("record", "read", ledger=fresh("promises"))
    with service.with_key(key) as client:
        names = ("acme", "birch")
        record(client, [event("PartnerIdentified", n, name=n.title()) for n in names])
        record(client, STORY)
        yield client


def counts(body: Json, direction: str, promise: str) -> Json:
    """The counts of one direction and kind that are not zero."""
    (row,) = [
        item
        for item in body["items"]
        if (item["direction"], item["promise"]) == (direction, promise)
    ]
    return {name: n for name, n in row.items() if isinstance(n, int) and n}


def named(items: list[Json], *names: str) -> set[tuple[str, ...]]:
    return {tuple(item[name] for name in names) for item in items}


def test_what_was_promised_and_what_came_of_it(told: httpx2.Client) -> None:
    body = read(told, "/v1/promises", as_of="2014-12")
    assert counts(body, "given", "offer") == {
        "made": 3,
        "lapsed": 1,
        "accepted": 1,
        "declined": 1,
        # What we gave is not acknowledged yet; the hall was never answered.
        "delivered": 1,
        "overdue": 1,
    }
    assert counts(body, "received", "offer") == {
        "made": 1,
        "accepted": 1,
        "delivered": 1,
        "acknowledged": 1,
    }
    assert counts(body, "given", "commitment") == {
        "made": 2,
        "open": 1,
        "cancelled": 1,
        "overdue": 1,
    }
    assert counts(body, "received", "commitment") == {
        "made": 1,
        "open": 1,
        "delivered": 1,
        "acknowledged": 1,
    }
    in_hours = [
        i for i in read(told, "/v1/reciprocity")["items"] if i["unit"] == "hour"
    ]
    assert in_hours[0]["received"]["delivered"] == "8"


def test_an_acknowledgement_moves_the_promise_on(told: httpx2.Client) -> None:
    thanked = on("2014-06-01", "DeliveryAcknowledged", "acme", delivery="first-day")
    record(told, thanked)
    body = read(told, "/v1/promises", as_of="2014-12")
    assert counts(body, "given", "offer")["acknowledged"] == 1
    before = read(told, "/v1/promises", as_of="2014-05-31")
    assert "acknowledged" not in counts(before, "given", "offer")


def test_every_row_is_told_even_when_nothing_was_promised(
    service: RunningService,
) -> None:
    key = service.make_key("record", "read", ledger=fresh("empty"))
    with service.with_key(key) as client:
        body = read(client, "/v1/promises")
    rows = [(i["direction"], i["promise"], i["made"]) for i in body["items"]]
    assert rows == [
        *(("given", "offer", 0), ("given", "commitment", 0)),
        *(("received", "offer", 0), ("received", "commitment", 0)),
    ]
    assert body["overdue"] == []


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2014-03-20", set()),
        ("2014-04-30", set()),
        ("2014-05-01", {("acme", "material", "6")}),
    ],
)
def test_commitments_past_due_on_a_date(
    told: httpx2.Client, as_of: str, expected: set[tuple[str, ...]]
) -> None:
    body = read(told, "/v1/promises", as_of=as_of)
    assert named(body["overdue"], "partner", "commitment", "remaining") == expected
    listed = read(told, "/v1/commitments", overdue="true", as_of=as_of)
    assert body["overdue"] == listed["items"]


def test_the_changes_of_an_overdue_commitment_are_in_the_log(
    told: httpx2.Client,
) -> None:
    (late,) = read(told, "/v1/promises", as_of="2014-12")["overdue"]
    query = {"partner": late["partner"], "type": "CommitmentChanged"}
    (change,) = told.get("/v1/events", params=query).json()["items"]
    assert change["data"]["commitment"] == late["commitment"]
    assert change["data"]["delta"] == "-2"
    position = change["position"] - 1
    then = read(told, "/v1/promises", as_of="2014-12", known_at=f"position:{position}")
    assert then["overdue"][0]["remaining"] == "8"


def test_the_longest_overdue_come_first_and_no_more_than_asked(
    told: httpx2.Client,
) -> None:
    late = [
        commitment(f"2014-02-{n:02}", "birch", "us", f"c{n}", due=f"2014-03-{n:02}")
        for n in (7, 3, 5)
    ]
    record(told, late)
    query = {"limit": 2, "as_of": "2014-12"}
    found = read(told, "/v1/promises", **query)["overdue"]
    assert [item["commitment"] for item in found] == ["c3", "c5"]
    merge = event("PartnerMerged", "birch", into="acme", reason="The same company.")
    record(told, merge)
    found = read(told, "/v1/promises", **query)["overdue"]
    assert [item["commitment"] for item in found] == ["birch/c3", "birch/c5"]
    assert {item["partner"] for item in found} == {"acme"}


def test_offers_that_were_never_answered_by_side(told: httpx2.Client) -> None:
    for state, as_of, expected in (
        ("open", "2014-01-31", {("us", "training"), ("us", "hall"), LATER}),
        ("lapsed", "2014-12", {("us", "hall")}),
        ("open", "2014-12", set()),
    ):
        body = read(told, "/v1/offers", state=state, as_of=as_of)
        assert named(body["items"], "by", "offer") == expected
        funnel = read(told, "/v1/promises", as_of=as_of)
        asked = [counts(funnel, d, "offer").get(state, 0) for d in DIRECTIONS]
        assert sum(asked) == len(expected)


LATER = ("partner", "advice")
DIRECTIONS = ("given", "received")


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
    "question",
    [
        *("/v1/promises?limit=0", "/v1/promises?partner=acme", "/v1/promises?as_of=x"),
        *("/v1/deliveries?state=open", "/v1/deliveries?partner=%00"),
        *(f"/v1/deliveries?cursor={MARKER}", "/v1/deliveries?limit=1001"),
        *("/v1/deliveries?known_at=position:999999", "/v1/promises?known_at=x"),
    ],
)
def test_a_senseless_question_is_refused(told: httpx2.Client, question: str) -> None:
    problem(told.get(question), "invalid")


def test_nobody_is_not_found(told: httpx2.Client) -> None:
    problem(told.get("/v1/deliveries?partner=nobody"), "not-found")
