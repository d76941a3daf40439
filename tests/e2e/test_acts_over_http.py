"""Rhythm, wheel, breadth and late facts of a story told, over HTTP."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.acts_story import ledger_of, tell
from tests.e2e.asking import head, read
from tests.running import RunningService


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which the story was told."""
    with ledger_of(service) as client:
        tell(client)
        yield client


def test_rhythm_counts_days_and_not_contacts(told: httpx2.Client) -> None:
    body = read(told, "/v1/rhythm", as_of="2014-03", months=3)
    assert [list(item.values()) for item in body["items"]] == [
        ["acme", "2014-01", 2, 1, "0.5000"],
        ["acme", "2014-02", 0, 0, None],
        ["acme", "2014-03", 1, 1, "1.0000"],
        ["birch", "2014-01", 0, 0, None],
        ["birch", "2014-02", 0, 0, None],
        ["birch", "2014-03", 1, 0, "0.0000"],
    ]
    assert body["as_of"] == "2014-03-31T23:59:59.999999Z"
    assert body["position"] == head(told)


def test_rhythm_is_of_twelve_months_up_to_as_of(told: httpx2.Client) -> None:
    items = read(told, "/v1/rhythm", as_of="2014-12")["items"]
    assert [i["month"] for i in items] == [f"2014-{m:02}" for m in range(1, 13)] * 2
    # A partner without a contact in the window is in it no more.
    later = read(told, "/v1/rhythm", as_of="2015-02")["items"]
    assert {item["partner"] for item in later} == {"acme", "birch"}
    assert not read(told, "/v1/rhythm", as_of="2015-03", months=12)["items"]
    assert not read(told, "/v1/rhythm")["items"]


def test_rhythm_of_one_partner_has_every_month_of_the_window(
    told: httpx2.Client,
) -> None:
    query = {"as_of": "2014-03", "months": 2, "partner": "cedar"}
    items = read(told, "/v1/rhythm", **query)["items"]
    assert [(i["month"], i["contact_days"]) for i in items] == [
        ("2014-02", 0),
        ("2014-03", 0),
    ]


def test_what_had_not_happened_by_then_is_left_out(told: httpx2.Client) -> None:
    query = {"months": 1, "partner": "acme"}
    (item,) = read(told, "/v1/rhythm", as_of="2014-01-30", **query)["items"]
    assert item["contact_days"] == 1
    (item,) = read(told, "/v1/rhythm", as_of="2014-01-05T09:00:00Z", **query)["items"]
    assert (item["contact_days"], item["in_person_days"]) == (1, 0)
    assert not read(told, "/v1/late", as_of="2012", days=1)["items"]


def test_the_first_year_has_no_months_before_it(told: httpx2.Client) -> None:
    body = read(told, "/v1/rhythm", as_of="0001-02", partner="acme", months=120)
    assert [item["month"] for item in body["items"]] == ["0001-01", "0001-02"]
    body = read(told, "/v1/breadth", as_of="9999", limit=1000)
    assert body["items"][-1]["month"] == "9999-12"
    whole = read(told, "/v1/wheel", **{"from": "0001", "as_of": "9999"})
    assert sum(item["count"] for item in whole["items"]) == 7


def test_the_wheel_has_a_spoke_for_each_act_by_month_kind_and_side(
    told: httpx2.Client,
) -> None:
    body = read(told, "/v1/wheel", as_of="2014-12-31")
    assert [list(item.values()) for item in body["items"]] == [
        ["2014-01", "contact", "in_person", "us", 1, 0],
        ["2014-01", "contact", "phone", "us", 2, 0],
        ["2014-02", "attempt", "phone", "us", 0, 1],
        ["2014-03", "contact", "email", "partner", 1, 0],
        ["2014-03", "contact", "in_person", "us", 1, 0],
        ["2014-03", "delivery", "goods", "us", 1, 0],
        ["2014-03", "goal_asked", None, "partner", 1, 0],
    ]
    assert body["largest_partner"] == {"partner": "acme", "share": "0.7143"}
    assert body["largest_act"] == {"act": "contact", "share": "0.7143"}


def test_the_wheel_turns_from_a_day_on_and_for_one_partner(
    told: httpx2.Client,
) -> None:
    query = {"as_of": "2014", "from": "2014-03-20"}
    body = read(told, "/v1/wheel", **query)
    assert [i["act"] for i in body["items"]] == ["contact", "delivery"]
    # Of equals the first by name.
    assert body["largest_partner"] == {"partner": "birch", "share": "0.5000"}
    assert body["largest_act"] == {"act": "contact", "share": "0.5000"}
    body = read(told, "/v1/wheel", partner="cedar", **query)
    assert [i["act"] for i in body["items"]] == ["delivery"]
    assert body["largest_partner"] == {"partner": "cedar", "share": "1.0000"}


def test_a_wheel_of_attempts_alone_has_no_largest(told: httpx2.Client) -> None:
    body = read(told, "/v1/wheel", **{"from": "2014-02", "as_of": "2014-02"})
    assert [item["thin_count"] for item in body["items"]] == [1]
    assert (body["largest_partner"], body["largest_act"]) == (None, None)


def test_breadth_counts_partners_and_their_people_once_a_month(
    told: httpx2.Client,
) -> None:
    query = {"as_of": "2014-04", "from": "2014"}
    items = read(told, "/v1/breadth", **query)["items"]
    assert [list(item.values()) for item in items] == [
        ["2014-01", 1, 1],
        ["2014-02", 0, 0],
        ["2014-03", 3, 1],
        ["2014-04", 0, 0],
    ]
    assert not read(told, "/v1/breadth", **{"as_of": "2013", "from": "2014"})["items"]


def test_the_latest_facts_come_first(told: httpx2.Client) -> None:
    items = read(told, "/v1/late", days=1)["items"]
    # PersonAdded happened when it was recorded; of equals the last recorded is first.
    assert [item["position"] for item in items] == [3, 2, 1, 7, 6, 8, 11, 10, 12, 13, 9]
    first = items[0]
    assert (
        first.items()
        >= {
            "partner": "cedar",
            "type": "PartnerIdentified",
            "occurred_at": "2013",
            "occurred_from": "2013-01-01T00:00:00.000000Z",
            "occurred_to": "2013-12-31T23:59:59.999999Z",
            "recorded_by": "key for ('record', 'read')",
        }.items()
    )
    some = read(told, "/v1/late", days=first["days"])["items"]
    assert [item["position"] for item in some] == [3, 2, 1]
    assert not read(told, "/v1/late", days=first["days"] + 1)["items"]
    own = read(told, "/v1/late", partner="birch")["items"]
    assert [item["position"] for item in own] == [2, 11, 12]
