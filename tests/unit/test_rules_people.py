"""People of either side, and what may be said of those whose data was erased."""

import pytest

from services.ledger.rules.refusals import (
    NotKnown,
    NotNew,
    NotRetractable,
    PersonErased,
)
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s

with_hanako = s.note.but(persons=["hanako"])
with_taro = s.note.but(persons=["taro"])
person_partner = step("PartnerIdentified", name="Hanako", kind="person")
left = step("PersonLeft", person="hanako")


def test_our_people_are_only_on_the_ledgers_own_stream() -> None:
    ledger = given(s.identified)
    ledger.when(s.taro.but(of="acme")).then_invalid("/data/side")
    ledger.when(s.hanako.but(of="_ledger")).then_invalid("/data/side")
    ledger.when(s.taro, s.hanako).then_recorded()


NAMING = [
    step("ContactMade", by="us", channel="phone", persons=["x"]),
    step("MeetingScheduled", on="2014", channel="phone", persons=["x"]),
    step("OwnerAssigned", person="x"),
    s.acknowledged.but(persons=["x"]),
]


@pytest.mark.parametrize("naming", NAMING, ids=lambda naming: naming.type)
@pytest.mark.parametrize("person", [s.hanako, s.taro], ids=["theirs", "ours"])
def test_people_of_the_partner_and_of_ours_may_be_named(
    naming: Step, person: Step
) -> None:
    ledger = given(s.identified, s.delivered)
    ledger.when(naming).then_refused(NotKnown)
    ledger.when(person.but(person="x"), naming).then_recorded()


def test_people_of_another_partner_are_not_known() -> None:
    birch = s.identified.but(of="birch")
    ledger = given(s.identified, birch, s.hanako.but(of="birch"))
    ledger.when(with_hanako).then_refused(NotKnown)


def test_every_person_named_is_known() -> None:
    ledger = given(s.identified, s.hanako)
    both = s.contacted.but(persons=["hanako", "taro"])
    ledger.when(both).then_refused(NotKnown, "/data/persons")
    ledger.when(s.taro, both).then_recorded()


@pytest.mark.parametrize("kind", ["PersonLeft", "PersonalDataErased"])
def test_our_people_leave_and_are_erased_on_their_own_stream(kind: str) -> None:
    basis = {"basis": "Asked for it."} if kind == "PersonalDataErased" else {}
    gone = step(kind, person="taro", **basis)
    ledger = given(s.identified, s.taro)
    ledger.when(gone).then_refused(NotKnown)
    ledger.when(gone.but(of="_ledger")).then_recorded()


def test_a_person_who_left_may_be_named() -> None:
    ledger = given(s.identified, s.hanako, left)
    ledger.when(with_hanako).then_recorded()
    ledger.when(s.hanako.but()).then_refused(NotNew)


def test_no_new_personal_text_about_an_erased_person() -> None:
    ledger = given(s.identified, s.hanako, s.erased("hanako"))
    ledger.when(with_hanako).then_refused(PersonErased)
    thanks = s.acknowledged.but(persons=["hanako"], note="She thanked us.")
    ledger.when(s.delivered, thanks).then_refused(PersonErased)


def test_an_erased_person_may_be_named_without_personal_text() -> None:
    ledger = given(s.identified, s.hanako, s.erased("hanako"))
    ledger.when(s.contacted.but(persons=["hanako"])).then_recorded()
    ledger.when(s.note).then_recorded()
    ledger.when(left).then_recorded()


def test_no_new_personal_text_about_an_erased_person_of_ours() -> None:
    ledger = given(s.identified, s.taro, s.erased("taro", of="_ledger"))
    ledger.when(with_taro).then_refused(PersonErased)
    ledger.when(s.contacted.but(persons=["taro"])).then_recorded()


def test_people_with_the_same_id_are_erased_apart() -> None:
    same = s.hanako.but(person="taro")
    ledger = given(s.identified, s.taro, same, s.erased("taro", of="_ledger"))
    ledger.when(with_taro).then_recorded()


