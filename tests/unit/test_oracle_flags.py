"""Flags at their boundaries worked out by hand, which the oracle must agree with."""

import pytest

from tests.oracle.stage_log import StageLog


@pytest.fixture
def log() -> StageLog:
    return StageLog()


def up(log: StageLog, flag: str, *days: str) -> list[bool]:
    return [flag in log.flags(day) for day in days]


def test_a_relationship_cools_the_day_after_the_target(log: StageLog) -> None:
    log.contact("2014-01-01")
    assert up(log, "cooling", "2014-01-31", "2014-02-01") == [False, True]


def test_the_latest_cadence_set_counts_before_the_policy(log: StageLog) -> None:
    log.publish(cadence_target_days=10)
    log.contact("2014-01-01")
    log.add("2014-01-15", "CadenceSet", target_days=20, max_days=400)
    assert up(log, "cooling", "2014-01-12", "2014-01-21", "2014-01-22") == [
        True,
        False,
        True,
    ]
    assert up(log, "dormant", "2016-03-11", "2016-03-12") == [False, True]


def test_a_meeting_ahead_keeps_from_cooling_unless_cancelled(log: StageLog) -> None:
    log.contact("2014-01-01")
    log.add("2014-01-02", "MeetingScheduled", meeting="m", on="2014-03-10")
    log.add("2014-01-02", "MeetingScheduled", on="2014-04-10T10:00:00Z")
    log.add("2014-03-15", "MeetingCancelled", meeting="event-3")
    assert up(log, "cooling", "2014-03-10", "2014-03-14", "2014-03-15") == [
        False,
        False,
        True,
    ]


def test_an_instants_meeting_is_ahead_until_it_starts(log: StageLog) -> None:
    log.contact("2014-01-01")
    log.add("2014-01-02", "MeetingScheduled", on="2014-04-10T10:00:00Z")
    assert up(log, "cooling", "2014-04-10T10:00:00Z", "2014-04-10") == [False, True]


def test_a_snooze_lasts_until_the_end_of_its_day_and_the_latest_counts(
    log: StageLog,
) -> None:
    log.contact("2014-01-01")
    log.add("2014-02-10", "ReminderSnoozed", until="2014-12-01")
    log.add("2014-02-20", "ReminderSnoozed", until="2014-03-01")
    assert up(log, "cooling", "2014-02-09", "2014-02-10", "2014-03-01") == [
        True,
        False,
        False,
    ]
    assert up(log, "cooling", "2014-03-02") == [True]


def test_dormant_is_more_than_twice_the_most_and_than_the_policys_days(
    log: StageLog,
) -> None:
    log.contact("2014-01-01")
    assert up(log, "dormant", "2014-06-30", "2014-07-01") == [False, True]
    log.publish(dormant_days=20, cadence_max_days=15)
    assert up(log, "dormant", "2014-01-31", "2014-02-01") == [False, True]


def test_without_contact_or_broken_off_nothing_cools(log: StageLog) -> None:
    log.add("2014-01-01", "PartnerIdentified", name="Acme")
    assert log.flags() == set()
    log.contact("2014-01-02")
    log.break_off("2014-01-03")
    assert log.flags() == set()


def test_a_contact_that_found_it_dormant_reactivates_for_ninety_days(
    log: StageLog,
) -> None:
    log.contact("2014-01-01", "2014-07-01")
    log.contact("2014-07-01", by="partner")
    assert up(log, "reactivated", "2014-07-01", "2014-09-29", "2014-09-30") == [
        True,
        True,
        False,
    ]
    early = StageLog()
    early.contact("2014-01-01", "2014-06-30")
    assert up(early, "reactivated", "2014-07-01") == [False]


def test_a_new_episode_is_no_reactivation(log: StageLog) -> None:
    log.contact("2014-01-01")
    log.break_off("2014-12-01")
    log.contact("2014-12-02")
    assert up(log, "reactivated", "2014-12-03") == [False]


def test_five_acknowledged_deliveries_one_way_are_one_sided(log: StageLog) -> None:
    log.help("2014-01-01", "2014-01-02", "2014-01-03", "2014-01-04")
    log.help("2014-01-04", confirmed=False)
    assert log.flags("2014-02") == set()
    log.help("2014-01-04")
    assert up(log, "one_sided", "2015-01-01", "2015-01-02") == [True, False]
    assert log.told_of("one_sided", "side", "2014-02") == "us"
    log.help("2014-03-01", by="partner")
    assert up(log, "one_sided", "2014-02-28", "2014-03-01") == [True, False]


