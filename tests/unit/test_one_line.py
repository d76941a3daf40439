"""A line of words says what came of a contact; nothing is guessed."""

from datetime import date
from typing import Any

import pytest

from services.cli.one_line import as_fields, channel_of, told_in
from services.foundation.settings import SettingsError
from services.projections.pages.drafting import facts_of

TODAY = date(2026, 3, 5)


def arisen(*words: str) -> list[tuple[str, dict[str, Any]]]:
    facts = facts_of(as_fields(told_in(words)), "acme", TODAY, "tie")
    return [(fact["type"], fact["data"]) for fact in facts[1:]]


@pytest.mark.parametrize(
    ("word", "minutes"),
    [("20m", "20"), ("90min", "90"), ("1h", "60"), ("1h30m", "90"), ("0m", "0")],
)
def test_a_duration_is_told_in_hours_and_minutes(word: str, minutes: str) -> None:
    assert told_in([word]) == {"minutes": [minutes]}


def hours(amount: str) -> dict[str, Any]:
    return {"quantity": {"amount": amount, "unit": "hour"}}


@pytest.mark.parametrize(
    ("phrase", "kind", "data"),
    [
        ("asked our goals", "GoalAsked", {"by": "partner"}),
        ("they asked our goals", "GoalAsked", {"by": "partner"}),
        ("Asked Their Goals", "GoalAsked", {"by": "us"}),
        ("goal 会員を増やす", "GoalShared", {"whose": "partner"}),
        ("our goal more members", "GoalShared", {"whose": "us"}),
        ("offered referral", "HelpOffered", {"by": "us", "kind": "referral"}),
        (
            "they offered Space 2.5 hour",
            "HelpOffered",
            {"by": "partner", **hours("2.5")},
        ),
        ("we asked for expertise", "HelpRequested", {"by": "us"}),
        ("they promised goods 3 hour", "ResourceCommitted", hours("3")),
        ("gave expertise 1 hour", "HelpDelivered", {"by": "us", **hours("1")}),
        ("thanked for d-1", "DeliveryAcknowledged", {"delivery": "d-1"}),
        ("their principle real value takes time", "PrincipleStated", {"by": "partner"}),
        ("idea let us meet", "IdeaProposed", {"statement": "let us meet"}),
        ("they proposed an alliance", "AllianceProposed", {"by": "partner"}),
    ],
)
def test_a_phrase_tells_one_fact(phrase: str, kind: str, data: dict[str, Any]) -> None:
    ((told, said),) = arisen(phrase)
    assert told == kind
    assert said | data == said


@pytest.mark.parametrize(
    "words",
    [
        ["was nice"],
        ["²m"],
        ["goal"],
        ["offered referral two hours"],
        ["20m", "30m"],
        ["offered referral", "they offered space"],
        [""],
    ],
)
def test_what_is_not_understood_is_a_mistake_of_usage(words: list[str]) -> None:
    with pytest.raises(SettingsError):
        told_in(words)


def test_a_channel_goes_by_its_everyday_words() -> None:
    assert (channel_of("Call"), channel_of("visit")) == ("phone", "in_person")
    with pytest.raises(SettingsError):
        channel_of("fax")
