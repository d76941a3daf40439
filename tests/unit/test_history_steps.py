"""Steps of a history, what differs between two cuts, and what a comparison counts."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.events.reading import Fact
from contracts.occurrence import interval
from services.projections.answers.comparing import compared
from services.projections.answers.differing import (
    changed_balances,
    counting,
    is_other_stage,
    read_otherwise,
)
from services.projections.answers.revisions import corrections, subjects
from services.projections.answers.steps import Step as Happening
from services.projections.answers.steps import step_item, steps
from services.projections.relationship.fold.moment import Setting
from services.projections.relationship.fold.policy import V1
from services.projections.relationship.fold.relationship import (
    Relationship,
    fold,
    in_order,
)
from services.projections.relationship.fold.standing import sight
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s

Json = dict[str, Any]
END = datetime(2030, 1, 1, tzinfo=UTC)
birch = s.identified.but(of="birch")
called = s.contacted.but(at="2014-05-01")


def facts_of(*recorded: Step) -> list[Fact]:
    return in_order(given(*recorded).ledger.facts())


def told(facts: list[Fact], partner: str = "acme") -> Relationship:
    setting = Setting(partner, ZoneInfo("UTC"), V1)
    return sight(fold(facts, setting), END, setting).told


def items(*recorded: Step, partner: str = "acme") -> list[Json]:
    facts = facts_of(*recorded)
    rows = [row for row in told(facts, partner).stages.rows if row.shown]
    return [step_item(one, partner, {}) for one in steps(facts, rows)]


def test_a_date_comes_before_the_facts_of_its_instant() -> None:
    agreed = s.agreed.but(at="2014-04-01", starts="2014-05-01")
    found = items(s.identified, agreed, called)
    assert [item["type"] for item in found] == [
        "PartnerIdentified",
        "AllianceAgreed",
        None,
        "ContactMade",
    ]
    (by_date,) = found[2]["effect"]["stages"]
    assert (by_date["stage"], by_date["because"]) == ("allied", [found[1]["event"]])
    # What it earned lies beneath the alliance, and is no stage of its own.
    assert found[3]["effect"]["stages"] == []


def test_what_is_earned_at_once_is_one_step() -> None:
    asked = step("GoalAsked", by="partner", at="2014-04-01")
    found = items(s.identified, asked, s.goal.but(at="2014-04-02"), called)
    stages = [[row["stage"] for row in item["effect"]["stages"]] for item in found]
    assert stages == [["identified"], [], [], ["acquainted", "exploring"]]


def test_things_of_a_merged_stream_are_named_as_its_readers_see_them() -> None:
    offered = s.offered.but(of="birch")
    merged = step("PartnerMerged", of="birch", into="acme", reason="The same.")
    accepted = s.accepted.but(offer="birch/o")
    found = items(s.identified, birch, offered, merged, accepted)
    refs = {p["ref"] for item in found for p in item["effect"]["postings"]}
    assert refs == {"birch/o"}


def test_the_place_of_a_step_is_its_time_and_then_its_position() -> None:
    (fact,) = facts_of(s.identified.but(at="0001"))
    at = interval("0001", ZoneInfo("UTC")).first
    assert Happening(at, fact, ()).place == ("0001-01-01T00:00:00.000000Z", 1)
    assert Happening(at, None, ()).place == ("0001-01-01T00:00:00.000000Z", 0)


def test_only_corrections_in_force_are_told() -> None:
    dated = correction(s.contacted, occurred_at="2014-06")
    again = correction(s.contacted, occurred_at="2014-07")
    ledger = given(s.identified, s.contacted, dated, again, retraction(dated)).ledger
    revisions = ledger.events[2:]
    found = corrections(revisions)
    assert [c.id for c in found[ledger.ids[s.contacted]]] == [ledger.ids[again]]


def test_a_revision_is_finally_about_a_fact() -> None:
    dated = correction(s.contacted, occurred_at="2014-06")
    undone = retraction(dated)
    back = retraction(undone)
    ledger = given(s.identified, s.contacted, dated, undone, back).ledger
    about = subjects(ledger.events)
    assert set(about.values()) == {ledger.ids[s.contacted]}
    assert about.keys() == {ledger.ids[one] for one in (dated, undone, back)}


def test_a_fact_differs_when_it_is_known_at_one_cut_only_or_reads_otherwise() -> None:
    then = facts_of(s.identified, s.contacted)
    now = facts_of(
        s.identified,
        s.contacted,
        correction(s.contacted, occurred_at="2014-06"),
        called,
    )
    assert read_otherwise(then, now) == {then[1].event.id, now[-2].event.id}
    assert read_otherwise(now, now) == set()
    assert read_otherwise((), then) == {fact.event.id for fact in then}


def test_a_merge_counts_whenever_it_happened() -> None:
    merged = step("PartnerMerged", into="birch", reason="The same.", at="2020")
    facts = facts_of(s.identified, birch, called, merged)
    early = datetime(2014, 4, 1, tzinfo=UTC)
    types = [fact.event.type for fact in counting(facts, early)]
    assert types == ["PartnerIdentified", "PartnerIdentified", "PartnerMerged"]


def balance(unit: str, given_: str, confirmed: str = "0") -> Json:
    nothing = {"acknowledged": "0"}
    gains = {"us": {"confirmed": confirmed}, "partner": {"confirmed": "0"}}
    amounts = {"given": {"acknowledged": given_}, "received": nothing}
    return {"unit": unit, **amounts, "benefit": gains}


def test_amounts_that_there_were_not_were_zero() -> None:
    then, now = [balance("hour", "2"), balance("act", "1")], [balance("hour", "2", "7")]
    assert changed_balances(then, now) == [
        {
            "unit": "act",
            "side": "us",
            "account": "acknowledged",
            "then": "1",
            "now": "0",
        },
        {
            "unit": "hour",
            "side": "us",
            "account": "benefit.confirmed",
            "then": "0",
            "now": "7",
        },
    ]
    assert changed_balances(now, now) == []


def test_stages_differ_by_when_they_held_and_by_what_was_earned_beneath() -> None:
    row = {"stage": "allied", "episode": 1, "from": "1", "to": None, "because": ["a"]}
    state: Json = {"current": {"earned": "helping"}, "history": [row]}
    assert is_other_stage(None, state)
    assert not is_other_stage(state, {**state, "history": [{**row, "because": []}]})
    assert is_other_stage(state, {**state, "history": [{**row, "from": "2"}]})
    assert is_other_stage(state, {**state, "current": {"earned": "ready"}})


def test_days_count_from_the_first_contact_day() -> None:
    gain: Json = {"gained_by": "us", "quantity": s.hours("1")}
    gain["confidence"] = "reported"
    early = step("BenefitReported", at="2014-04-30", **gain)
    facts = facts_of(s.identified.but(at="2014-04-29"), early, called)
    found = compared(facts, told(facts), ZoneInfo("UTC"))
    assert found["first_benefit"]["days"] == -1
    assert found["first_confirmed_benefit"] is None
    assert [row["days"] for row in found["stages"]] == [-2, 0]
    alone = compared(facts[:2], told(facts[:2]), ZoneInfo("UTC"))
    assert alone["first_benefit"]["days"] is None
    assert [row["days"] for row in alone["stages"]] == [None]


def test_only_stances_to_our_principles_are_counted() -> None:
    theirs = s.principle.but(by="partner", principle="q")
    ours = s.respected.but(principle="q", by="us", stance="rejected")
    facts = facts_of(s.identified, s.principle, s.respected, theirs, ours)
    stances = compared(facts, told(facts), ZoneInfo("UTC"))["principles"]
    counts = {"respected": 1, "supported": 0, "understood": 0, "rejected": 0}
    assert stances == counts
