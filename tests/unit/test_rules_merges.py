"""Partners that turned out to be one."""

from services.ledger.rules.refusals import (
    NotCorrectable,
    NotKnown,
    NotNew,
    PartnerIsMerged,
    TargetNotFound,
)
from tests.scenario import correction, given, retraction, step
from tests.unit import steps as s

birch = s.identified.but(of="birch")
cedar = s.identified.but(of="cedar")
merged = step("PartnerMerged", into="birch", reason="The same company.")
onwards = merged.but(of="birch", into="cedar")
accepted = s.accepted.but(of="birch", offer="acme/o")


def test_a_partner_is_merged_into_another_that_is_known() -> None:
    ledger = given(s.identified)
    ledger.when(merged).then_refused(NotKnown, "/data/into")
    ledger.when(merged.but(into="acme")).then_invalid("/data/into")
    ledger.when(birch, merged).then_recorded()


def test_a_partner_is_merged_once() -> None:
    ledger = given(s.identified, birch, cedar, merged)
    outcome = ledger.when(merged.but(into="cedar")).then_refused(PartnerIsMerged)
    assert isinstance(outcome.refusal, PartnerIsMerged)
    assert outcome.refusal.survivor == "birch"


def test_a_partner_is_not_merged_into_one_that_is_merged_itself() -> None:
    ledger = given(s.identified, birch, cedar, onwards)
    outcome = ledger.when(merged).then_refused(PartnerIsMerged, "/data/into")
    assert isinstance(outcome.refusal, PartnerIsMerged)
    assert outcome.refusal.survivor == "cedar"


def test_a_merged_stream_names_the_partner_that_stays_in_the_end() -> None:
    ledger = given(s.identified, birch, cedar, merged, onwards)
    outcome = ledger.when(s.contacted).then_refused(PartnerIsMerged)
    assert isinstance(outcome.refusal, PartnerIsMerged)
    assert outcome.refusal.survivor == "cedar"


def test_two_partners_are_not_merged_into_each_other() -> None:
    back = merged.but(of="birch", into="acme")
    given(s.identified, birch, merged).when(back).then_refused(PartnerIsMerged)


def test_what_was_of_the_merged_partner_is_named_with_its_id() -> None:
    ledger = given(s.identified, birch, s.offered)
    ledger.when(accepted).then_refused(NotKnown)
    ledger.when(merged, s.accepted.but(of="birch")).then_refused(NotKnown)
    ledger.when(accepted).then_completed(by="us", unit="hour", accepts="10")


def test_the_ids_of_both_streams_stay_apart() -> None:
    same = s.offered.but(of="birch")
    ledger = given(s.identified, birch, s.offered, merged)
    ledger.when(same, s.accepted.but(of="birch")).then_recorded()
    ledger.when(same.but()).then_refused(NotNew)
    ledger.when(accepted).then_recorded()


def test_things_are_named_through_a_chain_of_merges() -> None:
    ledger = given(s.identified, birch, cedar, s.offered, merged, onwards)
    ledger.when(accepted.but(of="cedar")).then_recorded()
    ledger.when(accepted.but(of="birch")).then_refused(PartnerIsMerged)


def test_everything_of_a_merged_partner_can_be_named() -> None:
    before = (s.committed, s.delivered, s.goal, s.principle, s.issue, s.proposed)
    ledger = given(s.identified, birch, *before, s.hanako, merged)
    later = [
        s.changed.but(commitment="acme/c"),
        s.on_commitment.but(delivery="d2", commitment="acme/c"),
        s.acknowledged.but(delivery="acme/d"),
        s.achieved.but(goal="acme/g"),
        s.respected.but(principle="acme/p"),
        s.settled.but(issue="acme/i"),
        s.put_off.but(alliance="acme/a"),
        s.agreed.but(alliance="acme/a", goals=["acme/g"]),
        s.ended.but(alliance="acme/a"),
        s.note.but(persons=["acme/hanako"]),
        s.erased("acme/hanako"),
    ]
    for each in later:
        ledger.when(each.but(of="birch")).then_recorded()


