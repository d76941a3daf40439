"""Alliances as a list, over HTTP: one with several partners is one."""

import csv
import io
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.acts_story import identify, ledger_of
from tests.e2e.alliance_story import propose, states, tell
from tests.e2e.asking import Json, head, problem, read, record, say
from tests.e2e.bad_values import MARKER
from tests.e2e.test_bad_questions import BAD_NUMBERS, BAD_TIMES, complaints
from tests.e2e.test_paging import pages
from tests.running import RunningService


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which the story was told."""
    with ledger_of(service) as client:
        tell(client)
        yield client


@pytest.fixture
def alone(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which nothing has happened."""
    with ledger_of(service) as client:
        yield client


def test_the_same_alliance_with_several_partners_is_one(told: httpx2.Client) -> None:
    body = read(told, "/v1/alliances", as_of="2014-12-31")
    database, seminar = body["items"]
    assert seminar == {
        "alliance": "seminar",
        "state": "in_force",
        "name": "Seminars",
        "project": "A seminar each season",
        "starts": "2014-04-01",
        "ends": None,
        "partners": ["acme", "birch"],
        "given": {"promised": {"hour": "10"}, "delivered": {"hour": "4"}},
        "received": {"promised": {"act": "1"}, "delivered": {"hour": "4"}},
    }
    assert (database["state"], database["name"]) == ("proposed", None)
    assert body["position"] == head(told)
    assert body["as_of"] == "2014-12-31T23:59:59.999999Z"


def test_what_had_not_happened_by_then_is_left_out(told: httpx2.Client) -> None:
    assert not states(told, as_of="2013-12")
    assert states(told, as_of="2014-01") == {"seminar": "proposed"}
    assert states(told, as_of="2014-03") == {
        "database": "proposed",
        "seminar": "agreed",
    }
    assert states(told, as_of="2014-04")["seminar"] == "in_force"
    early = read(told, "/v1/alliances", as_of="2014-04-10", partner="acme")["items"]
    assert early[0]["partners"] == ["acme"]
    assert early[0]["given"] == {"promised": {"hour": "10"}, "delivered": {}}


def test_the_list_is_narrowed_to_a_state_and_a_partner(told: httpx2.Client) -> None:
    assert list(states(told, state="proposed")) == ["database"]
    assert list(states(told, state="in_force")) == ["seminar"]
    assert not states(told, state="ended")
    assert list(states(told, partner="birch")) == ["seminar"]
    assert not states(told, partner="birch", as_of="2014-04")
    assert not states(told, partner="birch", state="proposed")
    problem(told.get("/v1/alliances", params={"partner": "nobody"}), "not-found")


def test_the_list_sums_up_as_the_alliance_itself(told: httpx2.Client) -> None:
    for as_of in ("2014-04-10", "2014-05-01", "2014-12-31", "2015-02"):
        for item in read(told, "/v1/alliances", as_of=as_of)["items"]:
            one = read(told, f"/v1/alliances/{item['alliance']}", as_of=as_of)
            partners = {found["partner"] for found in one["partners"]}
            assert item == {
                **{name: one[name] for name in item},
                "partners": sorted(partners),
            }


def test_a_cursor_keeps_its_cut(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch", "cedar")
    made = [
        record(alone, propose("2014-02-01", name, name))
        for name in ("acme", "birch", "cedar")
    ]
    first = alone.get("/v1/alliances", params={"limit": 1, "min_position": head(alone)})
    say(alone, "PartnerMerged", "cedar", into="acme", reason="The same company.")
    say(alone, "EventRetracted", "birch", target=made[1]["id"], reason="Never.")
    record(alone, propose("2014-02-01", "birch", "zebra"))
    assert list(states(alone)) == ["acme", "cedar", "zebra"]
    link = first.links["next"]["url"]
    rest = [item for page in pages(alone, link) for item in page]
    shown = [(item["alliance"], item["partners"]) for item in rest]
    assert shown == [("birch", ["birch"]), ("cedar", ["cedar"])]
    second = alone.get(link).json()
    assert second["position"] == first.json()["position"]


def test_pages_hold_each_alliance_once_and_in_order(told: httpx2.Client) -> None:
    address = f"/v1/alliances?as_of=2015&min_position={head(told)}&limit="
    whole = told.get(f"{address}1000").json()["items"]
    assert [item["alliance"] for item in whole] == ["database", "seminar"]
    assert pages(told, f"{address}1") == [[item] for item in whole]


def test_the_list_is_also_csv(told: httpx2.Client) -> None:
    query: Json = {"as_of": "2014-12", "min_position": head(told)}
    asked = told.get("/v1/alliances", params=query, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(asked.text)))
    assert [row["partners"] for row in rows] == ["cedar", "acme birch"]
    assert rows[1]["given.promised.hour"] == "10"


def test_senseless_questions_are_refused(told: httpx2.Client) -> None:
    questions = [
        *(f"limit={value}" for value in BAD_NUMBERS),
        *(f"as_of={value}" for value in BAD_TIMES),
        *("state=open", "state=", "partner=A", "partner=", f"{MARKER}=1"),
        *("cursor=e30", "cursor=%00", "known_at=2014", "limit=1&limit=2"),
    ]
    assert not complaints(told, [f"/v1/alliances?{each}" for each in questions])
