"""What was promised, and what became of it, over HTTP."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.asking import Json, event, fresh, problem, read, record
from tests.e2e.promises_story import commitment, named, on, told_to
from tests.running import RunningService

LATER = ("partner", "advice")
DIRECTIONS = ("given", "received")


@pytest.fixture
def told(service: RunningService) -> Iterator[httpx2.Client]:
    with told_to(service) as client:
        yield client


def counts(body: Json, direction: str, promise: str) -> Json:
    """The counts of one direction and kind that are not zero."""
    (row,) = [
        item
        for item in body["items"]
        if (item["direction"], item["promise"]) == (direction, promise)
    ]
    return {name: n for name, n in row.items() if isinstance(n, int) and n}


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


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "partner=acme", "as_of=x", "known_at=x"]
)
def test_a_senseless_question_is_refused(told: httpx2.Client, query: str) -> None:
    problem(told.get(f"/v1/promises?{query}"), "invalid")
