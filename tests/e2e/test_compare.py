"""Partners side by side, over HTTP, at both clocks."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import Json, event, head, pointers, problem, read, record, say
from tests.running import RunningService

NO_WAY: Json = {
    "stage": None,
    "earned": None,
    "episode": None,
    "flags": [],
    "name": None,
    "first_contact": None,
    "first_goal_asked": None,
    "contact_days": 0,
    "in_person_share": None,
    "attempts": 0,
    "longest_silence": None,
    "proposals": [],
    "asks": 0,
    "gives": 0,
    "stages": [],
    "first_benefit": None,
    "first_confirmed_benefit": None,
    "principles": {"respected": 0, "supported": 0, "understood": 0, "rejected": 0},
    "wheel": {},
}


@pytest.fixture
def alone(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which nothing has happened."""
    with ledger_of(service) as client:
        yield client


def side_by_side(client: httpx2.Client, names: str, /, **query: Any) -> list[Json]:
    body = read(client, "/v1/compare", partners=names, **query)
    told: list[Json] = body["partners"]
    assert [one["partner"] for one in told] == names.split(",")
    for one in told:
        path = f"/v1/partners/{one['partner']}/stages"
        current = read(client, path, **query)["current"]
        if current is not None:
            same = ("stage", "earned", "episode", "flags")
            assert [one[name] for name in same] == [current[name] for name in same]
    return told


def gain(partner: str, day: str, confidence: str) -> Json:
    quantity = {"amount": "1", "unit": "referral"}
    said = {"gained_by": "us", "quantity": quantity, "confidence": confidence}
    return on(day, event("BenefitReported", partner, **said))