def test_an_erasure_is_never_taken_back_or_corrected() -> None:
    gone = s.erased("hanako")
    ledger = given(s.identified, s.hanako, gone)
    ledger.when(retraction(gone)).then_refused(NotRetractable, "/data/target")
    ledger.when(correction(gone, occurred_at="2013")).then_refused(NotRetractable)


def test_an_erasure_may_reach_the_notes_later() -> None:
    """Domain: everything else is a fact, never refused; the notes are still there."""
    keeping = s.erased("hanako").but(keep_notes=True)
    given(s.identified, s.hanako, keeping).when(s.erased("hanako")).then_recorded()


def test_a_person_who_is_the_partner_is_erased_by_the_partners_id() -> None:
    ledger = given(person_partner)
    ledger.when(s.erased("acme")).then_recorded()
    ledger.when(s.note).then_refused(PersonErased)
    renamed = step("PartnerRenamed", name="Hanako Example")
    ledger.when(renamed).then_refused(PersonErased)
    ledger.when(s.contacted).then_recorded()


def test_only_a_partner_who_is_a_person_is_erased_by_its_own_id() -> None:
    given(s.identified).when(s.erased("acme")).then_refused(NotKnown)


def test_a_company_may_be_renamed_whatever_its_people_are_called() -> None:
    """A person may have the id of the partner; only a person's names are personal."""
    namesake = s.hanako.but(person="acme")
    ledger = given(s.identified, namesake, s.erased("acme"))
    ledger.when(step("PartnerRenamed", name="Acme Group")).then_recorded()
    ledger.when(s.note).then_recorded()


def test_others_may_join_an_erased_person_who_is_the_partner() -> None:
    """The new name is about another person, who was not erased."""
    given(person_partner, s.erased("acme")).when(s.hanako).then_recorded()


def test_a_correction_brings_no_personal_text_about_an_erased_person() -> None:
    ledger = given(s.identified, s.hanako, with_hanako, s.erased("hanako"))
    same_note = correction(with_hanako, data={**with_hanako.data, "minutes": 5})
    ledger.when(same_note).then_refused(PersonErased)
    no_note = {n: v for n, v in with_hanako.data.items() if n != "note"}
    ledger.when(correction(with_hanako, data=no_note)).then_recorded()
    ledger.when(correction(with_hanako, occurred_at="2013")).then_recorded()


def test_an_erased_persons_name_does_not_come_back_by_correction() -> None:
    ledger = given(s.identified, s.hanako, s.erased("hanako"))
    renamed = correction(s.hanako, data={**s.hanako.data, "role": "president"})
    ledger.when(renamed).then_refused(PersonErased)


def test_an_erased_partners_name_does_not_come_back_by_correction() -> None:
    ledger = given(person_partner, s.erased("acme"))
    named = correction(person_partner, data=dict(person_partner.data))
    ledger.when(named).then_refused(PersonErased)


def test_an_erasure_does_not_stand_in_the_way_of_other_corrections() -> None:
    ledger = given(s.identified, s.hanako, with_hanako, s.contacted)
    ledger.when(s.erased("hanako")).then_recorded()
    ledger.when(correction(s.contacted, occurred_at="2013")).then_recorded()
    ledger.when(retraction(with_hanako)).then_recorded()


def test_nor_does_the_erasure_of_our_own_people() -> None:
    ledger = given(s.identified, s.taro, with_taro, s.contacted)
    ledger.when(s.erased("taro", of="_ledger")).then_recorded()
    ledger.when(correction(s.contacted, occurred_at="2013")).then_recorded()
    ledger.when(retraction(with_taro)).then_recorded()


def test_who_is_named_elsewhere_is_not_taken_back() -> None:
    owner = step("OwnerAssigned", person="taro")
    ledger = given(s.identified, s.taro, owner)
    ledger.when(retraction(s.taro)).then_refused_with(owner)
    ledger.when(retraction(owner), retraction(s.taro)).then_recorded()
