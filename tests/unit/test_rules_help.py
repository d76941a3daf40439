"""What may be recorded about offers, commitments and the help that meets them."""

import pytest

from services.ledger.rules.refusals import (
    BelowDelivered,
    NotKnown,
    NotNew,
    OfferNotOpen,
    OtherSide,
    OtherUnit,
    PromiseClosed,
)
from tests.scenario import Step, given, step
from tests.unit import steps as s

TOO_MUCH = s.hours("99999999999999999999.999999999999")


def test_an_offer_is_accepted_only_once() -> None:
    again = s.accepted.but()
    given(s.identified, s.offered, s.accepted).when(again).then_refused(
        OfferNotOpen, "/data/offer"
    )


@pytest.mark.parametrize("answer", [s.accepted, s.declined, s.withdrawn])
def test_an_open_offer_is_accepted_declined_or_withdrawn(answer: Step) -> None:
    given(s.identified, s.offered).when(answer).then_recorded()


def test_an_accepted_offer_is_withdrawn_but_no_longer_declined() -> None:
    ledger = given(s.identified, s.offered, s.accepted)
    ledger.when(s.declined).then_refused(OfferNotOpen)
    ledger.when(s.withdrawn).then_recorded()


@pytest.mark.parametrize("end", [s.declined, s.withdrawn])
def test_a_closed_offer_takes_no_answer_and_no_delivery(end: Step) -> None:
    ledger = given(s.identified, s.offered, end)
    ledger.when(s.accepted).then_refused(OfferNotOpen)
    ledger.when(s.declined.but()).then_refused(OfferNotOpen)
    ledger.when(s.withdrawn.but()).then_refused(PromiseClosed)
    ledger.when(s.on_offer).then_refused(PromiseClosed, "/data/offer")


def test_time_alone_closes_no_offer() -> None:
    lapsed = s.offered.but(valid_until="2014-04")
    given(s.identified, lapsed).when(s.accepted.but(at="2020")).then_recorded()


def test_a_delivery_accepts_an_open_offer() -> None:
    ledger = given(s.identified, s.offered, s.on_offer)
    ledger.when(s.accepted).then_refused(OfferNotOpen)
    ledger.when(s.declined).then_refused(OfferNotOpen)
    ledger.when(s.withdrawn).then_recorded(releases={"accepted": "10"})


def test_a_fully_delivered_offer_stays_open_to_more() -> None:
    again = s.on_offer.but(delivery="d2", quantity=TOO_MUCH)
    given(s.identified, s.offered, s.on_offer).when(again).then_recorded()


@pytest.mark.parametrize("promise", [s.offered, s.committed])
def test_a_delivery_that_completes_its_promise_closes_it(promise: Step) -> None:
    named = s.on_offer if promise is s.offered else s.on_commitment
    last = named.but(quantity=s.hours("0.5"), completes=True)
    ledger = given(s.identified, promise, last)
    ledger.when(named.but(delivery="d2")).then_refused(PromiseClosed)


def test_a_promise_is_met_by_the_side_that_made_it() -> None:
    ledger = given(s.identified, s.offered, s.committed)
    by_partner = {"by": "partner"}
    ledger.when(s.on_offer.but(**by_partner)).then_refused(OtherSide, "/data/by")
    ledger.when(s.on_commitment.but(**by_partner)).then_refused(OtherSide)


@pytest.mark.parametrize("other", [{"amount": "1", "unit": "JPY"}, None])
def test_a_quantified_promise_is_met_in_its_own_unit(
    other: dict[str, str] | None,
) -> None:
    ledger = given(s.identified, s.offered, s.committed)
    for delivery in (s.on_offer, s.on_commitment):
        in_another = delivery.but(quantity=other)
        ledger.when(in_another).then_refused(OtherUnit, "/data/quantity")


def test_a_promise_without_quantity_is_met_in_any_unit() -> None:
    vague, money = s.offered.but(quantity=None), {"amount": "5", "unit": "JPY"}
    ledger = given(s.identified, vague)
    ledger.when(s.on_offer).then_recorded(unit="act")
    ledger.when(s.on_offer.but(delivery="e", quantity=money)).then_recorded()
    last = s.on_offer.but(delivery="f", completes=True)
    ledger.when(last).then_recorded(releases={"accepted": "1"})
    ledger.when(s.on_offer.but(delivery="g")).then_refused(PromiseClosed)


def test_more_than_promised_is_a_gift_and_no_fault() -> None:
    given(s.identified, s.committed).when(
        s.on_commitment.but(quantity=TOO_MUCH)
    ).then_recorded()


def test_help_needs_no_promise() -> None:
    given(s.identified).when(s.delivered).then_completed()


