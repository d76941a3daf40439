"""Acts that are corrected, retracted or merged, and days of other time zones."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of
from tests.e2e.asking import problem, read, record, say
from tests.running import RunningService


@pytest.fixture
def alone(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which nothing has happened."""
    with ledger_of(service) as client:
        yield client


def test_corrected_dates_count_as_now_known(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    made = record(alone, contact("2014-01-05", "acme"))
    why = {"target": made["id"], "reason": "Wrong day."}
    say(alone, "EventCorrected", "acme", occurred_at="2014-02", **why)
    late = read(alone, "/v1/late", partner="acme")["items"]
    assert [item["occurred_at"] for item in late] == ["2013", "2014-02"]
    query = {"as_of": "2014-02", "months": 2}
    items = read(alone, "/v1/rhythm", **query)["items"]
    assert [item["contact_days"] for item in items] == [0, 1]
    email = {"by": "partner", "channel": "email"}
    say(alone, "EventCorrected", "acme", data=email, **why)
    (spoke,) = read(alone, "/v1/wheel", as_of="2014-02")["items"]
    assert (spoke["month"], spoke["kind"], spoke["by"]) == (
        "2014-02",
        "email",
        "partner",
    )
    say(alone, "EventRetracted", "acme", **why)
    assert not read(alone, "/v1/wheel", as_of="2014-02")["items"]
    late = read(alone, "/v1/late")["items"]
    assert [item["type"] for item in late] == ["PartnerIdentified"]


def test_merged_partners_are_one(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    record(alone, [contact("2014-03-05", "acme"), contact("2014-03-05", "birch")])
    merge = say(alone, "PartnerMerged", "acme", into="birch", reason="The same.")
    query = {"as_of": "2014-03", "months": 1}
    (item,) = read(alone, "/v1/rhythm", **query)["items"]
    assert (item["partner"], item["contact_days"]) == ("birch", 1)
    wheel = read(alone, "/v1/wheel", as_of="2014")
    assert wheel["largest_partner"] == {"partner": "birch", "share": "1.0000"}
    (month,) = read(alone, "/v1/breadth", **{"from": "2014-03", "as_of": "2014-03"})[
        "items"
    ]
    assert month["partners"] == 1
    assert {i["partner"] for i in read(alone, "/v1/late")["items"]} == {"birch"}
    for path in ("/v1/rhythm", "/v1/wheel", "/v1/late"):
        gone = alone.get(path, params={"partner": "acme"})
        assert problem(gone, "not-found")["merged_into"] == "birch"
    say(alone, "EventRetracted", "acme", target=merge["id"], reason="Two, after all.")
    items = read(alone, "/v1/rhythm", **query)["items"]
    assert [item["partner"] for item in items] == ["acme", "birch"]


def test_days_and_months_are_those_of_the_ledger(service: RunningService) -> None:
    with ledger_of(service, "Asia/Tokyo") as client:
        identify(client, "acme")
        night = ["2014-03-31T14:59:59Z", "2014-03-31T15:00:00Z", "2014-04-01"]
        record(client, [contact(at, "acme") for at in night])
        items = read(client, "/v1/rhythm", as_of="2014-04", months=2)["items"]
        assert [(i["month"], i["contact_days"]) for i in items] == [
            ("2014-03", 1),
            ("2014-04", 1),
        ]
        # Early in April in Tokyo is late in March in Greenwich.
        query = {"as_of": "2014-03-31T15:30:00Z", "months": 1}
        items = read(client, "/v1/rhythm", **query)["items"]
        assert [(i["month"], i["contact_days"]) for i in items] == [("2014-04", 1)]
        spokes = read(client, "/v1/wheel", **{"as_of": "2014-04", "from": "2014-04"})
        assert [item["count"] for item in spokes["items"]] == [2]
