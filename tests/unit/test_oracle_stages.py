"""Stages 0 to 5 worked out by hand from the design, which the oracle must meet."""

from zoneinfo import ZoneInfo

import pytest

from tests.oracle.stage_log import StageLog


@pytest.fixture
def log() -> StageLog:
    return StageLog()


def test_before_its_first_event_a_partner_has_no_stage(log: StageLog) -> None:
    log.contact("2014-01-01")
    assert log.ask("2013") == {"policy": "v1", "current": None, "history": []}


def test_a_partner_is_identified_from_its_earliest_event_of_any_type(
    log: StageLog,
) -> None:
    log.add("2014-03-05", "PartnerIdentified", name="Acme")
    log.add("2014-02-05", "GroupJoined", group="chapter")
    log.contact("2014-04-05")
    assert log.path() == ["identified 2014-02-05", "acquainted 2014-04-05"]
    assert log.missing("2014-03") == {"contact_days": "0/1"}


def test_stages_passed_at_one_event_start_and_end_there(log: StageLog) -> None:
    log.contact("2014-01-01")
    first, second = log.ask()["history"]
    start = "2014-01-01T00:00:00.000000Z"
    assert (first["from"], first["to"]) == (start, start)
    assert (second["from"], second["to"]) == (start, None)


def test_a_day_starts_when_it_starts_in_the_zone_of_the_ledger() -> None:
    log = StageLog(ZoneInfo("Asia/Tokyo"))
    log.contact("2014-01-02")
    assert log.ask()["history"][0]["from"] == "2014-01-01T15:00:00.000000Z"


@pytest.mark.parametrize(
    ("asked", "shared", "stage"),
    [
        (["us"], ["partner"], "exploring"),
        (["partner"], ["us"], "exploring"),
        ([], ["us", "partner"], "exploring"),
        (["us"], ["us"], "acquainted"),
        (["us", "partner"], [], "acquainted"),
        ([], ["us", "us"], "acquainted"),
    ],
)
def test_goals_are_exchanged_when_asked_and_shared_or_shared_by_both(
    log: StageLog, asked: list[str], shared: list[str], stage: str
) -> None:
    log.contact("2014-01-01")
    for whose in shared:
        log.add("2014-01-02", "GoalShared", whose=whose, statement="More.")
    for by in asked:
        log.add("2014-01-03", "GoalAsked", by=by)
    assert log.now() == stage


def test_goals_exchanged_before_any_contact_count_once_there_is_one(
    log: StageLog,
) -> None:
    log.goals("2014-01-01")
    log.contact("2014-02-01")
    assert log.path() == [
        "identified 2014-01-01",
        "acquainted 2014-02-01",
        "exploring 2014-02-01",
    ]


@pytest.mark.parametrize(("by", "stage"), [("us", "exploring"), ("partner", "helping")])
def test_our_delivery_helps_once_acknowledged_the_partners_at_once(
    log: StageLog, by: str, stage: str
) -> None:
    log.contact("2014-01-01")
    log.goals("2014-01-01")
    log.add("2014-02-01", "HelpDelivered", delivery="d", by=by)
    assert log.now() == stage


@pytest.mark.parametrize(
    ("kind", "outcome", "stage"),
    [
        ("DeliveryAcknowledged", None, "helping"),
        ("DisputeResolved", "acknowledged", "helping"),
        ("DisputeResolved", "withdrawn", "exploring"),
        ("DisputeResolved", "conceded", "exploring"),
    ],
)
def test_a_delivery_counts_from_its_first_acknowledgement(
    log: StageLog, kind: str, outcome: str | None, stage: str
) -> None:
    log.contact("2014-01-01")
    log.goals("2014-01-01")
    log.help("2014-02-01", by="partner", confirmed=False)
    name = log.events[-1]["data"]["delivery"]
    log.add("2014-03-01", "DeliveryDisputed", delivery=name, reason="Less.")
    log.add("2014-04-01", kind, delivery=name, outcome=outcome)
    assert log.now("2014-03") == "exploring"
    assert log.now() == stage


