"""Break-offs and episodes worked out by hand, which the oracle must agree with."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.stage_log import StageLog

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def log() -> StageLog:
    return StageLog()


def test_a_contact_on_a_later_day_opens_an_episode_counted_afresh(
    log: StageLog,
) -> None:
    log.until_ready()
    log.break_off("2014-05-01T12:00:00Z")
    log.contact("2014-05-01T13:00:00Z")
    log.goals("2014-05-02")
    assert log.now() == "ended"
    assert log.ask()["current"]["earned"] == "ready"
    assert log.missing() == {"contact_on_a_later_day": "0/1"}
    log.contact("2014-05-03")
    assert log.path()[-3:] == [
        "ended 2014-05-01",
        "identified 2014-05-03 #2",
        "acquainted 2014-05-03 #2",
    ]
    assert log.ask()["history"][-3]["to"] == "2014-05-03T00:00:00.000000Z"


def test_the_later_day_is_the_ledgers() -> None:
    tokyo, utc = StageLog(TOKYO), StageLog()
    for log in (tokyo, utc):
        log.break_off("2014-05-01T14:00:00Z")
        log.contact("2014-05-01T15:00:00Z")
    assert (tokyo.now(), utc.now()) == ("acquainted", "ended")


def test_help_delivered_in_an_ended_episode_earns_nothing_in_the_next(
    log: StageLog,
) -> None:
    log.help("2014-01-01", confirmed=False)
    log.break_off("2014-02-01")
    log.contact("2014-03-01")
    log.goals("2014-03-01")
    log.add("2014-03-02", "DeliveryAcknowledged", delivery="d0")
    assert log.now() == "exploring"


def test_an_agreement_of_an_ended_episode_or_between_two_allies_no_more(
    log: StageLog,
) -> None:
    log.agree("2014-01-01", starts="2014-04-01")
    log.break_off("2014-02-01")
    log.agree("2014-02-15", "b")
    log.contact("2014-03-01")
    assert log.path("2014-03-01")[-1] == "acquainted 2014-03-01 #2"
    assert log.now() == "acquainted"
    log.agree("2014-06-01", "c")
    assert log.now() == "allied"


def test_commitments_belong_to_the_partner_whatever_the_episode(
    log: StageLog,
) -> None:
    log.publish(require_principles=False, min_days=0, contact_days=1, delivery_days=1)
    for by in ("us", "partner"):
        log.add("2013-01-01", "ResourceCommitted", commitment=by, by=by)
    log.break_off("2013-02-01")
    log.contact("2014-01-01")
    log.goals("2014-01-01")
    log.agree("2014-01-01")
    for by in ("us", "partner"):
        data: dict[str, Any] = {
            "commitment": by,
            "confirmed": True,
            "delivery": f"{by}2",
        }
        log.add("2014-02-01", "HelpDelivered", by=by, **data)
        log.add("2014-07-01", "BenefitReported", gained_by=by, confidence="confirmed")
    assert log.path()[-1] == "compounding 2014-07-01 #2"


def test_a_stance_on_a_principle_of_an_ended_episode_counts(log: StageLog) -> None:
    log.state("2013-01-01", "p", "us")
    log.break_off("2013-02-01")
    log.until_reciprocal()
    log.answer("2014-04-02", "p", "respected")
    assert log.missing() == {"takes_time_by_us": "0/1"}
    log.state("2014-04-03", "q", "us")
    assert log.now() == "ready"


def test_a_second_break_off_between_episodes_belongs_to_none(log: StageLog) -> None:
    log.break_off("2014-01-01")
    log.break_off("2014-03-01")
    log.contact("2014-03-01")
    assert [row.split(" ", 1)[0] for row in log.path()] == [
        "identified",
        "ended",
        "identified",
        "acquainted",
    ]


def test_breaking_off_ends_an_alliance_too(log: StageLog) -> None:
    log.agree("2014-01-01", ends="2014-12-31")
    log.break_off("2014-02-01")
    assert log.path()[-1] == "ended 2014-02-01"
