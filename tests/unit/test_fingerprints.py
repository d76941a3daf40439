"""Keys stand for what was sent, without what is personal."""

from typing import Any

import pytest

from services.ledger.intake.fingerprints import fingerprint

Json = dict[str, Any]
PERSON: Json = {"person": "p", "side": "partner"}
CALL: Json = {"by": "us", "channel": "phone"}


def sent(kind: str, /, **data: Any) -> Json:
    return {"type": kind, "partner": "ines", "data": data}


def corrected(**data: Any) -> Json:
    return sent("EventCorrected", target="e", data=data, reason="Typo.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sent("PersonAdded", **PERSON, name="A"), sent("PersonAdded", **PERSON)),
        (sent("ContactMade", **CALL, note="A"), sent("ContactMade", **CALL, note="B")),
        (
            sent("PartnerIdentified", kind="person", name="A"),
            sent("PartnerIdentified", kind="person", name="B", names={"ja": "C"}),
        ),
        (corrected(**PERSON, name="A"), corrected(**PERSON, name="B")),
        (corrected(**CALL, note="A"), corrected(**CALL, note="B")),
        (corrected(kind="person", name="A"), corrected(kind="person", name="B")),
    ],
)
def test_personal_text_is_in_no_fingerprint(one: Json, other: Json) -> None:
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint([one]) == fingerprint([other])


@pytest.mark.parametrize("rename", [lambda **d: sent("PartnerRenamed", **d), corrected])
def test_a_rename_has_a_fingerprint_for_either_kind_of_partner(rename: Any) -> None:
    one, other = fingerprint(rename(name="A")), fingerprint(rename(name="B"))
    assert one.of_person == other.of_person
    assert one.of_all != other.of_all
    assert one.matches(one.of_all)
    assert one.matches(one.of_person)
    assert not one.matches(other.of_all)


def test_what_is_not_personal_is_in_the_fingerprint() -> None:
    agreed = {"alliance": "a", "project": "P", "starts": "2026"}
    for one, other in (
        (sent("ContactMade", **CALL), sent("ContactMade", **CALL, minutes=1)),
        (corrected(**agreed, name="A"), corrected(**agreed, name="B")),
    ):
        assert fingerprint(one).of_person != fingerprint(other).of_person
