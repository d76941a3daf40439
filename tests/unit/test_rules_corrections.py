"""Corrections and retractions: what they may change, and who depends on it."""

from typing import Any

import pytest

from services.ledger.rules.refusals import (
    DataNotOfType,
    NotCorrectable,
    NotKnown,
    NotNew,
    TargetNotFound,
)
from tests.builders import EVENT_ID, EXAMPLES
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s
from tests.unit.steps import with_data

YEN = {"amount": "10", "unit": "JPY"}


def test_the_target_is_an_event_of_the_same_stream() -> None:
    birch = s.identified.but(of="birch")
    ledger = given(s.identified, birch, s.contacted)
    elsewhere = retraction(s.contacted).but(of="birch")
    ledger.when(elsewhere).then_refused(TargetNotFound, "/data/target")
    nowhere = retraction(s.contacted).but(target=EVENT_ID)
    ledger.when(nowhere).then_refused(TargetNotFound)


@pytest.mark.parametrize("change", [retraction, with_data])
def test_what_was_retracted_is_no_target(change: Any) -> None:
    ledger = given(s.identified, s.contacted, retraction(s.contacted))
    ledger.when(change(s.contacted)).then_refused(TargetNotFound)


def test_a_retracted_fact_is_as_if_never_recorded() -> None:
    ledger = given(s.identified, s.offered, s.accepted, retraction(s.accepted))
    ledger.when(s.declined).then_recorded(releases={"offered": "10"})


def test_what_a_retraction_frees_may_be_introduced_anew() -> None:
    ledger = given(s.identified, s.offered, retraction(s.offered))
    ledger.when(s.accepted).then_refused(NotKnown)
    ledger.when(s.offered.but(), s.accepted).then_recorded()


def test_retracting_a_retraction_brings_the_event_back() -> None:
    taken_back = retraction(s.accepted)
    ledger = given(s.identified, s.offered, s.accepted, taken_back)
    ledger.when(retraction(taken_back), s.withdrawn).then_recorded(
        releases={"accepted": "10"}
    )


def test_retractions_may_be_retracted_over_and_over() -> None:
    one = retraction(s.offered)
    two = retraction(one)
    three = retraction(two)
    ledger = given(s.identified, s.offered, one, two)
    ledger.when(three, s.accepted).then_refused(NotKnown)
    ledger.when(retraction(three), s.accepted).then_recorded()


def test_a_retraction_that_was_retracted_cannot_be_retracted_again() -> None:
    one = retraction(s.offered)
    ledger = given(s.identified, s.offered, one, retraction(one))
    ledger.when(retraction(one)).then_refused(TargetNotFound)


def test_what_comes_back_must_not_be_in_the_way_of_what_came_since() -> None:
    one, anew = retraction(s.offered), s.offered.but(by="partner")
    ledger = given(s.identified, s.offered, one, anew, s.accepted)
    ledger.when(retraction(one)).then_refused_with(anew)


def test_a_correction_is_never_corrected_but_retracted() -> None:
    wrong = correction(s.contacted, occurred_at="2013")
    ledger = given(s.identified, s.contacted, wrong)
    ledger.when(correction(wrong, occurred_at="2012")).then_refused(
        NotCorrectable, "/data/target"
    )
    ledger.when(retraction(wrong)).then_recorded()
    assert ledger.ledger.fact(s.contacted).occurred_from.year == 2014


def test_a_retraction_is_not_corrected() -> None:
    gone = retraction(s.contacted)
    ledger = given(s.identified, s.contacted, gone)
    ledger.when(correction(gone, occurred_at="2012")).then_refused(NotCorrectable)


def test_field_by_field_the_latest_correction_in_force_wins() -> None:
    first = correction(s.contacted, occurred_at="2012", data={**s.contacted.data})
    second = correction(s.contacted, data={"by": "us", "channel": "chat"})
    third = correction(s.contacted, occurred_at="2013")
    outcome = given(s.identified, s.contacted, first, second).when(third)

    def reads() -> tuple[int, str]:
        fact = outcome.ledger.fact(s.contacted)
        return fact.occurred_from.year, fact.data.model_dump()["channel"]

    assert reads() == (2013, "chat")
    outcome.when(retraction(third)).then_recorded()
    assert reads() == (2012, "chat")
    outcome.when(retraction(second)).then_recorded()
    assert reads() == (2012, "phone")
    outcome.when(retraction(first)).then_recorded()
    assert reads() == (2014, "phone")


