"""Policies, cuts, merges and evidence worked out by hand, as the oracle reads them."""

import pytest

from tests.oracle.stage_log import StageLog


@pytest.fixture
def log() -> StageLog:
    return StageLog()


def test_without_require_goal_contact_days_within_a_window_explore(
    log: StageLog,
) -> None:
    log.publish(require_goal=False, contact_window_days=59)
    log.contact("2014-01-01", "2014-02-01", "2014-02-01", "2014-03-02")
    assert log.now() == "acquainted"
    assert log.missing() == {"contact_days": "2/3"}
    log.contact("2014-03-01")
    assert log.path()[-1] == "exploring 2014-03-01"


def test_without_require_principles_ready_comes_with_reciprocal(
    log: StageLog,
) -> None:
    log.until_reciprocal()
    log.publish(require_principles=False)
    assert log.path()[-2:] == ["reciprocal 2014-04-01", "ready 2014-04-01"]


def test_without_require_acknowledgement_every_delivery_counts(log: StageLog) -> None:
    log.contact("2014-01-01")
    log.goals("2014-01-01")
    log.help("2014-02-01", confirmed=False)
    assert log.now() == "exploring"
    log.publish(require_acknowledgement=False)
    assert log.path()[-1] == "helping 2014-02-01"


def test_the_newest_policy_by_position_holds_for_the_whole_history(
    log: StageLog,
) -> None:
    log.until_reciprocal()
    small = log.publish(min_days=40, delivery_days=2)
    log.publish(min_days=500)
    assert log.ask()["policy"] == f"event-{len(log.events)}"
    assert log.now() == "helping"
    assert log.path(policy=small)[-1] == "reciprocal 2014-03-01"
    assert log.path(policy="v1")[-1] == "reciprocal 2014-04-01"
    assert log.now(position=len(log.events) - 2) == "reciprocal"


def test_a_retracted_policy_leaves_the_one_before(log: StageLog) -> None:
    log.until_reciprocal()
    log.add("2024", "EventRetracted", partner="_ledger", target=log.publish(min_days=9))
    assert log.ask()["policy"] == "v1"


def test_a_merged_streams_acts_count_from_the_merge_on(log: StageLog) -> None:
    log.contact("2014-01-01", partner="birch")
    log.goals("2014-02-01")
    log.add("2016", "PartnerMerged", partner="birch", into="acme", reason="Same.")
    assert log.path(position=3) == ["identified 2014-02-01"]
    assert log.path()[-1] == "exploring 2014-02-01"


def test_a_back_dated_fact_moves_the_history_as_known_now_not_as_known_then(
    log: StageLog,
) -> None:
    log.contact("2014-06-01")
    log.contact("2014-01-01")
    assert log.path(position=1)[-1] == "acquainted 2014-06-01"
    assert log.path()[-1] == "acquainted 2014-01-01"


def test_evidence_that_lacks_something_is_not_sufficient(log: StageLog) -> None:
    log.until_ready()
    history = log.ask()["history"]
    for number, row in enumerate(history):
        assert log.sufficient(number, row["because"])
    everything = history[4]["because"]
    for lacking in everything[:3] + everything[-3:]:
        assert not log.sufficient(4, [e for e in everything if e != lacking])
    assert not log.sufficient(4, [*everything[-1:], *everything[:-1]])
    assert not log.sufficient(4, [])


def test_as_of_includes_what_acts_at_that_very_instant(log: StageLog) -> None:
    log.contact("2014-01-01T10:00:00Z")
    assert log.ask("2014-01-01T09:59:59.999999Z")["current"] is None
    assert log.now("2014-01-01T10:00:00Z") == "acquainted"
