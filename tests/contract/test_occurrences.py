"""Dates and instants, and the intervals that they denote in a ledger's zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.occurrence import (
    EARLIEST,
    LATEST,
    TICK,
    DateText,
    Interval,
    day_of,
    format_instant,
    interval,
    parse_instant,
)

DATE_TEXT: TypeAdapter[str] = TypeAdapter(DateText)
ZONES = (
    *("UTC", "Asia/Tokyo", "Europe/London", "America/New_York", "America/Sao_Paulo"),
    *("America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("Africa/Cairo", "Asia/Beirut", "Pacific/Kiritimati", "Etc/GMT+12"),
)
ORDINARY_DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 31))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(first: str, last: str) -> Interval:
    return Interval(utc(first), utc(last))


@pytest.mark.parametrize(
    ("text", "zone", "first", "last"),
    [
        ("2014", "UTC", "2014-01-01T00:00:00", "2014-12-31T23:59:59"),
        ("2014-02", "UTC", "2014-02-01T00:00:00", "2014-02-28T23:59:59"),
        ("2016-02", "UTC", "2016-02-01T00:00:00", "2016-02-29T23:59:59"),
        ("2000-02-29", "UTC", "2000-02-29T00:00:00", "2000-02-29T23:59:59"),
        ("2014-12", "UTC", "2014-12-01T00:00:00", "2014-12-31T23:59:59"),
        ("2014-12-31", "UTC", "2014-12-31T00:00:00", "2014-12-31T23:59:59"),
        ("2014-03-05", "Asia/Tokyo", "2014-03-04T15:00", "2014-03-05T14:59:59"),
        ("2014", "Asia/Tokyo", "2013-12-31T15:00", "2014-12-31T14:59:59"),
        # Clocks go forward in New York on 9 March and back on 2 November.
        ("2014-03-09", "America/New_York", "2014-03-09T05:00", "2014-03-10T03:59:59"),
        ("2014-11-02", "America/New_York", "2014-11-02T04:00", "2014-11-03T04:59:59"),
        ("2014", "America/New_York", "2014-01-01T05:00", "2015-01-01T04:59:59"),
        # In São Paulo that day had no midnight: it began at one o'clock.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00", "2018-11-05T01:59:59"),
        # And this one had its last hour twice.
        ("2018-02-17", "America/Sao_Paulo", "2018-02-17T02:00", "2018-02-18T02:59:59"),
        # In Havana the first hour of the day came twice: the day begins with the first.
        ("2014-11-02", "America/Havana", "2014-11-02T04:00", "2014-11-03T04:59:59"),
        # Samoa crossed the date line: its year 2011 had 364 days.
        ("2011-12-29", "Pacific/Apia", "2011-12-29T10:00", "2011-12-30T09:59:59"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00", "2011-12-31T09:59:59"),
        ("2011-12", "Pacific/Apia", "2011-12-01T10:00", "2011-12-31T09:59:59"),
        ("2011", "Pacific/Apia", "2011-01-01T10:00", "2011-12-31T09:59:59"),
        ("0001", "UTC", "0001-01-01T00:00", "0001-12-31T23:59:59"),
        ("9999", "UTC", "9999-01-01T00:00", "9999-12-31T23:59:59"),
        ("9999-12", "UTC", "9999-12-01T00:00", "9999-12-31T23:59:59"),
        ("9999-12-31", "UTC", "9999-12-31T00:00", "9999-12-31T23:59:59"),
        ("9999-12-31", "Asia/Tokyo", "9999-12-30T15:00", "9999-12-31T14:59:59"),
        ("9998-12-31", "Asia/Tokyo", "9998-12-30T15:00", "9998-12-31T14:59:59"),
        ("0001", "Etc/GMT+12", "0001-01-01T12:00", "0002-01-01T11:59:59"),
    ],
)
def test_a_date_denotes_the_days_of_its_zone(
    text: str, zone: str, first: str, last: str
) -> None:
    assert interval(text, ZoneInfo(zone)) == span(first, f"{last}.999999")


def test_a_day_that_a_zone_left_out_is_the_instant_at_which_it_did() -> None:
    skipped = interval("2011-12-30", ZoneInfo("Pacific/Apia"))
    assert skipped == span("2011-12-30T10:00", "2011-12-30T10:00")


def test_what_cannot_be_computed_with_is_moved_to_the_nearest_end() -> None:
    first_day_in_tokyo = interval("0001-01-01", ZoneInfo("Asia/Tokyo"))
    assert first_day_in_tokyo.first == EARLIEST < first_day_in_tokyo.last
    last_day_far_west = interval("9999-12-31", ZoneInfo("Etc/GMT+12"))
    assert last_day_far_west.last == LATEST > last_day_far_west.first
    assert parse_instant("0001-01-01T00:00:00+09:00") == EARLIEST
    assert parse_instant("9999-12-31T23:59:59-12:00") == LATEST


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", ["0001", "0004", "1582", "1883", "9996", "9999"])
def test_the_far_ends_of_the_calendar_have_intervals_too(zone: str, year: str) -> None:
    for text in (year, f"{year}-01", f"{year}-12", f"{year}-12-31", f"{year}-01-01"):
        found = interval(text, ZoneInfo(zone))
        assert found.first < found.last
        assert found.first.tzinfo is found.last.tzinfo is UTC


@given(ORDINARY_DAYS, st.sampled_from(ZONES).map(ZoneInfo))
@example(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
@example(date(2018, 2, 17), ZoneInfo("America/Sao_Paulo"))
def test_days_follow_one_another_without_gap_or_overlap(
    day: date, zone: tzinfo
) -> None:
    today = interval(day.isoformat(), zone)
    tomorrow = interval((day + timedelta(days=1)).isoformat(), zone)
    assert today.last + TICK == tomorrow.first
    assert day_of(today.first, zone) == day_of(today.last, zone) == day


@given(ORDINARY_DAYS, st.sampled_from(ZONES).map(ZoneInfo))
def test_a_month_and_a_year_are_all_their_days(day: date, zone: tzinfo) -> None:
    year, month = f"{day.year:04d}", f"{day.year:04d}-{day.month:02d}"
    following = day.replace(day=28) + timedelta(days=4)
    last = following - timedelta(days=following.day)
    assert interval(month, zone) == Interval(
        interval(f"{month}-01", zone).first, interval(last.isoformat(), zone).last
    )
    assert interval(year, zone) == Interval(
        interval(f"{year}-01", zone).first, interval(f"{year}-12", zone).last
    )


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2014-03-05T10:00:00Z", "2014-03-05T10:00:00"),
        ("2014-03-05t10:00:00z", "2014-03-05T10:00:00"),
        ("2014-03-05T10:00:00+09:00", "2014-03-05T01:00:00"),
        ("2014-03-05T10:00:00-00:00", "2014-03-05T10:00:00"),
        ("2014-03-05T00:30:00+05:45", "2014-03-04T18:45:00"),
        ("2014-03-05T10:00:00.5Z", "2014-03-05T10:00:00.500000"),
        ("2014-03-05T10:00:00.000001Z", "2014-03-05T10:00:00.000001"),
        ("2014-03-05T10:00:00.1234567Z", "2014-03-05T10:00:00.123456"),
        ("2014-03-05T23:59:59.999999999Z", "2014-03-05T23:59:59.999999"),
        ("2016-02-29T23:59:59-11:00", "2016-03-01T10:59:59"),
    ],
)
def test_an_instant_is_one_moment_in_every_zone(text: str, instant: str) -> None:
    assert DATE_TEXT.validate_python(text) == text
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        assert interval(text, ZoneInfo(zone)) == span(instant, instant)


WRONG = [
    *("", "14", "214", "20145", "2014-1", "2014-13", "2014-00", "2014-02-30", "0000"),
    *("2014-3-05", "2015-02-29", "1900-02-29", "2014-04-31", "2014-03-00", "-2014"),
    *("2014/03/05", "20140305", "2014-W10", "2014-064", "2014-03-05 ", " 2014"),
    *(
        "2014\n",
        "2014-03-05T10:00:00Z\n",
        "\uff12\uff10\uff11\uff14",
        "201\uff14-03",
        "tomorrow",
    ),
    # EDTF beyond the subset
    *("2014?", "2014~", "2014-XX", "201X", "2014/2015", "Y20140", "2014-21", "../2014"),
    # instants
    *("2014-03-05T10:00:00", "2014-03-05T10:00Z", "2014-03-05 10:00:00Z"),
    *("2014-03-05T24:00:00Z", "2014-03-05T10:60:00Z", "2014-03-05T10:00:61Z"),
    *("2014-03-05T10:00:00+9:00", "2014-03-05T10:00:00+0900", "2014-03-05T10:00:00,5Z"),
    *(
        "2014-03-05T10:00:00+24:00",
        "2014-03-05T10:00:00+09:60",
        "2014-03-05T10:00:00.Z",
    ),
    *(
        "2014-02-30T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "2014-03-05T10:00:00.1234567890Z",
    ),
    *("2014-03-05T10:00:00[Asia/Tokyo]", "2014-03-05T10:00:00 UTC", "2014-03-05T"),
]


@pytest.mark.parametrize("text", WRONG, ids=repr)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DATE_TEXT.validate_python(text)
    reason = refused.value.errors(include_input=False, include_url=False)[0]["msg"]
    assert not text or text not in reason
    with pytest.raises(ValueError, match=r"."):
        interval(text, UTC)


@pytest.mark.parametrize("value", [2014, 2014.5, True, date(2014, 3, 5), b"2014"])
def test_a_date_is_a_string(value: object) -> None:
    with pytest.raises(ValidationError):
        DATE_TEXT.validate_python(value, strict=True)


@given(st.datetimes(timezones=st.just(UTC)))
@example(EARLIEST)
@example(LATEST)
def test_an_instant_is_written_so_that_it_reads_the_same(instant: datetime) -> None:
    text = format_instant(instant)
    assert len(text) == len("2014-03-05T10:00:00.000000Z")
    assert parse_instant(text) == instant


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_written_instants_sort_as_they_happened(one: datetime, other: datetime) -> None:
    assert (one < other) == (format_instant(one) < format_instant(other))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Etc/GMT+12", "Etc/GMT-14"])
def test_the_day_of_an_instant_is_known_at_both_ends_of_time(zone: str) -> None:
    assert day_of(EARLIEST, ZoneInfo(zone)) == date.min
    assert day_of(LATEST, ZoneInfo(zone)) == date.max
