"""Records are in RFC 8785 form, though they are not made by the encoder of facts."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.canonical import canonical
from services.foundation.event_log import StoredEvent
from services.ledger.integrity.records import record, record_of

TEXTS = st.text(st.characters(codec="utf-8"))
MEMBERS = TEXTS | st.integers(-(2**53), 2**53) | st.none()


@given(st.lists(MEMBERS, max_size=16))
def test_a_record_is_the_canonical_form_of_its_members(
    members: list[str | int | None],
) -> None:
    made = record_of(members)
    assert made == canonical(members).encode()
    assert json.loads(made) == members


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('€$\u000f\nA\'B"\\\\"/', r"€$\u000f\nA'B\"\\\\\"/"),
        ("\b\t\n\f\r", r"\b\t\n\f\r"),
        ("\u0080\u007f\u2028\U0001f602", "\u0080\u007f\u2028\U0001f602"),
    ],
)
def test_texts_are_written_as_rfc_8785_writes_them(text: str, told: str) -> None:
    assert record_of([text]) == f'["{told}"]'.encode()


def test_the_members_of_a_record_have_a_fixed_order() -> None:
    began = datetime(2014, 3, 5, tzinfo=UTC)
    row = StoredEvent(
        position=7,
        id="01890a5d-ac96-774b-bcce-b302099a8057",
        partner="acme",
        version=2,
        type="ContactMade",
        schema=1,
        occurred_at="2014-03-05",
        occurred_from=began,
        occurred_to=began,
        recorded_at=datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC),
        recorded_by="owner",
        causation=None,
        correlation="c",
        source_system="mail",
        source_ref="12",
        data='{"by":"us"}',
        completed="{}",
    )
    assert record("default", row) == (
        b'["default",7,"01890a5d-ac96-774b-bcce-b302099a8057","acme",2,"ContactMade",1,'
        b'"2014-03-05","2026-01-02T03:04:05.000060Z","owner",null,"c","mail","12",'
        b'"{\\"by\\":\\"us\\"}","{}"]'
    )