def test_flags_on_acts_look_at_all_episodes(log: StageLog) -> None:
    log.help("2014-01-01", "2014-01-02", "2014-01-03")
    log.break_off("2014-01-05")
    log.help("2014-01-05")
    log.contact("2014-01-06")
    log.help("2014-01-06")
    assert log.flags("2014-01-06") == {"one_sided"}


def test_an_open_high_issue_strains(log: StageLog) -> None:
    for severity in ("medium", "high"):
        data = {"issue": severity, "severity": severity, "by": "us"}
        log.add("2014-01-02", "IssueRaised", **data)
    log.break_off("2014-02-01")
    log.add("2014-03-01", "IssueResolved", issue="high")
    assert up(log, "strained", "2014-01-02", "2014-02-28", "2014-03-01") == [
        True,
        True,
        False,
    ]


def test_a_dispute_strains_after_thirty_days_until_it_is_resolved(
    log: StageLog,
) -> None:
    log.help("2014-01-01", confirmed=False)
    log.add("2014-01-02", "DeliveryDisputed", delivery="d0", reason="Less.")
    assert up(log, "strained", "2014-02-01", "2014-02-02") == [False, True]
    log.add("2014-03-01", "DisputeResolved", delivery="d0", outcome="withdrawn")
    assert up(log, "strained", "2014-02-28", "2014-03-01") == [True, False]


def test_a_dispute_is_settled_by_its_own_resolution_alone(log: StageLog) -> None:
    log.help("2014-01-01", confirmed=False)
    fields = {"delivery": "d0", "outcome": "withdrawn"}
    log.add("2014-01-02", "DeliveryDisputed", delivery="d0", reason="Less.")
    log.add("2014-06-01", "DisputeResolved", **fields)
    log.add("2014-01-03", "DeliveryDisputed", delivery="d0", reason="Less.")
    log.add("2014-01-04", "DisputeResolved", **fields)
    assert up(log, "strained", "2014-05-31", "2014-06-01") == [True, False]


def test_an_alliance_below_ready_is_unearned(log: StageLog) -> None:
    log.agree("2014-01-01")
    log.until_ready()
    assert up(log, "unearned", "2014-04-02", "2014-04-03") == [True, False]


def test_a_side_that_delivered_nothing_in_ninety_days_in_force_is_silent(
    log: StageLog,
) -> None:
    flag = "silent_partner_in_alliance"
    log.help("2014-01-31", by="partner")
    log.agree("2014-01-01", starts="2014-02-01")
    assert up(log, flag, "2014-05-01", "2014-05-02") == [False, True]
    log.help("2014-05-10", confirmed=False)
    assert log.told_of(flag, "sides", "2014-05-09") == ["us", "partner"]
    assert log.told_of(flag, "sides", "2014-05-10") == ["partner"]
    log.help("2014-05-11", by="partner")
    assert up(log, flag, "2014-05-11") == [False]


def test_nobody_is_silent_in_an_agreement_that_is_over(log: StageLog) -> None:
    log.agree("2014-01-01")
    log.end("2014-06-01")
    assert up(log, "silent_partner_in_alliance", "2014-05-31", "2014-06-01") == [
        True,
        False,
    ]


def test_a_proposal_at_first_sight_is_premature(log: StageLog) -> None:
    proposal = log.propose("2014-01-01")
    log.contact("2014-01-01")
    log.add("2014-01-02", "ProposalDeclined", alliance="a", by="us", reason="Early.")
    assert log.told_of("premature_proposal", "proposals") == [proposal]


@pytest.mark.parametrize(
    ("day", "flagged"),
    [("2014-01-09", True), ("2014-03-31", True), ("2014-04-01", False)],
)
def test_a_proposal_is_premature_before_help_or_before_its_time(
    log: StageLog,
    day: str,
    flagged: bool,  # noqa: FBT001
) -> None:
    log.until_reciprocal()
    log.propose(day)
    assert up(log, "premature_proposal", "2014-04-01") == [flagged]


def test_it_is_premature_until_allied_with_ready_earned(log: StageLog) -> None:
    log.propose("2014-01-01", "early")
    log.agree("2014-01-02", "b")
    log.until_ready()
    assert up(log, "premature_proposal", "2014-04-02", "2014-04-03") == [True, False]
    log.end("2014-05-01", "b")
    log.break_off("2014-06-01")
    assert log.flags("2014-06-01") == set()
    log.contact("2014-07-01")
    log.propose("2014-07-02", "again")
    assert log.flags("2014-07-02") == {"premature_proposal"}