def test_partners_are_told_in_the_order_asked_for(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch", "cedar")
    asked, phone = event("GoalAsked", "acme", by="us"), {"by": "us", "channel": "phone"}
    record(
        alone,
        [
            contact("2014-03-05", "acme", by="partner"),
            contact("2014-03-06", "acme", "in_person"),
            contact("2014-03-06", "acme", "email"),
            on("2014-03-07", asked),
            gain("acme", "2014-03-09", "estimated"),
            gain("acme", "2014-03-15", "confirmed"),
            on("2014-03-04", event("ContactAttempted", "acme", **phone)),
        ],
    )
    birch, acme, _ = side_by_side(alone, "birch,acme,cedar", as_of="2014")
    assert birch["wheel"] == {}
    assert (birch["name"], birch["stage"]) == ("Birch", "identified")
    assert (
        acme["first_contact"].items() >= {"by": "partner", "channel": "phone"}.items()
    )
    assert acme["first_goal_asked"]["at"] == "2014-03-07T00:00:00.000000Z"
    assert (acme["contact_days"], acme["in_person_share"]) == (2, "0.5000")
    assert acme["attempts"] == 1
    assert (acme["longest_silence"]["days"], birch["longest_silence"]) == (1, None)
    days = [(row["stage"], row["days"]) for row in acme["stages"]]
    assert days == [("identified", -428), ("acquainted", 0)]
    assert (acme["first_benefit"]["days"], acme["first_confirmed_benefit"]["days"]) == (
        4,
        10,
    )
    assert acme["wheel"] == {"attempt": 1, "contact": 3, "goal_asked": 1, "benefit": 2}


def test_what_had_not_happened_is_left_out(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    record(alone, [contact("2014-03-05", "acme"), gain("acme", "2014-06", "reported")])
    acme, birch = side_by_side(alone, "acme,birch", as_of="2012")
    assert acme == {"partner": "acme", **NO_WAY}
    assert birch == {"partner": "birch", **NO_WAY}
    acme, _ = side_by_side(alone, "acme,birch", as_of="2014-05")
    assert acme["first_benefit"] is None
    assert acme["contact_days"] == 1


def test_what_was_not_known_is_left_out(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    made = record(alone, contact("2014-03-05", "acme"))
    say(alone, "EventRetracted", "acme", target=made["id"], reason="With Birch.")
    record(alone, contact("2014-03-05", "birch", "in_person"))
    acme, birch = side_by_side(alone, "acme,birch", as_of="2014")
    assert (acme["contact_days"], birch["contact_days"]) == (0, 1)
    then = {"as_of": "2014", "known_at": f"position:{made['position']}"}
    acme, birch = side_by_side(alone, "acme,birch", **then)
    assert (acme["contact_days"], birch["contact_days"]) == (1, 0)


def test_merged_partners_are_one(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch", "cedar")
    principle = event("PrincipleStated", "acme", by="us", principle="p", statement="?")
    calls = [contact("2014-03-05", name) for name in ("acme", "birch")]
    record(alone, [*calls, on("2014-03-05", principle)])
    then = f"position:{head(alone)}"
    say(alone, "PartnerMerged", "acme", into="birch", reason="The same.")
    stance = {"principle": "acme/p", "by": "partner", "stance": "supported"}
    say(alone, "PrincipleAcknowledged", "birch", **stance)
    birch, _ = side_by_side(alone, "birch,cedar")
    assert (birch["contact_days"], birch["wheel"]["contact"]) == (1, 2)
    assert birch["principles"]["supported"] == 1
    gone = alone.get("/v1/compare?partners=cedar,acme")
    body = problem(gone, "not-found")
    assert (body["merged_into"], pointers(body)) == ("birch", ["/query/partners/1"])
    acme, birch = side_by_side(alone, "acme,birch", known_at=then)
    assert (acme["wheel"], birch["wheel"]) == (
        {"contact": 1, "principle": 1},
        {"contact": 1},
    )


def test_a_policy_judges_all_of_them(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    record(alone, contact("2014-03-05", "acme"))
    loose = {"contact_days": 1, "require_goal": False}
    policy = say(alone, "StagePolicyPublished", "_ledger", **loose)["id"]
    names = "acme,birch"
    body = read(alone, "/v1/compare", partners=names)
    assert body["policy"] == policy
    acme, _ = side_by_side(alone, names)
    assert acme["stage"] == "exploring"
    acme, _ = side_by_side(alone, names, policy="v1")
    assert acme["stage"] == "acquainted"


def test_all_must_be_known_at_the_cut(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    for query, pointer in (
        ("partners=acme,nobody,birch", "/query/partners/1"),
        ("partners=acme,birch&known_at=position:1", "/query/partners/1"),
        ("partners=acme,birch&known_at=position:0", "/query/partners/0"),
    ):
        answer = alone.get(f"/v1/compare?{query}&min_position={head(alone)}")
        assert pointers(problem(answer, "not-found")) == [pointer]


def test_two_to_ten_partners_are_compared(client: httpx2.Client) -> None:
    eleven = ",".join(f"p{n}" for n in range(11))
    for names in ("", "acme", "acme,", "acme,acme", "a,b,a", "Acme,b", "a;b", eleven):
        answer = client.get("/v1/compare", params={"partners": names})
        assert pointers(problem(answer, "invalid")) == ["/query/partners"]
    assert pointers(problem(client.get("/v1/compare"), "invalid")) == [
        "/query/partners"
    ]


def test_reasons_are_in_the_language_asked_for(alone: httpx2.Client) -> None:
    identify(alone, "acme", "birch")
    plan = {"by": "us", "scope": "All", "asks": ["All"], "gives": []}
    record(alone, on("2014-01-05", event("AllianceProposed", "acme", **plan)))
    query = {"partners": "acme,birch", "min_position": str(head(alone))}
    japanese = {"Accept-Language": "ja"}
    answer = alone.get("/v1/compare", params=query, headers=japanese)
    (flag,) = answer.json()["partners"][0]["flags"]
    assert flag["reason"].endswith("提携が提案されました。")
    assert answer.headers["Content-Language"] == "ja"
    again = {**japanese, "If-None-Match": answer.headers["ETag"]}
    assert alone.get("/v1/compare", params=query, headers=again).status_code == 304
