"""What is read as JSON, and what is refused without repeating it."""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.canonical import digest, parse_json
from contracts.events import EventCorrected, EventData
from tests.builders import EVENT_ID, EXAMPLES

SECRET = "hanako"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, "x", true, {}]}', {"a": [1, "x", True, {}]}),
        (b'"\xe7\xac\xac"', "第"),
        ('"\\ud83d\\ude00"', "😀"),
        ("-0", 0),
        ("99999999999999999999", 99999999999999999999),
        ('{"a": {"a": 1}}', {"a": {"a": 1}}),
    ],
)
def test_json_is_read(text: str | bytes, value: Any) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'{{"{SECRET}": 1, "{SECRET}": 1}}', "has a member twice"),
        (f'[{{"x": {{"{SECRET}": 1, "{SECRET}": 2}}}}]', "has a member twice"),
        (f'{{"{SECRET}": NaN}}', "a number that JSON does not know"),
        (f'{{"{SECRET}": Infinity}}', "a number that JSON does not know"),
        (f'{{"{SECRET}": -Infinity}}', "a number that JSON does not know"),
        (f'{{"{SECRET}": 1e999}}', "a number too large to hold"),
        (f'{{"{SECRET}": -1e999}}', "a number too large to hold"),
        (f'{{"{SECRET}": {"9" * 21}}}', "a number with too many digits"),
        (f'{{"{SECRET}": {"9" * 5000}}}', "a number with too many digits"),
        (f'{{"{SECRET}"', "is not valid JSON at line 1"),
        (f'"{SECRET}\n"', "is not valid JSON at line 1"),
        (f'"{SECRET}" x', "is not valid JSON at line 1"),
        (f"{{'{SECRET}': 1}}", "is not valid JSON"),
        (f'["{SECRET}",]', "is not valid JSON"),
        (f'// {SECRET}\n"x"', "is not valid JSON"),
        ("", "is not valid JSON"),
        ("01", "is not valid JSON"),
        (b'"hanako\xff"', "is not UTF-8"),
        (b'\xff\xfe"\x00', "is not UTF-8"),
        (b'\xef\xbb\xbf{"hanako": 1}', "is not valid JSON"),
        ("[" * 100_000 + f'"{SECRET}"' + "]" * 100_000, "is nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_not_strict_json_is_refused_without_an_echo(
    text: str | bytes, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        parse_json(text)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


ANY = {"target": EVENT_ID, "reason": "Another amount."}
UNSTORABLE: list[Any] = [
    *("\ud800", "a\udfffb", "\0", 1.5, 1e300, None, [None], ["\ud800"], {"a": "\0"}),
    *({"\ud800": 1}, {"a\0": 1}, {"a": {"b": [0.1]}}),
]


@pytest.mark.parametrize("value", UNSTORABLE, ids=ascii)
def test_a_correction_holds_nothing_that_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(ValidationError):
        EventCorrected.model_validate({**ANY, "data": {"quantity": value}})


def test_a_correction_is_not_deeper_than_any_fact_could_be() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    with pytest.raises(ValidationError):
        EventCorrected.model_validate({**ANY, "data": {"note": deep}})


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"EventCorrected"}))
def test_a_correction_may_hold_the_data_of_any_type(name: str) -> None:
    data = EXAMPLES[name]["full"]
    held = EventCorrected.model_validate({**ANY, "data": data})
    assert held.data is not None
    assert digest(held.data) == digest(data)


@pytest.mark.parametrize("name", sorted(EventData.catalogue))
@pytest.mark.parametrize("bad", ["\0", "\ud800", "", "x" * 4001], ids=ascii)
def test_no_text_of_any_type_is_empty_too_long_or_unclean(name: str, bad: str) -> None:
    full = EXAMPLES[name]["full"]
    for field in (name for name in full if isinstance(full[name], str)):
        with pytest.raises(ValidationError):
            EventData.catalogue[name].model_validate({**full, field: bad})


def test_a_text_may_be_4000_characters_long() -> None:
    longest = "第" * 4000
    data = {"by": "us", "channel": "phone", "note": longest}
    model = EventData.catalogue["ContactMade"]
    assert model.model_validate(data).model_dump()["note"] == longest


REFUSED_ALONE: list[tuple[str, dict[str, Any]]] = [
    ("HelpDelivered", {"by": "us", "kind": "space", "offer": "o", "commitment": "c"}),
    ("HelpDelivered", {"by": "us", "kind": "space", "completes": True}),
    ("CommitmentChanged", {"commitment": "c", "delta": "0", "reason": "None."}),
    ("EventCorrected", ANY),
    ("ContactMade", {"by": "we", "channel": "phone"}),
    ("ContactMade", {"by": "us", "channel": "telex"}),
    ("ContactMade", {"by": "us", "channel": "phone", "minutes": True}),
    ("ContactMade", {"by": "us", "channel": "phone", "minutes": 20.0}),
    ("ContactMade", {"by": "us", "channel": "phone", "minutes": "20"}),
    ("ContactMade", {"by": "us", "channel": "phone", "persons": "hanako"}),
    ("HelpOffered", {"by": "us", "kind": "Space"}),
    ("HelpOffered", {"by": "us", "kind": "space", "offer": "a/b"}),
    ("HelpOffered", {"by": "us", "kind": "space", "offer": "x" * 65}),
    ("OfferAccepted", {"offer": "a/b/c"}),
    ("OfferAccepted", {"offer": "A/b"}),
    ("PartnerMerged", {"into": "_ledger", "reason": "No."}),
    ("EventRetracted", {"target": EVENT_ID.upper(), "reason": "No."}),
]


@pytest.mark.parametrize(("name", "data"), REFUSED_ALONE)
def test_what_can_be_seen_to_be_wrong_alone_is_invalid(
    name: str, data: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        EventData.catalogue[name].model_validate(data)


def test_a_delivery_may_say_that_it_does_not_complete_what_it_does_not_name() -> None:
    data = {"by": "us", "kind": "space", "completes": False}
    model = EventData.catalogue["HelpDelivered"]
    assert model.model_validate(data).model_dump()["completes"] is False
