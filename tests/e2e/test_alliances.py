"""Alliances over HTTP: one with several partners, what each side did of it."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import identify, ledger_of, on
from tests.e2e.asking import Json, event, head, problem, read, record, say
from tests.e2e.bad_values import MARKER
from tests.e2e.test_bad_questions import BAD_NUMBERS, BAD_TIMES, complaints
from tests.e2e.test_paging import pages
from tests.running import RunningService

HOURS = {"amount": "10", "unit": "hour"}
FOUR: Json = {"amount": "4", "unit": "hour"}
AGREED: Json = {"name": "Seminars", "project": "A seminar each season"}
EVERYTHING: Json = {"scope": "All", "asks": ["The member database"], "gives": []}


def agree(day: str, partner: str, alliance: str = "seminar", /, **data: Any) -> Json:
    said = {"alliance": alliance, "starts": "2014-04-01", **AGREED, **data}
    return on(day, event("AllianceAgreed", partner, **said))


def propose(day: str, partner: str, alliance: str, /, **data: Any) -> Json:
    said = {"alliance": alliance, "by": "partner", **EVERYTHING, **data}
    return on(day, event("AllianceProposed", partner, **said))


def deliver(day: str, partner: str, /, **data: Any) -> Json:
    said = {"by": "us", "kind": "space", "quantity": FOUR, **data}
    return on(day, event("HelpDelivered", partner, **said))


def tell(client: httpx2.Client) -> None:
    """Acme and Birch are in one alliance, Cedar asks for everything."""
    identify(client, "acme", "birch", "cedar")
    mine: Json = {"by": "us", "kind": "space", "quantity": HOURS, "due": "2014-12-31"}
    theirs: Json = {"by": "partner", "kind": "promotion", "commitment": "t"}
    goal = event("GoalShared", "acme", goal="g", whose="us", statement="More members.")
    promised = event("ResourceCommitted", "acme", commitment="m", **mine)
    promised["data"]["alliance"] = theirs["alliance"] = "seminar"
    record(
        client,
        [
            on("2014-01-05", goal),
            propose("2014-01-10", "acme", "seminar", asks=["A room"], gives=["A talk"]),
            agree("2014-03-05", "acme", goals=["g"]),
            on("2014-04-02", promised),
            on("2014-04-02", event("ResourceCommitted", "acme", **theirs)),
            deliver("2014-04-20", "acme", commitment="m", delivery="d"),
            deliver("2014-05-20", "acme", alliance="seminar", by="partner"),
            agree("2014-05-01", "birch", starts="2015-01-01", name="With Birch"),
            deliver("2014-06-01", "birch"),
            propose("2014-02-01", "cedar", "database"),
        ],
    )


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


def states(client: httpx2.Client, /, **query: Any) -> dict[str, str]:
    items = read(client, "/v1/alliances", **query)["items"]
    return {item["alliance"]: item["state"] for item in items}


def with_partner(client: httpx2.Client, alliance: str, name: str, /, **q: Any) -> Json:
    body = read(client, f"/v1/alliances/{alliance}", **q)
    (found,) = [one for one in body["partners"] if one["partner"] == name]
    return dict(found)


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


def test_one_alliance_tells_what_each_side_did_of_it(told: httpx2.Client) -> None:
    body = read(told, "/v1/alliances/seminar", as_of="2014-12-31")
    assert (body["state"], body["goals"], body["uncertain"]) == ("in_force", ["g"], 0)
    assert body["given"] == {"promised": {"hour": "10"}, "delivered": {"hour": "4"}}
    acme, birch = body["partners"]
    assert (acme["asks"], acme["gives"], acme["proposed_by"]) == (
        ["A room"],
        ["A talk"],
        "partner",
    )
    assert acme["in_force_from"] == "2014-04-01T00:00:00.000000Z"
    assert (acme["in_force_to"], acme["silent"]) == (None, [])
    (promise,) = acme["given"]["commitments"]
    (gift,) = acme["received"]["deliveries"]
    assert (promise["commitment"], promise["remaining"]) == ("m", "6")
    assert (gift["delivered"], gift["acknowledged"]) == ("4", "4")
    assert acme["received"]["commitments"][0]["quantity"] is None
    assert (birch["state"], birch["name"], birch["silent"]) == (
        "agreed",
        "With Birch",
        [],
    )


def test_the_list_sums_up_as_the_alliance_itself(told: httpx2.Client) -> None:
    for as_of in ("2014-04-10", "2014-05-01", "2014-12-31", "2015-02"):
        for item in read(told, "/v1/alliances", as_of=as_of)["items"]:
            one = read(told, f"/v1/alliances/{item['alliance']}", as_of=as_of)
            partners = {found["partner"] for found in one["partners"]}
            assert item == {
                **{name: one[name] for name in item},
                "partners": sorted(partners),
            }


def test_a_delivery_acts_from_the_offer_that_it_answers(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    offered = event("HelpOffered", "acme", by="us", kind="space", offer="o")
    record(
        alone,
        [
            agree("2014-03-05", "acme"),
            on("2014-05-10", offered),
            deliver("2014-05-01", "acme", offer="o", alliance="seminar"),
        ],
    )
    for as_of, delivered in (("2014-05-09", {}), ("2014-05-10", {"hour": "4"})):
        (item,) = read(alone, "/v1/alliances", as_of=as_of)["items"]
        one = read(alone, "/v1/alliances/seminar", as_of=as_of)
        assert item["given"]["delivered"] == delivered
        assert one["given"]["delivered"] == delivered


def test_promises_read_as_in_the_list_of_commitments(told: httpx2.Client) -> None:
    for as_of in ("2014-04-10", "2014-12-31", "2015-01-01"):
        listed = read(told, "/v1/commitments", partner="acme", as_of=as_of)["items"]
        acme = with_partner(told, "seminar", "acme", as_of=as_of)
        own = [
            {**promise, "by": by, "partner": "acme"}
            for direction, by in (("given", "us"), ("received", "partner"))
            for promise in acme[direction]["commitments"]
        ]
        assert sorted(own, key=lambda p: p["commitment"]) == listed


def test_a_side_that_delivered_nothing_is_named(told: httpx2.Client) -> None:
    path = ("seminar", "acme")
    assert with_partner(told, *path, as_of="2014-03-31")["silent"] == []
    assert with_partner(told, *path, as_of="2014-04-02")["silent"] == ["us", "partner"]
    assert with_partner(told, *path, as_of="2014-05-01")["silent"] == ["partner"]
    silent = with_partner(told, "seminar", "birch", as_of="2015-02")["silent"]
    assert silent == ["us", "partner"]


def test_an_alliance_is_unknown_before_it_was_recorded(told: httpx2.Client) -> None:
    path = "/v1/alliances/seminar"
    before = told.get(path, params={"known_at": "position:4"})
    problem(before, "not-found")
    then = read(told, path, known_at="position:5", as_of="2014-12-31")
    assert (then["state"], then["position"]) == ("proposed", 5)
    for unknown in ("nothing", MARKER, "a%2Fb", "%00", "%F0%9F%98%80", "x" * 65):
        answer = told.get(f"/v1/alliances/{unknown}")
        problem(answer, "not-found")
        assert MARKER not in answer.text


def test_before_its_first_event_an_alliance_is_empty(told: httpx2.Client) -> None:
    body = read(told, "/v1/alliances/database", as_of="2014-01-31")
    assert (body["state"], body["partners"], body["goals"]) == (None, [], [])
    assert body["given"] == {"promised": {}, "delivered": {}}


def test_a_correction_changes_which_alliance_it_was(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    made = record(alone, propose("2014-02-01", "acme", "one"))
    known = head(alone)
    whole = {**made["data"], "alliance": "two"}
    say(
        alone,
        "EventCorrected",
        "acme",
        target=made["id"],
        data=whole,
        reason="Mistyped.",
    )
    assert states(alone) == {"two": "proposed"}
    assert read(alone, "/v1/alliances/two")["state"] == "proposed"
    problem(alone.get("/v1/alliances/one"), "not-found")
    then = read(alone, "/v1/alliances/one", known_at=f"position:{known}")
    assert then["state"] == "proposed"
    corrected = f"position:{known}"
    problem(alone.get("/v1/alliances/two", params={"known_at": corrected}), "not-found")


def test_an_alliance_without_an_id_is_named_by_its_event(alone: httpx2.Client) -> None:
    identify(alone, "acme")
    made = record(
        alone, on("2014", event("AllianceProposed", "acme", by="us", **EVERYTHING))
    )
    assert list(states(alone)) == [made["id"]]
    body = read(alone, f"/v1/alliances/{made['id']}", as_of="2014-06")
    assert body["partners"][0]["alliance"] == made["id"]
    assert body["uncertain"] == 1


def test_a_merged_partner_brings_its_alliances_along(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    goal = event("GoalShared", "birch", goal="g", whose="us", statement="More.")
    record(
        alone,
        [
            on("2014-01-05", goal),
            agree("2014-03-05", "birch", goals=["g"]),
            deliver("2014-04-20", "birch", alliance="seminar"),
            agree("2014-03-06", "acme"),
        ],
    )
    known = head(alone)
    say(alone, "PartnerMerged", "birch", into="acme", reason="The same company.")
    body = read(alone, "/v1/alliances/seminar")
    keys = [(one["partner"], one["alliance"]) for one in body["partners"]]
    assert sorted(keys) == [("acme", "birch/seminar"), ("acme", "seminar")]
    assert {tuple(one["goals"]) for one in body["partners"]} == {("birch/g",), ()}
    assert body["given"]["delivered"] == {"hour": "4"}
    (listed,) = read(alone, "/v1/alliances", partner="acme")["items"]
    assert (listed["partners"], listed["given"]) == (["acme"], body["given"])
    gone = problem(alone.get("/v1/alliances?partner=birch"), "not-found")
    assert gone["merged_into"] == "acme"
    then = read(alone, "/v1/alliances/seminar", known_at=f"position:{known}")
    assert [one["partner"] for one in then["partners"]] == ["acme", "birch"]


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
    one = [f"known_at={value}" for value in (*BAD_TIMES, "position:x")]
    one += [f"as_of={value}" for value in BAD_TIMES]
    assert not complaints(told, [f"/v1/alliances/seminar?{each}" for each in one])
