"""From when an event acts: never before what it answers."""

import pytest

from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s

EARLY, NOON, LATE = "2014-03-05", "2014-03-05T12:00:00Z", "2014-03-06T12:00:00Z"
MIDNIGHT = "2014-03-05T00:00:00"
AT_NOON, AT_LATE = NOON.removesuffix("Z"), LATE.removesuffix("Z")


def test_an_acceptance_dated_by_its_day_does_not_precede_the_offer() -> None:
    outcome = given(s.identified, s.offered.but(at=NOON)).when(s.accepted)
    outcome.then_recorded(acts_from="2014-03-05T12:00:00.000000Z")
    assert outcome.acts_from(s.accepted) == AT_NOON


def test_what_answers_nothing_acts_from_when_it_happened() -> None:
    outcome = given(s.identified.but(at=LATE)).when(s.contacted)
    outcome.then_completed()
    assert outcome.acts_from(s.contacted) == MIDNIGHT


def test_an_answer_that_is_later_anyway_is_completed_with_no_time() -> None:
    outcome = given(s.identified, s.goal).when(s.achieved.but(at=LATE))
    outcome.then_completed()


ANSWERS: list[tuple[Step, Step]] = [
    *((s.offered, s.accepted), (s.offered, s.declined), (s.offered, s.withdrawn)),
    *((s.offered, s.on_offer), (s.committed, s.on_commitment)),
    *((s.committed, s.changed), (s.committed, s.cancelled)),
    *((s.delivered, s.acknowledged), (s.delivered, s.disputed)),
    *((s.principle, s.respected), (s.issue, s.settled)),
    *((s.proposed, s.turned_down), (s.proposed, s.put_off), (s.proposed, s.agreed)),
    (s.agreed, s.ended),
]


@pytest.mark.parametrize(("first", "answer"), ANSWERS, ids=lambda one: one.type)
def test_an_answer_acts_no_earlier_than_what_it_answers(
    first: Step, answer: Step
) -> None:
    late = first.but(at=NOON)
    outcome = given(s.identified, late).when(answer.but(at=EARLY))
    outcome.then_recorded(acts_from="2014-03-05T12:00:00.000000Z")


@pytest.mark.parametrize(
    ("first", "naming"),
    [
        (s.goal, s.achieved),
        (s.goal, s.offered.but(goal="g")),
        (s.meeting, s.called_off),
        (s.hanako, s.note.but(persons=["hanako"])),
        (s.proposed, s.committed.but(alliance="a")),
        (s.agreed, s.delivered.but(alliance="a")),
        (
            s.received,
            step(
                "BenefitReported",
                gained_by="us",
                quantity=s.TEN_HOURS,
                delivery="d",
                confidence="reported",
            ),
        ),
    ],
    ids=lambda one: one.type,
)
def test_nothing_else_moves_a_time(first: Step, naming: Step) -> None:
    given(s.identified, first.but(at=NOON)).when(naming).then_completed()


def test_times_pass_along_a_chain_of_answers() -> None:
    ledger = given(s.identified, s.offered.but(at=LATE))
    outcome = ledger.when(s.on_offer.but(at=NOON), s.acknowledged)
    assert outcome.acts_from(s.acknowledged) == AT_LATE


def test_an_answer_to_an_offer_does_not_wait_for_other_answers() -> None:
    ledger = given(s.identified, s.offered, s.accepted.but(at=LATE))
    outcome = ledger.when(s.withdrawn)
    assert outcome.acts_from(s.withdrawn) == MIDNIGHT


def test_a_resolution_does_not_precede_any_dispute_that_it_ends() -> None:
    first = s.disputed.but(at=LATE, quantity=s.hours("1"))
    second = s.disputed.but(at=NOON, quantity=s.hours("1"))
    outcome = given(s.identified, s.delivered, first, second).when(s.resolved)
    assert outcome.acts_from(s.resolved) == AT_LATE


def test_a_resolution_does_not_wait_for_disputes_that_ended_before() -> None:
    old = s.disputed.but(at=LATE, quantity=s.hours("1"))
    new = s.disputed.but(at=NOON, quantity=s.hours("1"))
    again = s.resolved.but()
    ledger = given(s.identified, s.delivered, old, s.resolved, new)
    outcome = ledger.when(again)
    assert outcome.acts_from(again) == AT_NOON


def test_a_second_dispute_does_not_wait_for_the_first() -> None:
    first = s.disputed.but(at=LATE, quantity=s.hours("1"))
    second = s.disputed.but(quantity=s.hours("1"))
    outcome = given(s.identified, s.delivered, first).when(second)
    assert outcome.acts_from(second) == MIDNIGHT


def test_the_end_of_an_agreement_waits_for_the_agreement_and_its_proposal() -> None:
    ledger = given(s.identified, s.proposed.but(at=NOON), s.agreed.but(at=LATE))
    outcome = ledger.when(s.ended)
    assert outcome.acts_from(s.ended) == AT_LATE
    early = given(s.identified, s.proposed.but(at=LATE), s.agreed, s.ended.but())
    assert early.when(s.contacted).acts_from(s.agreed) == AT_LATE


def test_a_deferral_does_not_move_the_agreement() -> None:
    ledger = given(s.identified, s.proposed, s.put_off.but(at=LATE))
    assert ledger.when(s.agreed).acts_from(s.agreed) == MIDNIGHT


def test_a_day_is_that_of_the_ledgers_zone() -> None:
    ledger = given(s.identified, zone="Asia/Tokyo")
    outcome = ledger.when(s.contacted)
    assert outcome.acts_from(s.contacted) == "2014-03-04T15:00:00"


def test_a_corrected_date_moves_the_answers_too() -> None:
    ledger = given(s.identified, s.offered, s.accepted, s.withdrawn.but(at="2015"))
    outcome = ledger.when(correction(s.offered, occurred_at=LATE))
    assert outcome.acts_from(s.accepted) == AT_LATE
    (corrected,) = [
        step for step in outcome.ledger.ids if step.type == "EventCorrected"
    ]
    outcome.when(retraction(corrected)).then_recorded()
    assert outcome.acts_from(s.accepted) == MIDNIGHT


def test_a_correction_of_an_answer_names_the_time_it_was_completed_with() -> None:
    ledger = given(s.identified, s.offered.but(at=NOON), s.accepted)
    why = correction(s.accepted, data={"offer": "o", "reason": "It serves our goal."})
    ledger.when(why).then_completed(
        by="us", unit="hour", accepts="10", acts_from="2014-03-05T12:00:00.000000Z"
    )


def test_a_retracted_proposal_no_longer_holds_its_agreement() -> None:
    late = s.proposed.but(at=LATE)
    ledger = given(s.identified, late, s.agreed)
    outcome = ledger.when(retraction(late))
    assert outcome.acts_from(s.agreed) == MIDNIGHT


def test_times_hold_across_a_merge() -> None:
    birch = s.identified.but(of="birch")
    merged = step("PartnerMerged", into="birch", reason="The same.")
    ledger = given(s.identified, birch, s.offered.but(at=LATE), merged)
    answer = s.accepted.but(of="birch", offer="acme/o")
    assert ledger.when(answer).acts_from(answer) == AT_LATE
