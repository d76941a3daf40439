"""What a correction or retraction would break for later events."""

import pytest

from services.ledger.rules.refusals import BelowDelivered, OtherSide
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s
from tests.unit.steps import with_data

DEPENDENTS: list[tuple[tuple[Step, ...], tuple[Step, ...]]] = [
    ((s.offered,), (s.accepted, s.withdrawn)),
    ((s.offered,), (s.on_offer,)),
    ((s.committed,), (s.changed, s.on_commitment, s.cancelled)),
    ((s.delivered,), (s.acknowledged,)),
    ((s.delivered, s.disputed), (s.resolved,)),
    ((s.goal,), (s.achieved,)),
    ((s.goal,), (s.offered.but(goal="g"), s.agreed.but(goals=["g"]))),
    ((s.principle,), (s.respected,)),
    ((s.issue,), (s.settled,)),
    ((s.meeting,), (s.called_off,)),
    ((s.hanako,), (s.note.but(persons=["hanako"]), s.erased("hanako"))),
    ((s.proposed,), (s.put_off, s.turned_down)),
    ((s.agreed,), (s.ended,)),
    ((s.identified,), (s.contacted, s.offered, s.accepted)),
]


@pytest.mark.parametrize(("before", "after"), DEPENDENTS)
def test_nothing_is_taken_back_that_later_events_depend_on(
    before: tuple[Step, ...], after: tuple[Step, ...]
) -> None:
    first = () if before == (s.identified,) else (s.identified,)
    ledger = given(*first, *before, *after)
    ledger.when(retraction(before[-1])).then_refused_with(*after)


def test_dependents_of_dependents_are_listed_too() -> None:
    ledger = given(s.identified, s.offered, s.on_offer, s.contacted, s.acknowledged)
    ledger.when(retraction(s.offered)).then_refused_with(s.on_offer, s.acknowledged)


def test_dependents_on_other_streams_are_listed_in_order_of_position() -> None:
    birch = s.identified.but(of="birch")
    introduced = s.identified.but(introduced_by="birch")
    later = s.contacted.but(of="birch")
    ledger = given(birch, introduced, later)
    ledger.when(retraction(birch)).then_refused_with(introduced, later)


def test_taking_back_the_last_event_first_always_works() -> None:
    story = (s.offered, s.on_offer, s.acknowledged)
    ledger = given(s.identified, *story)
    for each in reversed(story):
        ledger.when(retraction(each)).then_recorded()


def test_an_agreement_stands_without_its_proposal() -> None:
    ledger = given(s.identified, s.proposed, s.agreed)
    ledger.when(retraction(s.proposed)).then_recorded()


def test_less_delivered_than_was_acknowledged_is_refused() -> None:
    ledger = given(s.identified, s.delivered, s.acknowledged)
    less = with_data(s.delivered, quantity=s.hours("9"))
    ledger.when(less).then_refused_with(s.acknowledged)
    ledger.when(with_data(s.delivered, quantity=s.hours("11"))).then_recorded()


def test_a_commitment_corrected_below_what_a_change_took_away_is_refused() -> None:
    lowered = s.changed.but(delta="-8")
    ledger = given(s.identified, s.committed, lowered)
    less = with_data(s.committed, quantity=s.hours("7"))
    ledger.when(less).then_refused_with(lowered)
    ledger.when(with_data(s.committed, quantity=s.hours("8"))).then_recorded()


def test_a_corrected_change_obeys_the_rules_itself() -> None:
    ledger = given(s.identified, s.committed, s.changed)
    ledger.when(with_data(s.changed, delta="-11")).then_refused(BelowDelivered)
    ledger.when(with_data(s.changed, delta="-10")).then_recorded()


def test_a_delivery_corrected_to_complete_closes_the_way_for_later_ones() -> None:
    again = s.on_offer.but(delivery="d2")
    ledger = given(s.identified, s.offered, s.on_offer, again)
    ledger.when(with_data(s.on_offer, completes=True)).then_refused_with(again)
    ledger.when(with_data(again, completes=True)).then_recorded(
        unit="hour", releases={"accepted": "10"}
    )


def test_a_delivery_corrected_to_be_confirmed_needs_no_acknowledgement() -> None:
    ledger = given(s.identified, s.delivered, s.acknowledged)
    confirmed = with_data(s.delivered, confirmed=True)
    ledger.when(confirmed).then_refused_with(s.acknowledged)


def test_a_delivery_may_be_moved_to_another_promise_of_the_same_side() -> None:
    theirs = s.offered.but(offer="o2", by="partner")
    ledger = given(s.identified, s.offered, s.committed, theirs, s.on_offer)
    ledger.when(with_data(s.on_offer, offer="o2")).then_refused(OtherSide)
    moved = with_data(s.on_offer, offer=None, commitment="c")
    ledger.when(moved).then_completed(unit="hour")
    ledger.when(s.declined).then_recorded(releases={"offered": "10"})


def test_a_change_of_date_alone_breaks_no_rule() -> None:
    ledger = given(s.identified, s.offered, s.accepted, s.contacted)
    for target in (s.identified, s.offered, s.accepted):
        ledger.when(correction(target, occurred_at="2022")).then_completed()


def test_people_named_by_a_corrected_event_are_not_taken_back() -> None:
    ledger = given(s.identified, s.hanako, s.contacted)
    ledger.when(with_data(s.contacted, persons=["hanako"])).then_recorded()
    ledger.when(retraction(s.hanako)).then_refused_with(s.contacted)


def test_the_stage_policy_may_be_corrected_and_retracted() -> None:
    policy = step("StagePolicyPublished", of="_ledger", contact_days=2)
    ledger = given(policy)
    ledger.when(with_data(policy, contact_days=4)).then_recorded()
    ledger.when(retraction(policy)).then_recorded()
