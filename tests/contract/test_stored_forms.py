"""The stored form of every type: what is in the log today must read for ever."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.canonical import canonical, digest, parse_json
from contracts.events import EventData
from contracts.events.stored import stored_form
from contracts.events.upcasts import UnknownEventTypeError, decode_data, decode_text
from tests.builders import EXAMPLES
from tests.contract.strategies import JSON, data_of

GOLDEN = Path(__file__).parent / "golden"
TYPES = sorted(EventData.catalogue)
every_type = pytest.mark.parametrize("name", TYPES)


def stored(name: str) -> str:
    """The committed text; a file ends with one newline that is not part of it."""
    text = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    assert text.endswith("\n")
    return text[:-1]


def encode(data: EventData) -> str:
    return canonical(data.model_dump(mode="json", exclude_none=True))


def test_there_is_a_golden_form_of_each_of_the_45_types_and_of_nothing_else() -> None:
    assert len(TYPES) == 45
    assert sorted(path.stem for path in GOLDEN.iterdir()) == TYPES


@every_type
def test_the_full_example_is_stored_as_ever(name: str) -> None:
    example = EXAMPLES[name]["full"]
    assert canonical(example) == stored(name)
    assert encode(EventData.catalogue[name].model_validate(example)) == stored(name)


@every_type
def test_a_stored_form_decodes_to_the_value_that_was_recorded(name: str) -> None:
    model = EventData.catalogue[name]
    decoded = decode_data(name, model.schema_number, json.loads(stored(name)))
    assert type(decoded) is model
    assert decoded == model.model_validate(EXAMPLES[name]["full"])
    assert encode(decoded) == stored(name)


@every_type
def test_a_value_of_stored_text_is_the_one_that_was_checked(name: str) -> None:
    checked = EventData.catalogue[name].model_validate(json.loads(stored(name)))
    trusted = decode_text(name, 1, stored(name))
    assert trusted == checked
    assert repr(trusted) == repr(checked)
    assert trusted.model_fields_set == checked.model_fields_set
    assert trusted.__pydantic_private__ == checked.__pydantic_private__


@every_type
def test_stored_text_with_members_of_no_field_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        decode_text(name, 1, canonical(EXAMPLES[name]["full"] | {"no_field": 1}))


def test_stored_text_without_a_member_that_it_needs_is_refused() -> None:
    with pytest.raises(ValidationError):
        decode_text("ContactMade", 1, '{"by":"us"}')


def test_a_field_that_is_stored_nobody_knows_how_is_our_error() -> None:
    class Odd(BaseModel):
        at: datetime

    with pytest.raises(TypeError, match="how"):
        stored_form(Odd)


@every_type
def test_the_golden_form_leaves_no_field_out(name: str) -> None:
    fields = set(EventData.catalogue[name].model_fields)
    alternative = {"commitment"} if name == "HelpDelivered" else set()
    assert set(json.loads(stored(name))) == fields - alternative


@every_type
def test_the_minimal_example_decodes_too(name: str) -> None:
    data = EXAMPLES[name]["minimal"]
    decoded = decode_data(name, 1, parse_json(canonical(data)))
    assert encode(decoded) == canonical(data)


@every_type
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_decoding_what_was_encoded_gives_the_same(
    name: str, data: st.DataObject
) -> None:
    sent = data.draw(data_of(EventData.catalogue[name]))
    event = EventData.catalogue[name].model_validate(sent)
    assert decode_data(name, 1, parse_json(encode(event))) == event
    assert encode(event) == canonical(sent)
    assert encode(event).encode() == rfc8785.dumps(sent)


@given(JSON)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)
    assert parse_json(canonical(value)) == value


def test_the_digest_is_of_the_canonical_form_in_utf_8() -> None:
    text = '{"b" : [1, true], "a":"\\u7b2c"}'
    expected = "24bb77a7e8ee0411b642283da861add3597f445759990d18092b8e2a19dfa9c1"
    assert digest(parse_json(text)) == expected


def test_a_type_that_this_version_does_not_know_is_our_error() -> None:
    with pytest.raises(UnknownEventTypeError):
        decode_data("HelpImagined", 1, {})


def test_a_schema_newer_than_this_version_is_our_error() -> None:
    with pytest.raises(UnknownEventTypeError):
        decode_data("HelpOffered", 2, {"by": "us", "kind": "space"})
