"""What the ledger adds when recording, so that an event can be read alone."""

from tests.scenario import correction, given, step
from tests.unit import steps as s

HALF_ACT = {"amount": "0.5", "unit": "act"}
vague_offer = s.offered.but(quantity=None)
vague_commitment = s.committed.but(quantity=None)


def test_an_acceptance_says_who_offered_how_much() -> None:
    given(s.identified, s.offered).when(s.accepted).then_completed(
        by="us", unit="hour", accepts="10"
    )


def test_an_offer_without_quantity_is_one_act() -> None:
    given(s.identified, vague_offer).when(s.accepted).then_completed(
        by="us", unit="act", accepts="1"
    )


def test_a_refusal_or_withdrawal_says_what_it_releases_and_from_where() -> None:
    offered = {"by": "us", "unit": "hour", "releases": {"offered": "10"}}
    accepted = {**offered, "releases": {"accepted": "10"}}
    given(s.identified, s.offered).when(s.declined).then_completed(**offered)
    given(s.identified, s.offered).when(s.withdrawn).then_completed(**offered)
    given(s.identified, s.offered, s.accepted).when(s.withdrawn).then_completed(
        **accepted
    )
    given(s.identified, s.offered, s.on_offer).when(s.withdrawn).then_completed(
        **accepted
    )


def test_the_first_delivery_on_an_open_offer_accepts_it() -> None:
    ledger = given(s.identified, s.offered)
    ledger.when(s.on_offer).then_completed(unit="hour", accepts="10")
    ledger.when(s.on_offer.but(delivery="d2")).then_completed(unit="hour")


def test_a_delivery_may_accept_and_complete_at_once() -> None:
    given(s.identified, s.offered).when(s.on_offer.but(completes=True)).then_completed(
        unit="hour", accepts="10", releases={"accepted": "10"}
    )


def test_a_delivery_that_completes_a_commitment_releases_all_of_it() -> None:
    last = s.on_commitment.but(completes=True)
    given(s.identified, s.committed, s.changed).when(last).then_completed(
        unit="hour", releases={"outstanding": "15"}
    )


def test_a_delivery_in_another_unit_says_the_unit_of_the_promise() -> None:
    given(s.identified, vague_commitment).when(s.on_commitment).then_completed(
        unit="act"
    )


def test_a_change_says_whose_commitment_it_was_and_in_which_unit() -> None:
    theirs = s.committed.but(by="partner")
    given(s.identified, theirs).when(s.changed).then_completed(
        by="partner", unit="hour"
    )


def test_a_cancellation_releases_the_total_as_it_stands() -> None:
    lowered = s.changed.but(delta="-2.50")
    given(s.identified, s.committed, lowered).when(s.cancelled).then_completed(
        by="us", unit="hour", releases={"outstanding": "7.5"}
    )


def test_an_acknowledgement_says_how_much_even_when_it_did_not() -> None:
    part = s.acknowledged.but(quantity=s.hours("2.50"))
    ledger = given(s.identified, s.delivered)
    ledger.when(part).then_completed(by="us", quantity=s.hours("2.50"))
    ledger.when(s.acknowledged).then_completed(by="us", quantity=s.hours("7.5"))


def test_a_dispute_and_its_end_say_how_much() -> None:
    act = step("HelpDelivered", delivery="d", by="us", kind="introduction")
    ledger = given(s.identified, act)
    half = s.disputed.but(quantity=HALF_ACT)
    ledger.when(half).then_completed(by="us", quantity=HALF_ACT)
    ledger.when(s.resolved).then_completed(by="us", quantity=HALF_ACT)


def test_what_names_nothing_is_completed_with_nothing() -> None:
    ledger = given(s.identified)
    for each in (s.offered, s.committed, s.delivered, s.goal, s.contacted):
        ledger.when(each).then_completed()


def test_a_correction_with_data_carries_its_own_completion() -> None:
    part = s.acknowledged.but(quantity=s.hours("4"))
    ledger = given(s.identified, s.delivered, part)
    all_of_it = correction(part, data={"delivery": "d"})
    ledger.when(all_of_it).then_completed(by="us", quantity=s.TEN_HOURS)
    assert ledger.ledger.fact(part).completed["quantity"] == s.TEN_HOURS


def test_a_correction_is_completed_from_what_stood_before_its_target() -> None:
    ledger = given(s.identified, s.committed, s.cancelled)
    reason = correction(s.cancelled, data={**s.cancelled.data, "reason": "Moved."})
    ledger.when(reason).then_completed(
        by="us", unit="hour", releases={"outstanding": "10"}
    )


def test_correcting_what_is_named_leaves_the_completion() -> None:
    more = {**s.delivered.data, "quantity": s.hours("12")}
    ledger = given(s.identified, s.delivered, s.acknowledged)
    ledger.when(correction(s.delivered, data=more)).then_completed()
    assert ledger.ledger.fact(s.acknowledged).completed["quantity"] == s.TEN_HOURS
    ledger.when(s.acknowledged.but()).then_recorded(quantity=s.hours("2"))
