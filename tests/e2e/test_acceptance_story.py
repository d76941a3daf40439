"""The acceptance story over HTTP: two companies, told as the demo tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import httpx2
import pytest

from services.cli.demo import load_story
from services.cli.running import Service
from services.cli.story.items import SYSTEM
from services.cli.story.telling import OPENING, told_on
from services.foundation.settings import Settings
from tests.e2e.acts_story import ledger_of
from tests.e2e.asking import Json, head, read
from tests.e2e.history_story import check, history
from tests.running import RunningService

FIRST: Final = "tallowick-marketing"
SECOND: Final = "asanagi-works"
ZONE: Final = "Asia/Tokyo"
FIRST_CALLED, SECOND_CALLED = 1667, 1660
"""Days before the telling on which each of them phoned."""
EARNED: Final = ("identified", "acquainted", "exploring", "helping", "reciprocal")
ALL_STAGES: Final = [*EARNED, "ready", "allied", "compounding"]


@dataclass(frozen=True)
class Told:
    """A ledger that heard the story, and on which day."""

    client: httpx2.Client
    today: date

    def day(self, before: int) -> str:
        return (self.today - timedelta(days=before)).isoformat()

    def read(self, path: str, /, **query: Any) -> Json:
        body: Json = read(self.client, path, **query)
        return body

    def stages(self, partner: str, /, **query: Any) -> Json:
        return self.read(f"/v1/partners/{partner}/stages", **query)

    def side_by_side(self, /, **query: Any) -> tuple[Json, Json]:
        partners = f"{FIRST},{SECOND}"
        one, other = self.read("/v1/compare", partners=partners, **query)["partners"]
        return one, other


@pytest.fixture(scope="module")
def story(service: RunningService) -> Iterator[Told]:
    """The sample story, as `alliance-ledger demo` tells it to a ledger in Tokyo."""
    with ledger_of(service, ZONE) as client:
        key = client.headers["Authorization"].removeprefix("Bearer ")
        count = load_story(Service(service.url, key), Settings(time_zone=ZONE))
        assert count == head(client)
        searched = {"source_system": SYSTEM, "source_ref": OPENING}
        opening = client.get("/v1/events", params=searched).json()["items"][0]
        yield Told(client, told_on(opening))


def names_of(body: Json) -> list[str]:
    return [row["stage"] for row in body["history"]]


def test_the_first_company_came_and_went_in_one_day(story: Told) -> None:
    body = story.stages(FIRST)
    assert names_of(body) == ["identified", "acquainted", "ended"]
    assert {row["from"] for row in body["history"]} == {
        body["current"]["entered_at"],
    }
    # Its one day is all there is: years later nothing more has happened.
    items = history(story.client, FIRST)["items"]
    assert {item["occurred_at"][:10] for item in items} == {story.day(FIRST_CALLED)}
    assert [i["type"] for i in items].count("ContactMade") == 1
    assert items[-1]["type"] == "RelationshipBrokenOff"
    assert items[-1]["data"]["by"] == "partner"
    assert [s["stage"] for s in items[-1]["effect"]["stages"]] == ["ended"]


def test_the_first_company_proposed_before_its_time(story: Told) -> None:
    (flag,) = story.stages(FIRST)["current"]["flags"]
    assert (flag["flag"], flag["proposed_by"]) == ("premature_proposal", "partner")
    assert len(flag["asks"]) > 0
    assert flag["gives"] == []
    principles = story.read(f"/v1/partners/{FIRST}")["principles"]
    stances = {p["principle"]: (p["takes_time"], p["stance"]) for p in principles}
    assert stances == {"time": (True, "understood"), "together": (False, "rejected")}


def test_the_first_company_gave_nothing(story: Told) -> None:
    assert story.read(f"/v1/partners/{FIRST}/balance")["items"] == []
    one, _ = story.side_by_side()
    assert not {"delivery", "offer", "goal_asked", "goal_shared"} & one["wheel"].keys()


def test_the_second_company_grew_over_years_to_compounding(story: Told) -> None:
    body = story.stages(SECOND)
    assert names_of(body) == ALL_STAGES
    current = body["current"]
    assert (current["stage"], current["earned"]) == ("compounding", "ready")
    assert (current["episode"], current["missing"], current["flags"]) == (1, [], [])
    days = [stage["days"] for stage in story.side_by_side()[1]["stages"]]
    assert days[:3] == [0, 0, 0]
    assert days == sorted(days)
    assert days[3] > 7
    assert days[5] < 365 < 3 * 365 < days[6]
    assert days[7] - days[6] >= 180


def test_no_stage_comes_without_the_events_that_earned_it(story: Told) -> None:
    rows = story.stages(SECOND)["history"]
    items = {i["event"]: i for i in history(story.client, SECOND, limit=1000)["items"]}
    for row in rows:
        assert row["because"]
        assert row["because"] == sorted(
            row["because"], key=lambda e: (items[e]["acts_from"], items[e]["position"])
        )
        assert all(items[event]["acts_from"] <= row["from"] for event in row["because"])
    types = [items[event]["type"] for event in rows[2]["because"]]
    assert types == ["ContactMade", "GoalAsked", "GoalShared"]


@pytest.mark.parametrize("partner", [FIRST, SECOND])
@pytest.mark.parametrize("before", [SECOND_CALLED, 1500, 700, 560, 300, 0])
def test_its_history_adds_up_on_every_date(
    story: Told, partner: str, before: int
) -> None:
    check(story.client, partner, as_of=story.day(before))


def test_after_the_first_day_the_two_already_differ(story: Told) -> None:
    one, other = story.side_by_side(as_of=story.day(SECOND_CALLED))
    assert (one["stage"], one["earned"]) == ("ended", "acquainted")
    assert [flag["flag"] for flag in one["flags"]] == ["premature_proposal"]
    assert (other["stage"], other["earned"]) == ("exploring", "exploring")
    assert other["flags"] == []
    assert (one["contact_days"], other["contact_days"]) == (1, 1)
    first_day = story.stages(FIRST, as_of=story.day(FIRST_CALLED))
    assert names_of(first_day) == ["identified", "acquainted", "ended"]


def test_side_by_side_shows_who_asked_whose_goals_first(story: Told) -> None:
    one, other = story.side_by_side()
    assert [p["first_contact"]["by"] for p in (one, other)] == ["partner", "partner"]
    assert one["first_goal_asked"] is None
    assert other["first_goal_asked"]["by"] == "partner"
    assert other["first_goal_asked"]["at"] == other["first_contact"]["at"]


def test_side_by_side_shows_what_was_asked_against_what_was_given(story: Told) -> None:
    one, other = story.side_by_side()
    assert (one["asks"], one["gives"]) == (4, 0)
    assert (other["asks"], other["gives"] > 0) == (2, True)
    assert [p["premature"] for p in one["proposals"] + other["proposals"]] == [
        True,
        False,
    ]
    assert one["principles"]["rejected"] == 1
    assert one["principles"]["supported"] == one["principles"]["respected"] == 0
    assert other["principles"]["supported"] == 2
    assert other["principles"]["rejected"] == 0


def test_side_by_side_shows_the_rhythm(story: Told) -> None:
    one, other = story.side_by_side()
    assert (one["contact_days"], one["in_person_share"]) == (1, "0.0000")
    assert other["contact_days"] > 50
    assert other["in_person_share"] > "0.5000"
    assert (one["attempts"], other["attempts"] > 0) == (0, True)


def test_side_by_side_shows_the_days_to_the_first_benefit(story: Told) -> None:
    one, other = story.side_by_side()
    assert one["first_benefit"] is one["first_confirmed_benefit"] is None
    first, sure = other["first_benefit"], other["first_confirmed_benefit"]
    assert (first["days"], first["gained_by"]) == (139, "partner")
    assert first["confidence"] == "estimated"
    assert (sure["confidence"], sure["days"] > first["days"]) == ("confirmed", True)


def test_side_by_side_shows_a_wheel_of_many_small_acts(story: Told) -> None:
    one, other = story.side_by_side()
    assert max(one["wheel"].values()) == 2
    spokes = {"contact", "delivery", "acknowledgement", "offer", "idea", "goal_shared"}
    assert spokes < other["wheel"].keys()
    assert other["wheel"]["delivery"] >= 30
    whole = {"from": story.day(SECOND_CALLED), "partner": SECOND, "limit": 1000}
    items = story.read("/v1/wheel", **whole)["items"]
    counted: dict[str, int] = {}
    for item in items:
        total = item["count"] + item["thin_count"]
        counted[item["act"]] = counted.get(item["act"], 0) + total
    assert counted == other["wheel"]
