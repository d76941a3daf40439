"""One alliance over HTTP: what each side promised and delivered of it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import identify, ledger_of, on
from tests.e2e.alliance_story import EVERYTHING, agree, deliver, propose, states, tell
from tests.e2e.asking import Json, event, head, problem, read, record, say
from tests.e2e.bad_values import MARKER
from tests.e2e.test_bad_questions import BAD_TIMES, complaints
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


def with_partner(client: httpx2.Client, alliance: str, name: str, /, **q: Any) -> Json:
    body = read(client, f"/v1/alliances/{alliance}", **q)
    (found,) = [one for one in body["partners"] if one["partner"] == name]
    return dict(found)


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


def test_senseless_questions_are_refused(told: httpx2.Client) -> None:
    one = [f"known_at={value}" for value in (*BAD_TIMES, "position:x")]
    one += [f"as_of={value}" for value in BAD_TIMES]
    assert not complaints(told, [f"/v1/alliances/seminar?{each}" for each in one])
