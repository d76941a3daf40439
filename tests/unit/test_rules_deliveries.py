"""What may be recorded about help once it was given."""

import pytest

from services.ledger.rules.refusals import (
    MoreThanAwaits,
    NothingAwaits,
    NothingDisputed,
    OtherUnit,
)
from tests.scenario import Step, given, step
from tests.unit import steps as s

both_answers = pytest.mark.parametrize("answer", [s.acknowledged, s.disputed])


@both_answers
def test_what_we_gave_awaits_the_word_of_the_partner(answer: Step) -> None:
    ledger = given(s.identified, s.delivered)
    ledger.when(answer).then_recorded(by="us", quantity=s.TEN_HOURS)
    ledger.when(answer.but()).then_refused(NothingAwaits, "/data/delivery")


@both_answers
def test_what_the_partner_gave_is_acknowledged_by_being_recorded(answer: Step) -> None:
    given(s.identified, s.received).when(answer).then_refused(NothingAwaits)


@both_answers
def test_what_the_partner_gave_awaits_if_not_confirmed(answer: Step) -> None:
    unconfirmed = s.received.but(confirmed=False)
    given(s.identified, unconfirmed).when(answer).then_recorded(by="partner")


@both_answers
def test_what_we_gave_awaits_nothing_if_confirmed(answer: Step) -> None:
    confirmed = s.delivered.but(confirmed=True)
    given(s.identified, confirmed).when(answer).then_refused(NothingAwaits)


@both_answers
def test_an_answer_is_about_no_more_than_awaits(answer: Step) -> None:
    ledger = given(s.identified, s.delivered)
    more = answer.but(quantity=s.hours("10.000000000001"))
    ledger.when(more).then_refused(MoreThanAwaits, "/data/quantity")
    ledger.when(answer.but(quantity=s.hours("4"))).then_recorded()
    ledger.when(answer.but(quantity=s.hours("7"))).then_refused(MoreThanAwaits)
    ledger.when(answer.but()).then_recorded(quantity=s.hours("6"))


@both_answers
def test_an_answer_is_in_the_unit_of_the_delivery(answer: Step) -> None:
    money = answer.but(quantity={"amount": "1", "unit": "JPY"})
    given(s.identified, s.delivered).when(money).then_refused(
        OtherUnit, "/data/quantity"
    )


@both_answers
def test_unquantified_help_awaits_as_one_act(answer: Step) -> None:
    act = step("HelpDelivered", delivery="d", by="us", kind="introduction")
    ledger = given(s.identified, act)
    ledger.when(answer.but(quantity=s.hours("1"))).then_refused(OtherUnit)
    half = answer.but(quantity={"amount": "0.5", "unit": "act"})
    ledger.when(half).then_recorded()
    ledger.when(answer).then_recorded(quantity={"amount": "0.5", "unit": "act"})


def test_a_dispute_is_resolved_only_while_it_is_open() -> None:
    ledger = given(s.identified, s.delivered)
    ledger.when(s.resolved).then_refused(NothingDisputed, "/data/delivery")
    ledger.when(s.disputed, s.resolved).then_recorded(quantity=s.TEN_HOURS)
    ledger.when(s.resolved.but()).then_refused(NothingDisputed)


def test_a_resolution_settles_all_that_is_in_dispute() -> None:
    ledger = given(s.identified, s.delivered)
    first = s.disputed.but(quantity=s.hours("2"))
    second = s.disputed.but(quantity=s.hours("3"))
    ledger.when(first, second, s.resolved).then_recorded(quantity=s.hours("5"))
    ledger.when(s.acknowledged).then_recorded(quantity=s.hours("5"))


@pytest.mark.parametrize(
    ("outcome", "left"), [("acknowledged", "6"), ("conceded", "6"), ("withdrawn", "10")]
)
def test_only_a_withdrawn_dispute_awaits_again(outcome: str, left: str) -> None:
    part = s.disputed.but(quantity=s.hours("4"))
    ended = s.resolved.but(outcome=outcome)
    ledger = given(s.identified, s.delivered, part, ended)
    ledger.when(s.acknowledged).then_recorded(quantity=s.hours(left))
    ledger.when(s.acknowledged.but()).then_refused(NothingAwaits)


def test_what_is_in_dispute_does_not_await() -> None:
    part = s.disputed.but(quantity=s.hours("4"))
    ledger = given(s.identified, s.delivered, part)
    more = s.acknowledged.but(quantity=s.hours("7"))
    ledger.when(more).then_refused(MoreThanAwaits)
    ledger.when(s.disputed.but()).then_recorded(quantity=s.hours("6"))
    ledger.when(s.acknowledged).then_refused(NothingAwaits)


def test_a_dispute_may_follow_a_withdrawn_one() -> None:
    back = s.resolved.but(outcome="withdrawn")
    ledger = given(s.identified, s.delivered, s.disputed, back)
    ledger.when(s.disputed.but(), s.resolved.but()).then_recorded()


def test_a_benefit_is_reported_of_anything_delivered() -> None:
    gain = {"gained_by": "us", "confidence": "confirmed"}
    report = step("BenefitReported", delivery="d", quantity=s.TEN_HOURS, **gain)
    given(s.identified, s.received).when(report, report.but()).then_recorded()
