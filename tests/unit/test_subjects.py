"""Whose key seals what: people by their stream, notes by themselves."""

import pytest

from contracts.events import (
    ContactMade,
    DeliveryAcknowledged,
    EventData,
    PartnerIdentified,
    PartnerRenamed,
    PersonAdded,
)
from services.ledger.privacy.subjects import Private, Stream, private_of, sealed

EVENT = "01a20d0c-db17-72ea-9cd1-1bf27b55c1d6"
COMPANY = Stream("acme", is_person=False, has_person=lambda ref: ref == "hanako")
PERSON = Stream("ines", is_person=True, has_person=lambda _: False)


def contact(**data: object) -> EventData:
    return ContactMade.model_validate({"by": "us", "channel": "phone"} | data)


def test_a_partner_has_private_names_when_it_is_a_person() -> None:
    person = PartnerIdentified(name="Ines", kind="person")
    company = PartnerIdentified(name="Acme", kind="company")
    assert private_of(person, EVENT, PERSON) == Private(
        "person:ines/ines", ("name", "names")
    )
    assert private_of(company, EVENT, COMPANY) is None
    assert private_of(PartnerRenamed(name="A"), EVENT, COMPANY) is None
    renamed = private_of(PartnerRenamed(name="I"), EVENT, PERSON)
    assert renamed is not None
    assert renamed.subject == "person:ines/ines"


def test_a_persons_addresses_go_under_the_persons_key() -> None:
    added = PersonAdded(person="hanako", side="partner", name="Hanako", phone="1")
    private = private_of(added, EVENT, COMPANY)
    assert private is not None
    assert private.subject == "person:acme/hanako"
    assert set(private.fields) == {"name", "email", "phone"}


def test_a_person_without_an_id_is_known_by_the_event_that_added_it() -> None:
    added = PersonAdded(side="partner", name="Hanako")
    new = private_of(added, EVENT, COMPANY)
    corrected = private_of(added, "other", COMPANY, introduced_by=EVENT)
    assert new is not None
    assert corrected is not None
    assert new.subject == corrected.subject == f"person:acme/{EVENT}"


def test_a_note_has_a_key_of_its_own_and_is_about_whom_it_names() -> None:
    note = contact(note="n", persons=("hanako", "taro", "old/p1"))
    private = private_of(note, EVENT, COMPANY)
    assert private == Private(
        f"note:{EVENT}",
        ["note"],
        frozenset(("person:acme/hanako", "person:_ledger/taro", "person:old/p1")),
    )


def test_a_note_that_names_nobody_is_about_its_partner() -> None:
    private = private_of(contact(note="n"), EVENT, PERSON)
    assert private is not None
    assert private.people == {"person:ines/ines"}


def test_what_has_no_note_has_nothing_private() -> None:
    assert private_of(contact(persons=("hanako",)), EVENT, COMPANY) is None
    thanks = DeliveryAcknowledged(delivery="d")
    assert private_of(thanks, EVENT, COMPANY) is None


@pytest.mark.parametrize("names", [{"ja": "花子", "en": "Hanako"}, {}])
def test_every_private_text_is_sealed_and_nothing_else(names: dict[str, str]) -> None:
    data = {"name": "Hanako", "kind": "person", "names": names}
    private = Private("person:a/a", ("name", "names"))
    told = sealed(data, private, lambda field, text: f"<{field} {len(text)}>")
    assert told == {
        "name": "<name 6>",
        "kind": "person",
        "names": {key: f"<names.{key} {len(text)}>" for key, text in names.items()},
    }
