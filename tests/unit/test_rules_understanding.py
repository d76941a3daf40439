"""What may be recorded about goals, principles, issues, meetings and alliances."""

import pytest

from services.ledger.rules.refusals import (
    AgreedBefore,
    DoneBefore,
    NotAgreed,
    NotKnown,
    NotNew,
    NotProposed,
    OwnPrinciple,
)
from tests.scenario import Step, given, step
from tests.unit import steps as s

idea = step("IdeaProposed", idea="x", by="us", statement="A seminar.")


@pytest.mark.parametrize(
    ("first", "once"),
    [
        *((s.goal, s.achieved), (s.issue, s.settled), (s.meeting, s.called_off)),
        (s.hanako, step("PersonLeft", person="hanako")),
    ],
    ids=lambda item: item.type,
)
def test_what_is_over_is_over_once(first: Step, once: Step) -> None:
    ledger = given(s.identified)
    ledger.when(once).then_refused(NotKnown)
    ledger.when(first, once).then_recorded()
    ledger.when(once.but()).then_refused(DoneBefore)
    ledger.when(first.but()).then_refused(NotNew)


@pytest.mark.parametrize(
    "new", [s.goal, s.principle, s.issue, s.meeting, s.proposed, s.hanako, idea]
)
def test_an_id_is_introduced_once(new: Step) -> None:
    given(s.identified, new).when(new.but()).then_refused(NotNew)


@pytest.mark.parametrize(("by", "other"), [("us", "partner"), ("partner", "us")])
def test_a_principle_is_acknowledged_by_the_other_side(by: str, other: str) -> None:
    ledger = given(s.identified, s.principle.but(by=by))
    ledger.when(s.respected.but(by=by)).then_refused(OwnPrinciple, "/data/by")
    ledger.when(s.respected.but(by=other)).then_recorded()


def test_a_stance_may_change_as_often_as_it_does() -> None:
    rejected = s.respected.but(stance="rejected")
    given(s.identified, s.principle).when(
        s.respected, rejected, s.respected.but()
    ).then_recorded()


def test_an_idea_serves_goals_that_are_known() -> None:
    ledger = given(s.identified, s.goal)
    unknown = idea.but(goals=["g", "h"])
    ledger.when(unknown).then_refused(NotKnown, "/data/goals")
    ledger.when(idea.but(goals=["g"])).then_recorded()


def test_an_alliance_may_be_agreed_without_a_proposal() -> None:
    given(s.identified).when(s.agreed).then_recorded()


@pytest.mark.parametrize("before", [(), (s.put_off,), (s.put_off, s.put_off.but())])
def test_a_proposal_is_agreed_while_proposed_or_deferred(
    before: tuple[Step, ...],
) -> None:
    given(s.identified, s.proposed, *before).when(s.agreed).then_recorded()


@pytest.mark.parametrize(
    "before",
    [
        (s.proposed, s.turned_down),
        (s.proposed, s.put_off, s.turned_down),
        (s.agreed,),
        (s.proposed, s.agreed),
        (s.agreed, s.ended),
    ],
)
def test_an_alliance_is_agreed_once(before: tuple[Step, ...]) -> None:
    again = s.agreed.but()
    given(s.identified, *before).when(again).then_refused(
        AgreedBefore, "/data/alliance"
    )


@pytest.mark.parametrize("answer", [s.turned_down, s.put_off])
def test_a_proposal_is_answered_while_proposed_or_deferred(answer: Step) -> None:
    ledger = given(s.identified)
    ledger.when(answer).then_refused(NotKnown)
    ledger.when(s.proposed, s.put_off.but(), answer).then_recorded()


@pytest.mark.parametrize("answer", [s.turned_down, s.put_off])
@pytest.mark.parametrize("before", [s.turned_down, s.agreed])
def test_a_proposal_that_is_decided_takes_no_answer(answer: Step, before: Step) -> None:
    ledger = given(s.identified, s.proposed, before)
    ledger.when(answer.but()).then_refused(NotProposed, "/data/alliance")


@pytest.mark.parametrize("before", [(s.proposed,), (s.proposed, s.turned_down)])
def test_only_an_agreement_ends(before: tuple[Step, ...]) -> None:
    given(s.identified, *before).when(s.ended).then_refused(NotAgreed, "/data/alliance")


def test_an_agreement_ends_once() -> None:
    ledger = given(s.identified, s.agreed)
    ledger.when(s.ended).then_recorded()
    ledger.when(s.ended.but()).then_refused(NotAgreed)


def test_one_alliance_may_have_several_partners() -> None:
    birch = s.identified.but(of="birch")
    ledger = given(s.identified, birch, s.proposed, s.agreed)
    ledger.when(s.agreed.but(of="birch")).then_recorded()


def test_an_agreement_without_id_is_named_by_its_event() -> None:
    nameless = step("AllianceAgreed", name="A", project="Seminar", starts="2014")
    ledger = given(s.identified, nameless)
    ledger.when(s.ended.but(alliance=nameless)).then_recorded()


def test_an_agreement_serves_goals_that_are_known() -> None:
    ledger = given(s.identified)
    ledger.when(s.agreed.but(goals=["g"])).then_refused(NotKnown)
    ledger.when(s.goal, s.agreed.but(goals=["g"])).then_recorded()


FACTS = [
    step("ContactAttempted", by="us", channel="phone"),
    step("ContactMade", by="us", channel="phone"),
    step("CadenceSet", target_days=90, max_days=30),
    step("ReminderSnoozed", until="2010"),
    step("GoalAsked", by="us"),
    step("GroupLeft", group="never joined"),
    step("GroupJoined", group="chapter"),
    step("PartnerRenamed", name="Acme"),
    step("RelationshipBrokenOff", by="us", reason="Silence."),
    s.agreed.but(alliance="b", starts="2015", ends="2014"),
    s.offered.but(offer="p", valid_until="2010"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.type)
def test_a_ledger_does_not_argue_with_reality(fact: Step) -> None:
    broken_off = step("RelationshipBrokenOff", by="partner", reason="Hung up.")
    again = {n: v for n, v in fact.data.items() if n not in {"offer", "alliance"}}
    ledger = given(s.identified, broken_off)
    ledger.when(fact, step(fact.type, at="2010", **again)).then_recorded()


def test_dates_are_never_a_reason_to_refuse() -> None:
    late, early = s.offered.but(at="2020"), s.accepted.but(at="2010")
    given(s.identified.but(at="2022"), late).when(early).then_recorded()
