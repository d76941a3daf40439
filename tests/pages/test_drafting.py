"""What the record form tells becomes facts, and is taken back in the right order."""

from datetime import date
from typing import Any, Final

from contracts.events import EventData
from services.projections.pages.drafting import Fields, facts_of, moved, taken_back

TODAY: Final = date(2026, 3, 1)


def facts(**told: str | list[str]) -> list[dict[str, Any]]:
    """The facts of a form that tells this."""

    def every(name: str) -> list[str]:
        value = told.get(name, [])
        return value if isinstance(value, list) else [value]

    def one(name: str) -> str:
        return next(iter(every(name)), "")

    return facts_of(Fields(one, every), "acme", TODAY, "tie")


def test_a_contact_alone_says_who_began_it_and_how() -> None:
    (contact,) = facts(by="partner", channel="phone", when="now", minutes="12")
    assert contact["data"] == {"by": "partner", "channel": "phone", "minutes": 12}
    assert "occurred_at" not in contact


def test_a_side_that_there_is_not_is_left_for_the_ledger_to_refuse() -> None:
    contact, asked = facts(by="x", asked="y")
    assert (contact["data"]["by"], asked["data"]["by"]) == ("x", "y")


def test_yesterday_is_a_day_and_a_year_stays_a_year() -> None:
    (yesterday,) = facts(when="yesterday")
    (some_time,) = facts(when="yesterday", date="2014")
    assert yesterday["occurred_at"] == "2026-02-28"
    assert some_time["occurred_at"] == "2014"


def test_what_came_of_a_contact_names_it_as_the_cause() -> None:
    contact, goal, offer = facts(
        goal=["more members"], offer="goods", offer_amount="2", offer_unit="seat"
    )
    assert contact["type"] == "ContactMade"
    assert goal["causation"] == offer["causation"] == "#1"
    assert goal["data"] == {"whose": "partner", "statement": "more members"}
    assert offer["data"]["quantity"] == {"amount": "2", "unit": "seat"}


def test_every_fact_that_the_form_makes_is_in_the_catalogue() -> None:
    made = facts(
        asked=["us", "partner"],
        goal_text="grow",
        principle="slowly",
        takes_time="1",
        request="space",
        offer="access",
        promise="money",
        promise_due="2026-04-01",
        delivered="goods",
        delivered_against="offer:lathe",
        completes="1",
        idea="a shared stall",
        thanked="lathe-1",
        scope="a fair",
        asks="a stall\n\n a table ",
        gives="time",
    )
    for fact in made:
        EventData.catalogue[fact["type"]].model_validate(fact["data"])
    assert made[-1]["data"]["asks"] == ["a stall", "a table"]
    assert [fact["type"] for fact in made].count("GoalAsked") == 2


def recorded() -> list[dict[str, Any]]:
    """A contact and what came of it, as the log has them."""
    tied = {"partner": "acme", "correlation": "tie", "occurred_at": "2026-03-01"}
    return [
        {"id": "a", "type": "ContactMade", "causation": None, "data": {}, **tied},
        {"id": "b", "type": "GoalShared", "causation": "a", "data": {}, **tied},
    ]


def test_what_is_taken_back_goes_last_first() -> None:
    targets = [back["data"]["target"] for back in taken_back(recorded(), "undone")]
    assert targets == ["b", "a"]


def test_what_moves_keeps_its_cause_and_its_day() -> None:
    *_, contact, goal = moved(recorded(), "other", "wrong partner")
    assert contact["partner"] == goal["partner"] == "other"
    assert goal["causation"] == "#3"
    assert goal["occurred_at"] == "2026-03-01"
    assert "causation" not in contact
