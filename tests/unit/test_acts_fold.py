"""What facts count as among the acts, and which of them were recorded late."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from contracts.events import EventData
from services.projections.acts.act import ACTS, Act
from services.projections.acts.fold import Rows, fold, told_anew
from tests.scenario import Step, correction, given, retraction, step
from tests.unit import steps as s

birch = s.identified.but(of="birch")
merged = step("PartnerMerged", into="birch", reason="The same company.")
NO_ACT = {
    *("PartnerIdentified", "PartnerRenamed", "PartnerMerged", "GroupJoined"),
    *("GroupLeft", "PersonAdded", "PersonLeft", "OwnerAssigned"),
    *("PersonalDataErased", "CadenceSet", "ReminderSnoozed", "MeetingCancelled"),
    *("OfferDeclined", "OfferWithdrawn", "DeliveryDisputed", "DisputeResolved"),
    *("ProposalDeclined", "ProposalDeferred", "AllianceEnded", "CommitmentChanged"),
    *("CommitmentCancelled", "IssueRaised", "IssueResolved"),
    *("RelationshipBrokenOff", "EventRetracted", "EventCorrected"),
    "StagePolicyPublished",
}


def rows(*steps: Step, zone: str = "UTC") -> Rows:
    """The rows of a ledger that is folded in one batch."""
    events = given(*steps, zone=zone).ledger.events
    histories = [events] if told_anew(events) else []
    return fold(events, histories, ZoneInfo(zone))


def last(*steps: Step, zone: str = "UTC") -> Act:
    return rows(s.identified, *steps, zone=zone).acts[-1]


def told(*steps: Step) -> tuple[str, str | None, str | None]:
    act = last(*steps)
    return act.act, act.by, act.kind


def test_every_type_is_an_act_or_known_to_be_none() -> None:
    names = {model.__name__ for model in ACTS}
    assert names | NO_ACT == set(EventData.catalogue)
    assert not names & NO_ACT


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([s.contacted], ("contact", "us", "phone")),
        (
            [step("ContactAttempted", by="partner", channel="email")],
            ("attempt", "partner", "email"),
        ),
        ([s.meeting], ("meeting", None, "video")),
        ([step("GoalAsked", by="partner")], ("goal_asked", "partner", None)),
        ([s.goal], ("goal_shared", "us", None)),
        ([s.goal, s.achieved], ("goal_achieved", None, None)),
        ([s.principle], ("principle", "us", None)),
        ([s.principle, s.respected], ("stance", "partner", None)),
        (
            [step("IdeaProposed", by="partner", statement="Do")],
            ("idea", "partner", None),
        ),
        (
            [step("HelpRequested", by="us", kind="access")],
            ("request", "us", "access"),
        ),
        ([s.offered], ("offer", "us", "space")),
        ([s.offered, s.accepted], ("acceptance", "partner", None)),
        ([s.delivered], ("delivery", "us", "space")),
        ([s.delivered, s.acknowledged], ("acknowledgement", "partner", None)),
        (
            [s.received.but(delivery="e"), s.offered.but(by="partner"), s.accepted],
            ("acceptance", "us", None),
        ),
        ([s.committed], ("commitment", "us", "space")),
        ([s.proposed], ("proposal", "us", None)),
        ([s.agreed], ("agreement", None, None)),
        (
            [
                step(
                    "BenefitReported",
                    gained_by="partner",
                    quantity=s.TEN_HOURS,
                    confidence="confirmed",
                )
            ],
            ("benefit", "partner", None),
        ),
    ],
)
def test_an_act_says_what_was_done_by_whom(
    steps: list[Step], expected: tuple[str, str | None, str | None]
) -> None:
    assert told(*steps) == expected


def test_only_an_attempt_is_thin_and_only_a_channel_is_in_person() -> None:
    attempt = step("ContactAttempted", by="us", channel="in_person")
    help_ = s.delivered.but(kind="in_person")
    made = rows(s.identified, attempt, s.contacted, help_).acts
    assert [act.thin for act in made] == [True, False, False]
    assert [act.in_person for act in made] == [True, False, False]
    assert last(s.contacted.but(channel="in_person")).in_person


def test_the_day_is_the_ledgers_and_a_coarse_date_counts_by_its_first() -> None:
    late_evening = s.contacted.but(at="2014-03-31T23:30:00Z")
    assert last(late_evening).day == date(2014, 3, 31)
    assert last(late_evening, zone="Asia/Tokyo").day == date(2014, 4, 1)
    for zone in ("UTC", "Asia/Tokyo", "America/Sao_Paulo"):
        assert last(s.contacted.but(at="2014"), zone=zone).day == date(2014, 1, 1)
        assert last(s.contacted.but(at="2014-03"), zone=zone).day == date(2014, 3, 1)


def test_an_answer_counts_on_the_day_from_which_it_acts() -> None:
    afternoon = s.offered.but(at="2014-06-05T15:00:00Z")
    assert last(afternoon, s.accepted.but(at="2014")).day == date(2014, 6, 5)


def test_people_are_named_once_and_those_of_partners_are_known() -> None:
    call = s.contacted.but(persons=["hanako", "taro", "hanako"])
    made = rows(s.identified, s.hanako, s.taro, call)
    assert made.acts[-1].persons == ("hanako", "taro")
    assert made.people == [("acme", "hanako")]


def test_a_correction_changes_the_act_and_a_retraction_takes_it_away() -> None:
    letter = correction(s.contacted, data={"by": "partner", "channel": "letter"})
    assert told(s.contacted, letter) == ("contact", "partner", "letter")
    moved = correction(s.contacted, occurred_at="2015-02")
    assert last(s.contacted, moved).day == date(2015, 2, 1)
    gone = retraction(s.contacted)
    assert not rows(s.identified, s.contacted, gone).acts
    back = retraction(gone)
    assert told(s.contacted, gone, back) == ("contact", "us", "phone")


def test_a_corrected_offer_moves_its_acceptance() -> None:
    moved = correction(s.offered, occurred_at="2014-08-01")
    made = rows(s.identified, s.offered, s.accepted, moved).acts
    assert [act.day for act in made] == [date(2014, 8, 1)] * 2


def test_the_acts_of_a_merged_partner_are_those_of_the_survivor() -> None:
    cedar = s.identified.but(of="cedar")
    onwards = merged.but(of="birch", into="cedar")
    before = (s.identified, birch, cedar, s.contacted, merged, onwards)
    (act,) = rows(*before).acts
    assert (act.partner, act.stream) == ("cedar", "acme")
    (act,) = rows(*before, retraction(onwards)).acts
    assert (act.partner, act.stream) == ("birch", "acme")


def test_a_fact_is_late_from_a_whole_day_on() -> None:
    # Scenarios are recorded at the beginning of 2024.
    almost = s.contacted.but(at="2023-12-31T00:00:00.000001Z")
    just = s.contacted.but(at="2023-12-31T00:00:00Z")
    coarse = s.contacted.but(at="2023-12")
    made = rows(s.identified.but(at="2024"), almost, just, coarse).late
    assert [(fact.event.occurred_at, fact.days) for fact in made] == [(just.at, 1)]


def test_facts_of_every_type_may_be_late_but_governance() -> None:
    policy = step("StagePolicyPublished", of="_ledger", contact_days=1)
    moved = correction(s.contacted, occurred_at="2023-12-20")
    gone = retraction(s.goal)
    made = rows(s.identified, s.taro, policy, s.contacted, s.goal, moved, gone).late
    assert [(fact.partner, fact.event.type) for fact in made] == [
        ("acme", "PartnerIdentified"),
        ("_ledger", "PersonAdded"),
        ("acme", "ContactMade"),
    ]
    assert (made[-1].occurred_at, made[-1].days) == ("2023-12-20", 11)


def test_a_fact_corrected_to_a_later_day_is_no_longer_late() -> None:
    moved = correction(s.contacted, occurred_at="2024-01-01")
    made = rows(s.identified, s.contacted, moved).late
    assert [fact.event.type for fact in made] == ["PartnerIdentified"]


def test_streams_that_only_grow_are_not_told_anew() -> None:
    events = given(s.identified, birch, s.contacted, merged).ledger.events
    assert told_anew(events[:3]) == set()
    assert told_anew(events) == {"acme", "birch"}
    assert told_anew(given(s.identified, retraction(s.identified)).ledger.events) == {
        "acme"
    }