def test_a_correction_brings_the_whole_new_data() -> None:
    long_call = s.contacted.but(minutes=50, topic="Goals")
    ledger = given(s.identified, long_call)
    ledger.when(with_data(s.contacted.but(), minutes=5).but(target=long_call))
    data = ledger.ledger.fact(long_call).data.model_dump(exclude_none=True)
    assert data == {"by": "us", "channel": "phone", "minutes": 5}


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {"StagePolicyPublished"}))
def test_corrected_data_is_of_the_type_of_its_target(kind: str) -> None:
    if kind == "ContactAttempted":
        return
    ledger = given(s.identified, step("ContactAttempted", by="us", channel="phone"))
    (target,) = [t for t in ledger.ledger.ids if t.type == "ContactAttempted"]
    of_another_type = correction(target, data=EXAMPLES[kind]["full"])
    ledger.when(of_another_type).then_refused(DataNotOfType, "/data/data")


def test_corrected_data_is_not_what_could_not_be_recorded_on_that_stream() -> None:
    birch = s.identified.but(of="birch")
    ledger = given(s.identified, birch, s.hanako, s.taro)
    ledger.when(with_data(s.hanako, side="us")).then_refused(DataNotOfType)
    ledger.when(with_data(s.taro, side="partner")).then_refused(DataNotOfType)
    itself = with_data(s.identified, introduced_by="acme")
    ledger.when(itself).then_refused(DataNotOfType)
    ledger.when(with_data(s.identified, introduced_by="birch")).then_recorded()


def test_corrected_data_names_only_what_exists() -> None:
    ledger = given(s.identified, s.goal, s.offered)
    ledger.when(with_data(s.offered, goal="h")).then_refused(NotKnown, "/data/goal")
    ledger.when(with_data(s.offered, goal="g")).then_recorded()


def test_corrected_data_names_only_what_was_recorded_before_its_target() -> None:
    ledger = given(s.identified, s.offered, s.goal)
    ledger.when(with_data(s.offered, goal="g")).then_refused(NotKnown)


def test_a_corrected_id_must_be_new() -> None:
    other = s.offered.but(offer="o2")
    ledger = given(s.identified, s.offered, other)
    ledger.when(with_data(other, offer="o")).then_refused(NotNew)
    ledger.when(with_data(other, offer="o3")).then_recorded()


ALTERED = [
    {"offer": "other"},
    {"offer": None},
    {"by": "partner"},
    {"quantity": YEN},
    {"quantity": None},
]


@pytest.mark.parametrize("altered", ALTERED, ids=str)
def test_id_side_and_unit_stay_once_others_name_the_thing(
    altered: dict[str, Any],
) -> None:
    ledger = given(s.identified, s.offered)
    change = with_data(s.offered, **altered)
    ledger.when(s.accepted, change).then_refused_naming(s.accepted)
    ledger.when(with_data(s.offered, quantity=s.hours("3"))).then_recorded()
    ledger.when(retraction(s.accepted), change.but()).then_recorded()


@pytest.mark.parametrize(
    ("thing", "naming", "altered"),
    [
        (s.principle, s.respected, {"by": "partner"}),
        (s.goal, s.achieved, {"whose": "partner"}),
        (s.issue, s.settled, {"by": "partner"}),
        (s.proposed, s.agreed, {"by": "partner"}),
        (s.proposed, s.agreed, {"alliance": "b"}),
        (s.agreed, s.ended, {"alliance": "b"}),
        (s.meeting, s.called_off, {"meeting": "n"}),
        (s.hanako, s.note.but(persons=["hanako"]), {"person": "jiro"}),
        (s.delivered, s.acknowledged, {"by": "partner"}),
        (s.delivered, s.acknowledged, {"quantity": YEN}),
        (s.committed, s.changed, {"quantity": YEN}),
    ],
    ids=lambda item: item.type if isinstance(item, Step) else str(item),
)
def test_the_same_holds_for_every_kind_of_thing(
    thing: Step, naming: Step, altered: dict[str, Any]
) -> None:
    ledger = given(s.identified, thing, naming)
    ledger.when(with_data(thing, **altered)).then_refused_naming(naming)


def test_those_that_name_a_thing_are_listed_in_order_of_position() -> None:
    later = (s.accepted, s.on_offer, s.withdrawn)
    ledger = given(s.identified, s.offered, *later, s.contacted)
    ledger.when(with_data(s.offered, by="partner")).then_refused_naming(*later)


def test_our_person_named_by_partners_keeps_the_id() -> None:
    owner = step("OwnerAssigned", person="taro")
    birch = s.identified.but(of="birch")
    owners = (owner.but(of="birch"), owner)
    ledger = given(s.taro, birch, s.identified, *owners)
    ledger.when(with_data(s.taro, person="jiro")).then_refused_naming(*owners)
    ledger.when(with_data(s.taro, name="Taro Example")).then_recorded()
