"""Dates, corrections and merges worked out by hand, which the oracle must read so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.log import UTC_ZONE, Log, hours
from tests.oracle.reading import facts, interval

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def log() -> Log:
    return Log()


def test_an_acceptance_never_precedes_the_offer_of_that_afternoon(log: Log) -> None:
    log.offer("2014-03-05T15:00:00Z")
    log.add("2014-03-05", "OfferAccepted", offer="o")
    assert log.balance(as_of="2014-03-05T14:59:59.999999Z")["items"] == []
    assert log.one(as_of="2014-03-05T15:00:00Z") == {"accepted": 10}


def test_an_acknowledgement_waits_for_the_promise_of_its_delivery(log: Log) -> None:
    log.offer("2018")
    log.deliver("2016", offer="o")
    log.add("2015", "DeliveryAcknowledged", delivery="d", done=hours("10"))
    assert log.balance(as_of="2017")["items"] == []
    assert log.one(as_of="2018") == {"delivered": 10, "acknowledged": 10}


def test_a_resolution_waits_for_every_dispute_that_it_settles(log: Log) -> None:
    log.deliver("2014")
    log.add("2015", "DeliveryDisputed", delivery="d", quantity=hours("3"))
    log.add("2019", "DeliveryDisputed", delivery="d", quantity=hours("1"))
    fields = {"delivery": "d", "outcome": "acknowledged"}
    log.add("2016", "DisputeResolved", done=hours("4"), **fields)
    assert log.one(as_of="2018")["disputed"] == 3
    assert log.one() == {"delivered": 10, "acknowledged": 4, "awaiting": 6}


def test_a_resolution_does_not_wait_for_a_dispute_settled_before(log: Log) -> None:
    log.deliver("2014")
    fields = {"delivery": "d", "outcome": "withdrawn"}
    log.add("2020", "DeliveryDisputed", delivery="d", quantity=hours("3"))
    log.add("2021", "DisputeResolved", done=hours("3"), **fields)
    log.add("2015", "DeliveryDisputed", delivery="d", quantity=hours("2"))
    log.add("2016", "DisputeResolved", done=hours("2"), **fields)
    assert log.one(as_of="2015") == {"delivered": 10, "disputed": 2, "awaiting": 8}
    assert log.one(as_of="2016") == {"delivered": 10, "awaiting": 10}


def test_coarse_dates_are_uncertain_until_they_are_over(log: Log) -> None:
    log.offer("2014")
    log.add("2014-06", "ContactMade", by="us", channel="phone")
    log.add("2014-06-30", "ContactMade", by="us", channel="phone")
    uncertain = [
        log.balance(as_of=cut)["uncertain"]
        for cut in ("2013", "2014-06-15", "2014-06-30", "2014-06", "2014")
    ]
    assert uncertain == [0, 2, 1, 1, 0]


def test_a_day_is_the_day_of_the_ledgers_zone() -> None:
    log = Log(TOKYO)
    log.offer("2014-03-05")
    assert log.events[0]["occurred_from"] == "2014-03-04T15:00:00+00:00"
    assert log.events[0]["occurred_to"] == "2014-03-05T14:59:59.999999+00:00"
    assert log.balance(as_of="2014-03-04T14:59:59.999999Z")["items"] == []
    assert log.one(as_of="2014-03-04T15:00:00Z") == {"offered": 10}


def test_a_retracted_retraction_brings_the_event_back_as_known_then(log: Log) -> None:
    log.offer()
    retraction = log.retract("event-1")
    log.retract(retraction)
    assert log.one(position=1) == {"offered": 10}
    assert log.balance(position=2)["items"] == []
    assert log.one(position=3) == {"offered": 10}


def test_fields_are_corrected_one_by_one_by_the_latest_in_force(log: Log) -> None:
    target = log.offer()
    data = {"offer": "o", "by": "us", "quantity": hours("7")}
    log.correct(target, occurred_at="2016", data=data)
    later = log.correct(target, occurred_at="2018")
    assert log.balance(as_of="2017")["items"] == []
    assert log.one() == {"offered": 7}
    log.retract(later)
    assert log.one(as_of="2016") == {"offered": 7}
    assert log.one(as_of="2016", position=1) == {"offered": 10}


def test_a_correction_with_data_brings_its_own_completed_part(log: Log) -> None:
    log.deliver("2014")
    target = log.add("2015", "DeliveryAcknowledged", delivery="d", done=hours("10"))
    log.correct(target, data={"delivery": "d", "note": "Thanks."}, done=hours("8"))
    assert log.one() == {"delivered": 10, "acknowledged": 8, "awaiting": 2}


def test_redating_a_named_event_moves_its_answers_too(log: Log) -> None:
    target = log.offer("2014")
    log.add("2015", "OfferAccepted", offer="o")
    log.correct(target, occurred_at="2019")
    assert log.balance(as_of="2018")["items"] == []
    assert log.one(as_of="2019") == {"accepted": 10}


def test_an_id_left_out_is_the_events_own_even_when_corrected(log: Log) -> None:
    target = log.add("2014", "HelpOffered", by="us", quantity=hours("10"))
    log.add("2015", "OfferAccepted", offer=target)
    log.correct(target, data={"by": "us", "quantity": hours("8")})
    assert log.one() == {"accepted": 8}


def test_a_merged_stream_is_folded_into_its_survivor_through_others(log: Log) -> None:
    log.add("2014", "HelpOffered", partner="a", offer="o", by="us", quantity=hours("5"))
    log.add("2015", "HelpOffered", partner="b", offer="o", by="us", quantity=hours("2"))
    log.add("2020", "PartnerMerged", partner="a", into="b", reason="The same.")
    log.add("2020", "PartnerMerged", partner="b", into="acme", reason="The same.")
    log.add("2016", "OfferAccepted", offer="a/o")
    assert log.balance(position=3)["items"] == []
    assert log.one(as_of="2015") == {"offered": 7}
    assert log.one() == {"offered": 2, "accepted": 5}


def test_a_retracted_merge_parts_the_streams_again(log: Log) -> None:
    log.offer()
    merge = log.add("2020", "PartnerMerged", into="birch", reason="The same.")
    assert log.one(partner="birch") == {"offered": 10}
    log.retract(merge)
    assert log.balance(partner="birch")["items"] == []


def test_every_fact_of_an_instant_acts_no_earlier_than_it_occurred(log: Log) -> None:
    log.offer("2014-03-05T10:00:00+09:00")
    (fact,) = facts(log.events, position=1, zone=UTC_ZONE)
    assert fact.acts_from == fact.occurred_to == datetime(2014, 3, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2014", "UTC", "2014-01-01T00:00", "2014-12-31T23:59:59.999999"),
        ("2016-02", "UTC", "2016-02-01T00:00", "2016-02-29T23:59:59.999999"),
        ("2014-12", "UTC", "2014-12-01T00:00", "2014-12-31T23:59:59.999999"),
        # The night of the 19th has no midnight; the 15th has its last hour twice.
        ("2014-10-19", "America/Sao_Paulo", "2014-10-19T03:00", "2014-10-20T01:59"),
        ("2014-02-15", "America/Sao_Paulo", "2014-02-15T02:00", "2014-02-16T02:59"),
        ("2014-07", "Europe/London", "2014-06-30T23:00", "2014-07-31T22:59"),
        ("2014-03-05T10:00:00.5+05:45", "UTC", "2014-03-05T04:15:00.500", ""),
    ],
)
def test_a_date_denotes_all_of_its_days_in_the_zone(
    text: str, zone: str, start: str, end: str
) -> None:
    first, last = interval(text, ZoneInfo(zone))
    assert first == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert last.isoformat().startswith(end)
    if end:
        assert (last.second, last.microsecond) == (59, 999999)
    else:
        assert last == first