def test_a_commitment_changes_and_ends_while_it_is_not_closed() -> None:
    ledger = given(s.identified, s.committed, s.changed)
    ledger.when(s.cancelled).then_recorded(releases={"outstanding": "15"})
    ledger.when(s.changed.but()).then_refused(PromiseClosed, "/data/commitment")
    ledger.when(s.cancelled.but()).then_refused(PromiseClosed, "/data/commitment")


def test_a_commitment_falls_to_what_was_delivered_and_no_lower() -> None:
    partly = s.on_commitment.but(quantity=s.hours("4"))
    ledger = given(s.identified, s.committed, partly)
    lower = s.changed.but(delta="-6.000000000001")
    ledger.when(lower).then_refused(BelowDelivered, "/data/delta")
    ledger.when(s.changed.but(delta="-6")).then_recorded()


def test_a_commitment_falls_to_zero_and_no_lower() -> None:
    ledger = given(s.identified, s.committed)
    ledger.when(s.changed.but(delta="-11")).then_refused(BelowDelivered)
    ledger.when(s.changed.but(delta="-10")).then_recorded()


def test_a_commitment_delivered_beyond_its_total_may_still_be_raised() -> None:
    beyond = s.on_commitment.but(quantity=s.hours("40"))
    ledger = given(s.identified, s.committed, beyond)
    ledger.when(s.changed.but(delta="1")).then_recorded()
    ledger.when(s.changed.but(delta="-1")).then_refused(BelowDelivered)


def test_amounts_of_32_digits_are_compared_exactly() -> None:
    most = s.committed.but(quantity=TOO_MUCH)
    all_of_it = s.changed.but(delta="-99999999999999999999.999999999999")
    ledger = given(s.identified, most)
    ledger.when(s.changed.but(delta="0.000000000001"), all_of_it).then_recorded()
    least = s.changed.but(delta="-0.000000000002")
    ledger.when(least).then_refused(BelowDelivered)
    ledger.when(least.but(delta="-0.000000000001")).then_recorded()


@pytest.mark.parametrize("introduced", [s.offered, s.committed, s.delivered])
def test_what_an_event_introduces_is_new(introduced: Step) -> None:
    given(s.identified, introduced).when(introduced.but()).then_refused(NotNew)


def test_ids_are_unique_per_partner_and_kind() -> None:
    elsewhere = s.identified.but(of="birch")
    ledger = given(s.identified, elsewhere, s.offered)
    ledger.when(s.offered.but(of="birch")).then_recorded()
    ledger.when(s.committed.but(commitment="o")).then_recorded()
    ledger.when(s.accepted.but(of="birch")).then_recorded()
    ledger.when(s.accepted).then_recorded()


@pytest.mark.parametrize(
    "naming",
    [
        *(s.accepted, s.declined, s.withdrawn, s.changed, s.cancelled),
        *(s.on_offer, s.on_commitment, s.acknowledged, s.disputed, s.resolved),
        *(s.offered.but(goal="g"), s.offered.but(idea="x"), s.offered.but(request="r")),
        *(s.committed.but(alliance="a"), s.committed.but(goal="g")),
        *(s.delivered.but(alliance="a"), s.delivered.but(goal="g")),
        s.delivered.but(idea="x"),
    ],
    ids=lambda naming: f"{naming.type}-{'-'.join(map(str, naming.data))}",
)
def test_what_an_event_names_exists(naming: Step) -> None:
    given(s.identified).when(naming).then_refused(NotKnown)


def test_what_another_partner_has_does_not_exist_here() -> None:
    elsewhere = (s.identified.but(of="birch"), s.offered.but(of="birch"))
    ledger = given(s.identified, *elsewhere)
    ledger.when(s.accepted).then_refused(NotKnown)
    ledger.when(s.accepted.but(offer="birch/o")).then_refused(NotKnown)


def test_naming_what_is_closed_is_legal() -> None:
    asked = step("HelpRequested", request="r", by="partner", kind="space")
    ledger = given(s.identified, s.goal, s.achieved, asked, s.proposed, s.turned_down)
    ledger.when(s.offered.but(goal="g", request="r")).then_recorded()
    ledger.when(s.committed.but(alliance="a")).then_recorded()


def test_an_id_left_out_is_the_id_of_its_own_event() -> None:
    nameless = step("HelpOffered", by="us", kind="space")
    given(s.identified, nameless).when(s.accepted.but(offer=nameless)).then_recorded()


def test_an_id_left_out_is_taken_like_any_other() -> None:
    nameless = step("HelpOffered", by="us", kind="space")
    same = s.offered.but(offer=nameless)
    given(s.identified, nameless).when(same).then_refused(NotNew, "/data/offer")
