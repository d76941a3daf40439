"""The guide to the audit questions, and what it tells of stages and beginnings."""

from collections.abc import Iterator

import pytest

from tests.e2e.asking import Json
from tests.e2e.audit_guide import has_member, read_guide
from tests.e2e.audit_story import Audited, at, audited, day
from tests.running import RunningService

ASANAGI = "asanagi-works"
CALL = f"{ASANAGI}.the-first-call"


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[Audited]:
    """A ledger in which all was told."""
    with audited(service) as ledger:
        yield ledger


def test_the_guide_answers_twenty_questions_by_calls() -> None:
    guide = read_guide()
    assert list(guide) == list(range(1, 21))
    assert all(section.calls and section.members for section in guide.values())


@pytest.mark.parametrize("number", range(1, 21))
def test_every_member_that_the_guide_names_is_in_an_answer(
    told: Audited, number: int
) -> None:
    bodies = told.ask(number)
    for member in read_guide()[number].members:
        assert any(has_member(body, member) for body in bodies), member


def test_each_stage_stands_on_the_event_that_completed_it(told: Audited) -> None:
    (body,) = told.ask(1)
    effects = [
        (effect["stage"], effect["from"], item["event"])
        for item in body["items"]
        for effect in item["effect"]["stages"]
    ]
    first, referred = at(-1660, "10:20"), told.ids[f"{ASANAGI}.first-referral.1"]
    assert effects == [
        ("identified", first, told.ids[f"{CALL}.1"]),
        ("acquainted", first, told.ids[f"{CALL}.3"]),
        ("exploring", first, told.ids[f"{CALL}.5"]),
        (
            "helping",
            at(-1625, "09:30"),
            told.ids[f"{ASANAGI}.our-visit-to-the-workshop.5"],
        ),
        # The first act when 90 days were over.
        ("reciprocal", at(-1548), referred),
        ("ready", at(-1548), referred),
        # The agreement starts; nobody does anything on that day.
        ("allied", at(-560), None),
        ("compounding", at(-352, "14:00"), told.ids[f"{ASANAGI}.what-came-of-it.3"]),
    ]


def test_the_evidence_of_a_stage_tells_when_we_knew_of_it(told: Audited) -> None:
    (body,) = told.ask(1)
    items = {item["event"]: item for item in body["items"]}
    recorded = {e["id"]: e["recorded_at"] for e in told.log(ASANAGI)}
    (helping,) = items[told.ids[f"{ASANAGI}.our-visit-to-the-workshop.5"]]["effect"][
        "stages"
    ]
    assert helping["because"] == [
        *(told.ids[f"{CALL}.{number}"] for number in (3, 4, 5)),
        told.ids[f"{ASANAGI}.our-visit-to-the-workshop.5"],
    ]
    for event in helping["because"]:
        assert items[event]["recorded_at"] == recorded[event]


def test_late_help_changed_the_stage_and_balance_of_a_day_gone_by(
    told: Audited,
) -> None:
    changes, stages, balance = told.ask(2)
    then, now = changes["then"], changes["now"]
    assert (then["current"]["stage"], now["current"]["stage"]) == (
        "exploring",
        "helping",
    )
    assert stages["current"]["stage"] == "exploring"
    assert _acknowledged(then["balance"]) == {"hour": ("0", "0")}
    assert then["balance"] == balance["items"]
    # Twelve hours are offered by us; six chairs were lent to us on 20 May.
    assert _acknowledged(now["balance"]) == {
        "hour": ("0", "0"),
        "item:chair": ("0", "6"),
    }
    assert [e["event"] for e in changes["events"]] == [
        told.ids["late-1"],
        told.policy,
    ]


def _acknowledged(balance: list[Json]) -> dict[str, tuple[str, str]]:
    sides = ("given", "received")
    return {
        item["unit"]: (item[sides[0]]["acknowledged"], item[sides[1]]["acknowledged"])
        for item in balance
    }


def test_who_began_and_who_asked_for_goals_first_is_told(told: Audited) -> None:
    (body,) = told.ask(3)
    asanagi, tallowick = body["partners"]
    assert asanagi["first_contact"] == {
        "event": told.ids[f"{CALL}.3"],
        "by": "partner",
        "channel": "phone",
        "at": at(-1660, "10:20"),
    }
    assert asanagi["first_goal_asked"] == {
        "event": told.ids[f"{CALL}.4"],
        "by": "partner",
        "at": at(-1660, "10:20"),
    }
    first = tallowick["first_contact"]
    assert (first["by"], first["channel"]) == ("partner", "phone")
    assert tallowick["first_goal_asked"] is None


def test_a_partner_tells_how_we_came_to_know_it(told: Audited) -> None:
    (body,) = told.ask(14)
    assert body["how"] == "Haruka Asanagi wrote their name on a napkin."
    assert body["introduced_by"] == ASANAGI


def test_a_policy_makes_another_stage_of_the_same_facts(told: Audited) -> None:
    policies, before, after = told.ask(17)
    (published,) = policies["items"]
    assert published["id"] == told.policy == after["policy"]
    assert published["data"] == {"require_principles": False}
    assert before["policy"] == "v1"
    # On a third visit, 119 days after the first, cards and visitors had gone both ways.
    earned = day(-1301)
    assert _since(before) == {"reciprocal": earned}
    assert _since(after) == {"reciprocal": earned, "ready": earned}
    assert (before["current"]["stage"], after["current"]["stage"]) == (
        "reciprocal",
        "ready",
    )


def _since(body: Json) -> dict[str, str]:
    high = {"reciprocal", "ready"}
    rows = [row for row in body["history"] if row["stage"] in high]
    return {row["stage"]: row["from"][:10] for row in rows}


def test_side_by_side_the_two_companies_differ_in_everything(told: Audited) -> None:
    (body,) = told.ask(18)
    asanagi, tallowick = body["partners"]
    assert [asanagi["asks"], asanagi["gives"]] == [2, 3]
    assert [tallowick["asks"], tallowick["gives"]] == [4, 0]
    assert tallowick["wheel"]["contact"] == tallowick["contact_days"] == 1
    assert tallowick["principles"]["rejected"] == 1
    assert asanagi["principles"] == {
        "respected": 0,
        "supported": 2,
        "understood": 0,
        "rejected": 0,
    }
    days = {row["stage"]: row["days"] for row in asanagi["stages"]}
    assert days["ready"] == 1660 - 1548
    assert days["compounding"] == 1660 - 352
    assert [row["stage"] for row in tallowick["stages"]][-1] == "ended"
    assert [f["flag"] for f in tallowick["flags"]] == ["premature_proposal"]
    assert asanagi["flags"] == []


def test_days_to_the_first_benefit_count_from_the_first_contact(
    told: Audited,
) -> None:
    (body,) = told.ask(19)
    asanagi, tidal = body["partners"]
    first = asanagi["first_benefit"]
    assert (first["days"], first["gained_by"]) == (1660 - 1521, "partner")
    assert first["event"] == told.ids[f"{ASANAGI}.the-boatyard-orders.3"]
    # Confirmed in July 2020, which counts from its first day; met on 2019-12-14.
    assert asanagi["first_confirmed_benefit"]["days"] == 200
    # Reported for September 2023; met on 2022-03-23.
    assert tidal["first_benefit"]["days"] == 527
    assert tidal["first_confirmed_benefit"] is None