def test_help_both_ways_is_reciprocal_after_contact_help_and_time(
    log: StageLog,
) -> None:
    log.until_reciprocal()
    assert log.path() == [
        "identified 2014-01-01",
        "acquainted 2014-01-01",
        "exploring 2014-01-01",
        "helping 2014-01-10",
        "reciprocal 2014-04-01",
    ]
    assert log.missing("2014-02-09") == {
        "acknowledged_deliveries_received": "0/1",
        "contact_days": "2/3",
        "delivery_days": "1/3",
        "days_since_first_contact": "39/90",
    }


def test_time_alone_earns_nothing_but_the_next_act_does(log: StageLog) -> None:
    log.until_reciprocal()
    log.add("2014-03-31", "EventRetracted", target="event-7")
    log.help("2014-02-11")
    assert log.missing("2014-03-31") == {"days_since_first_contact": "89/90"}
    assert log.missing("2014-04-01") == {"act": "0/1"}
    log.add("2014-05-01", "ContactAttempted", by="us", channel="phone")
    log.add("2014-05-02", "GoalAchieved", goal="g-2014-01-01")
    log.add("2014-05-03", "IdeaProposed", by="us", statement="A seminar.")
    assert log.now() == "helping"
    log.add("2014-05-04", "GoalAsked", by="us")
    assert log.path()[-1] == "reciprocal 2014-05-04"


def test_delivery_days_are_those_on_which_acknowledged_help_was_delivered(
    log: StageLog,
) -> None:
    log.publish(contact_days=1, min_days=0, delivery_days=2, delivery_window_days=10)
    log.contact("2014-01-01")
    log.goals("2014-01-01")
    log.help("2014-01-01", by="partner")
    log.help("2014-01-12", "2014-01-12")
    assert log.missing() == {"delivery_days": "1/2"}
    log.help("2014-01-11")
    assert log.now() == "reciprocal"


def test_coarse_dates_count_by_their_first_day(log: StageLog) -> None:
    log.publish(contact_days=1, min_days=31, delivery_days=1)
    log.contact("2014")
    log.goals("2014-01")
    log.help("2014-01")
    log.help("2014-02", by="partner")
    assert log.path()[-1] == "reciprocal 2014-02-01"


def test_our_principles_respected_and_time_taken_by_both_make_ready(
    log: StageLog,
) -> None:
    log.until_ready()
    assert log.path()[-1] == "ready 2014-04-03"
    assert log.missing("2014-04-02") == {
        "our_principles_respected": "0/1",
        "takes_time_by_partner": "0/1",
    }
    assert log.missing() == {"agreement_in_force": "0/1"}


def test_one_rejected_principle_keeps_from_ready_until_the_stance_changes(
    log: StageLog,
) -> None:
    log.until_reciprocal()
    log.state("2014-04-02", "p", "us")
    log.state("2014-04-02", "q", "us", takes_time=False)
    log.answer("2014-04-03", "q", "rejected")
    log.answer("2014-04-04", "p", "supported")
    assert log.missing() == {"our_principles_rejected": "1/0"}
    log.answer("2014-04-05", "q", "understood")
    assert log.path()[-1] == "ready 2014-04-05"


def test_each_side_states_that_value_takes_time_or_respects_it(log: StageLog) -> None:
    log.until_reciprocal()
    log.state("2014-04-02", "p", "us", takes_time=False)
    log.answer("2014-04-02", "p", "respected")
    log.state("2014-04-03", "theirs", "partner")
    assert log.missing() == {"takes_time_by_us": "0/1"}
    log.answer("2014-04-04", "theirs", "understood", by="us")
    assert log.now() == "reciprocal"
    log.answer("2014-04-05", "theirs", "respected", by="us")
    assert log.now() == "ready"


def test_stages_are_kept_once_earned(log: StageLog) -> None:
    log.until_ready()
    log.answer("2015-04-03", "p", "rejected")
    assert log.now() == "ready"
