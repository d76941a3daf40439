"""Agreements and their endings worked out by hand, which the oracle must meet."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.stage_log import StageLog

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def log() -> StageLog:
    return StageLog()


def test_an_agreement_allies_whatever_lies_below(log: StageLog) -> None:
    log.agree("2014-01-01")
    assert log.path() == ["identified 2014-01-01", "allied 2014-01-01"]
    assert log.ask()["current"]["earned"] == "identified"
    assert log.missing("2014-01-11") == {
        "earned_ready": "0/1",
        "days_allied": "10/180",
        "deliveries_against_commitments_given": "0/1",
        "deliveries_against_commitments_received": "0/1",
        "confirmed_benefit_us": "0/1",
        "confirmed_benefit_partner": "0/1",
    }


def test_an_agreement_is_in_force_from_its_start_to_the_end_of_its_last_day(
    log: StageLog,
) -> None:
    log.contact("2014-01-01")
    log.agree("2014-02-01", starts="2014-03", ends="2014-06")
    assert log.path() == [
        "identified 2014-01-01",
        "acquainted 2014-01-01",
        "allied 2014-03-01",
        "acquainted 2014-07-01",
    ]
    assert [log.now(day) for day in ("2014-02-28", "2014-03-01")] == [
        "acquainted",
        "allied",
    ]
    assert log.now("2014-06-30T23:59:59.999999Z") == "allied"
    assert log.now("2014-07-01T00:00:00Z") == "acquainted"


def test_its_days_are_those_of_the_ledgers_zone() -> None:
    log = StageLog(TOKYO)
    log.agree("2014-02-01", starts="2014-03-01", ends="2014-06-30")
    rows = log.ask()["history"]
    assert [row["from"][:13] for row in rows] == [
        "2014-01-31T15",
        "2014-02-28T15",
        "2014-06-30T15",
    ]


def test_an_agreement_told_late_is_in_force_from_its_acting_time(
    log: StageLog,
) -> None:
    log.propose("2014-03-01")
    log.agree("2014-02-01", starts="2014-01-01")
    assert log.path()[-1] == "allied 2014-03-01"


def test_an_agreement_over_before_it_acts_was_never_in_force(log: StageLog) -> None:
    log.agree("2014-02-01", starts="2013-01-01", ends="2013-11-30")
    log.agree("2014-02-01", "b", starts="2015-01-01", ends="2014-12-31")
    assert log.path() == ["identified 2014-02-01"]
    assert len(log.ask()["history"]) == 1


def test_an_ending_falls_back_to_what_was_earned_meanwhile(log: StageLog) -> None:
    agreed = log.agree("2014-01-01", ends="2014-12-31")
    log.until_ready()
    log.end("2014-05-01")
    assert log.path() == [
        "identified 2014-01-01",
        "allied 2014-01-01",
        "ready 2014-05-01",
    ]
    assert log.ask()["history"][-1]["because"] == [agreed]


def test_of_two_agreements_the_last_to_end_ends_the_alliance(log: StageLog) -> None:
    log.agree("2014-01-01", ends="2014-06-30")
    second = log.agree("2014-03-01", "b", ends="2014-09-30")
    assert log.path()[-2:] == ["allied 2014-01-01", "identified 2014-10-01"]
    assert log.sufficient(2, [second])
    assert not log.sufficient(2, ["event-1", second])
    assert not log.sufficient(2, [])


@pytest.mark.parametrize(
    ("renewed", "path"),
    [
        ("2014-07-01", ["allied 2014-01-01"]),
        ("2014-07-02", ["identified 2014-07-01", "allied 2014-07-02"]),
    ],
)
def test_a_renewal_from_the_day_after_is_no_break(
    log: StageLog, renewed: str, path: list[str]
) -> None:
    log.agree("2014-01-01", ends="2014-06-30")
    log.contact(renewed)
    log.agree(renewed, "b")
    found = [row for row in log.path() if not row.startswith("acquainted")]
    assert found[-len(path) :] == path


def test_a_renewal_agreed_in_advance_is_no_break(log: StageLog) -> None:
    log.agree("2014-01-01", ends="2014-06-30")
    log.agree("2014-02-01", "b", starts="2014-07-01")
    assert log.path() == ["identified 2014-01-01", "allied 2014-01-01"]


def test_ended_and_agreed_anew_at_one_instant_is_no_break_in_either_order(
    log: StageLog,
) -> None:
    log.agree("2014-01-01")
    log.end("2014-06-01")
    log.agree("2014-06-01", "b")
    log.agree("2015-06-01", "c")
    log.end("2015-06-01", "b")
    assert log.path() == ["identified 2014-01-01", "allied 2014-01-01"]


def test_an_agreement_ended_at_the_instant_it_acts_passes_by(log: StageLog) -> None:
    log.agree("2014-01-01")
    log.end("2014-01-01")
    assert log.path() == [
        "identified 2014-01-01",
        "allied 2014-01-01",
        "identified 2014-01-01",
    ]


def compounding(log: StageLog) -> None:
    """Everything but the time, which takes until 2014-09-30."""
    log.until_ready()
    log.agree("2014-04-03")
    for by in ("us", "partner"):
        log.add("2014-01-05", "ResourceCommitted", commitment=by, by=by)
        log.add("2014-05-01", "HelpDelivered", by=by, commitment=by, delivery=f"{by}2")
        data: dict[str, Any] = {"gained_by": by, "confidence": "confirmed"}
        log.add("2014-05-02", "BenefitReported", **data)


def test_value_compounds_at_the_first_act_after_the_days_allied(
    log: StageLog,
) -> None:
    compounding(log)
    assert log.missing("2014-09-29") == {"days_allied": "179/180"}
    assert log.missing("2014-09-30") == {"act": "0/1"}
    log.contact("2014-09-29", "2014-10-05")
    assert log.path()[-2:] == ["allied 2014-04-03", "compounding 2014-10-05"]
    assert log.missing() == {}


@pytest.mark.parametrize(
    ("field", "side", "condition"),
    [
        ("commitment", "us", "deliveries_against_commitments_given"),
        ("commitment", "partner", "deliveries_against_commitments_received"),
        ("gained_by", "us", "confirmed_benefit_us"),
        ("gained_by", "partner", "confirmed_benefit_partner"),
        ("stance", "supported", "earned_ready"),
    ],
)
def test_without_one_of_them_nothing_compounds(
    log: StageLog, field: str, side: str, condition: str
) -> None:
    compounding(log)
    log.contact("2014-10-05")
    log.events = [e for e in log.events if e["data"].get(field) != side]
    assert log.missing(position=99) == {condition: "0/1"}


def test_a_break_in_the_alliance_counts_its_days_anew(log: StageLog) -> None:
    compounding(log)
    log.contact("2014-10-05")
    log.end("2014-11-01")
    log.agree("2014-11-02", "b")
    assert log.path()[-2:] == ["ready 2014-11-01", "allied 2014-11-02"]
    log.contact("2015-04-30")
    assert log.now() == "allied"
    log.contact("2015-05-01")
    assert log.path()[-1] == "compounding 2015-05-01"


def test_an_agreement_on_a_proposal_of_the_merged_stream_can_be_ended(
    log: StageLog,
) -> None:
    data: dict[str, Any] = {"alliance": "a", "by": "us", "scope": "S"}
    log.add("2014-01-01", "AllianceProposed", partner="birch", **data)
    log.add("2016", "PartnerMerged", partner="birch", into="acme", reason="Same.")
    log.agree("2013-01-01", "birch/a")
    log.end("2015-01-01", "birch/a")
    assert log.path() == [
        "identified 2014-01-01",
        "allied 2014-01-01",
        "identified 2015-01-01",
    ]