def test_a_merged_person_may_still_be_erased() -> None:
    """The stream takes corrections only, so the survivor's must take the erasure."""
    person = s.identified.but(kind="person")
    ledger = given(person, birch, merged)
    ledger.when(s.erased("acme/acme", of="birch")).then_recorded()


def test_an_agreement_does_not_introduce_a_thing_of_another_stream() -> None:
    ledger = given(s.identified, birch, merged)
    new = s.agreed.but(of="birch", alliance="acme/new")
    ledger.when(new).then_refused(NotKnown, "/data/alliance")


def test_a_merged_stream_takes_corrections_of_its_own_events() -> None:
    ledger = given(s.identified, birch, s.offered, s.contacted, merged)
    ledger.when(correction(s.contacted, occurred_at="2013")).then_recorded()
    ledger.when(retraction(s.offered)).then_recorded()


def test_a_target_is_in_the_same_stream_even_when_merged() -> None:
    ledger = given(s.identified, birch, s.contacted, merged)
    from_outside = retraction(s.contacted).but(of="birch")
    ledger.when(from_outside).then_refused(TargetNotFound, "/data/target")


def test_a_merge_is_undone_by_retracting_it() -> None:
    ledger = given(s.identified, birch, s.offered, merged)
    ledger.when(retraction(merged), s.accepted).then_recorded()
    ledger.when(accepted).then_refused(NotKnown)


def test_a_merge_is_not_undone_while_others_build_on_it() -> None:
    note = s.note.but(of="birch")
    ledger = given(s.identified, birch, s.offered, merged, note, accepted)
    ledger.when(retraction(merged)).then_refused_with(accepted)
    ledger.when(retraction(accepted), retraction(merged)).then_recorded()


def test_an_undone_merge_does_not_come_back_over_what_was_recorded_since() -> None:
    undone = retraction(merged)
    ledger = given(s.identified, birch, merged, undone, s.contacted)
    ledger.when(retraction(undone)).then_refused_with(s.contacted)
    ledger.when(retraction(s.contacted), retraction(undone)).then_recorded()
    ledger.when(s.note).then_refused(PartnerIsMerged)


def test_an_undone_merge_does_not_come_back_into_a_merged_partner() -> None:
    undone = retraction(merged)
    back = merged.but(of="birch", into="acme")
    ledger = given(s.identified, birch, merged, undone, back)
    ledger.when(retraction(undone)).then_refused_with(back)


def test_what_the_survivor_answered_depends_on_the_merged_stream() -> None:
    ledger = given(s.identified, birch, s.offered, merged, accepted)
    ledger.when(retraction(s.offered)).then_refused_with(accepted)
    other_unit = {**s.offered.data, "quantity": {"amount": "1", "unit": "JPY"}}
    ledger.when(correction(s.offered, data=other_unit)).then_refused_naming(accepted)


def test_a_partner_into_which_another_was_merged_is_not_taken_back() -> None:
    given(s.identified, birch, merged).when(retraction(birch)).then_refused_with(merged)


def test_the_reason_and_date_of_a_merge_may_be_corrected() -> None:
    """Domain excludes corrections and erasures as targets, not merges."""
    ledger = given(s.identified, birch, cedar, merged)
    other_reason = {**merged.data, "reason": "One company since 2010."}
    ledger.when(correction(merged, data=other_reason)).then_recorded()
    ledger.when(correction(merged, occurred_at="2010")).then_recorded()


def test_another_survivor_takes_a_merge_anew() -> None:
    ledger = given(s.identified, birch, cedar, merged)
    elsewhere = {**merged.data, "into": "cedar"}
    ledger.when(correction(merged, data=elsewhere)).then_refused(NotCorrectable)
