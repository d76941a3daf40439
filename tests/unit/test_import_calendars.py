"""Calendars become contacts that were, and meetings that will be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.importers.calendars.entries import Meeting
from services.importers.calendars.series import occurrences
from services.importers.refusals import RowRefused
from tests.importing import Importer, calendar, card, left_out, meeting, refused

HELD = ("DTSTART:20261105T010000Z", "DTEND:20261105T023000Z")
AHEAD = ("DTSTART:20261205T010000Z", "DTEND:20261205T020000Z")
BO = "ORGANIZER:mailto:hanako@bo.example\nATTENDEE:mailto:me@ours.example"


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def contact(importer: Importer, *lines: str, head: str = "") -> dict[str, Any]:
    importer.run(ics=calendar(meeting(*lines), head=head))
    (found,) = importer.log.of("ContactMade")
    return found


def test_a_meeting_that_is_over_was_a_contact(importer: Importer) -> None:
    start = "DTSTART;TZID=Asia/Tokyo:20261105T100000"
    place = "LOCATION:Kyoto\\, 3rd floor"
    importer.run(ics=calendar(meeting(start, "DURATION:PT1H30M", place)))
    known, made = importer.log.events
    assert known["data"] == {"name": "Acme Inc.", "domains": ["acme.example"]}
    assert known["occurred_at"] == made["occurred_at"] == "2026-11-05T10:00:00+09:00"
    assert made["data"] == {"by": "us", "channel": "in_person", "minutes": 90}
    assert made["source"] == {"system": "icalendar", "ref": "m1@ours.example acme"}


def test_a_meeting_that_is_to_come_is_scheduled(importer: Importer) -> None:
    importer.run(ics=calendar(meeting(*AHEAD, "CREATED:20261001T000000Z")))
    known, planned = importer.log.events
    assert known["type"] == "PartnerIdentified"
    assert planned["type"] == "MeetingScheduled"
    assert planned["occurred_at"] == "2026-10-01T00:00:00+00:00"
    assert planned["data"].pop("meeting").startswith("m-")
    assert planned["data"] == {"channel": "other", "on": "2026-12-05T01:00:00+00:00"}


def test_a_meeting_that_came_to_pass_is_a_contact_as_well(importer: Importer) -> None:
    text = calendar(meeting(*AHEAD))
    importer.run(ics=text)
    importer.now += timedelta(days=30)
    importer.run(ics=text)
    importer.run(ics=text)
    kinds = [one["type"] for one in importer.log.events]
    assert kinds == ["PartnerIdentified", "MeetingScheduled", "ContactMade"]


def test_people_who_are_known_by_address_took_part(importer: Importer) -> None:
    people = card(
        "UID:1", "FN:Taro", "ORG:Acme Inc.", "EMAIL:taro@acme.example"
    ) + card("UID:2", "FN:Me", "ORG:Ours", "EMAIL:me@ours.example")
    who = "ATTENDEE:MAILTO:TARO@ACME.example\nATTENDEE:mailto:me@ours.example"
    importer.run(ics=calendar(meeting(*HELD, who=who)), vcf=people)
    (made,) = importer.log.data("ContactMade")
    theirs, ours = importer.log.data("PersonAdded")
    assert made["persons"] == [theirs["person"], ours["person"]]


def test_whoever_is_known_only_by_an_address_book_is_found_by_it(
    importer: Importer,
) -> None:
    importer.map = '[us]\ndomains = ["ours.example"]\n'
    people = card("UID:1", "FN:Taro", "ORG:Acme Inc.", "EMAIL:taro@acme.example")
    importer.run(ics=calendar(meeting(*HELD)), vcf=people)
    assert importer.log.of("ContactMade")[0]["partner"] == "acme-inc"


def test_each_partner_at_a_meeting_has_a_contact(importer: Importer) -> None:
    who = "ATTENDEE:mailto:a@acme.example\nATTENDEE:mailto:b@bo.example"
    organizer = "ORGANIZER:mailto:hanako@bo.example"
    importer.run(ics=calendar(meeting(*HELD, organizer, who=who)))
    told = {one["partner"]: one["data"]["by"] for one in importer.log.of("ContactMade")}
    assert told == {"acme": "us", "bo": "partner"}


@pytest.mark.parametrize(
    ("lines", "channel"),
    [
        (("LOCATION:Room 3",), "in_person"),
        (("LOCATION:Microsoft Teams Meeting",), "video"),
        (("LOCATION:オンライン",), "video"),
        (("LOCATION:Room 3", "URL:https://zoom.us/j/1"), "video"),
        (("X-GOOGLE-CONFERENCE:https://meet.google.com/x",), "video"),
        (("CONFERENCE;VALUE=URI:https://meet.example/x",), "video"),
        (("LOCATION:+81 75 000 0000",), "phone"),
        (("LOCATION:電話",), "phone"),
        ((), "other"),
    ],
)
def test_the_channel_is_what_the_place_says(
    importer: Importer, lines: tuple[str, ...], channel: str
) -> None:
    assert contact(importer, *HELD, *lines)["data"]["channel"] == channel


def test_the_map_says_how_we_meet_where_no_place_is_given(importer: Importer) -> None:
    importer.map += '[calendar]\nchannel = "video"\nkeep_summary = true\n'
    data = contact(importer, *HELD, "SUMMARY:夕食")["data"]
    assert (data["channel"], data["note"]) == ("video", "夕食")


@pytest.mark.parametrize(
    ("start", "when"),
    [
        ("DTSTART;VALUE=DATE:20261105", "2026-11-05"),
        ("DTSTART:20261105T090000", "2026-11-05"),
        ("DTSTART:20261105T090000Z", "2026-11-05T09:00:00+00:00"),
        (
            "DTSTART;TZID=Tokyo Standard Time:20261105T090000",
            "2026-11-05T09:00:00+09:00",
        ),
        ("DTSTART;TZID=Mine:20261105T090000", "2026-11-05T09:00:00+05:30"),
    ],
)
def test_times_are_as_precise_as_the_calendar(
    importer: Importer, start: str, when: str
) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert contact(importer, start, head=zone)["occurred_at"] == when


def test_a_zone_that_the_parser_chokes_on_refuses_its_entries_alone(
    importer: Importer,
) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "RRULE:FREQ=YEARLY;BYMO\\NTH=3\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    entry = meeting("DTSTART;TZID=Mine:20261105T090000", uid="bad")
    report = importer.run(ics=calendar(entry, meeting(*HELD), head=zone))
    assert list(refused(report)) == ["unreadable entry"]
    assert len(importer.log.of("ContactMade")) == 1


def test_calendars_of_outlook_are_read(importer: Importer) -> None:
    """A zone by a name of its own, quoted names with commas, folded attendees."""
    name = "(UTC+09:00) Osaka, Sapporo, Tokyo"
    zone = (
        f"METHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\n"
        "DTSTART:16010101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    made = contact(
        importer,
        f'DTSTART;TZID="{name}":20261105T100000',
        f'DTEND;TZID="{name}":20261105T110000',
        'ORGANIZER;CN="Me, Myself":MAILTO:me@ours.example',
        'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Sa',
        ' to, H.":MAILTO:hanako@acme.example',
        "LOCATION;LANGUAGE=ja-JP:Microsoft Teams 会議",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "BEGIN:VALARM\nTRIGGER:-PT15M\nATTENDEE:mailto:x@else.example\nEND:VALARM",
        head=zone,
    )
    assert made["occurred_at"] == "2026-11-05T10:00:00+09:00"
    assert made["data"] == {"by": "us", "channel": "video", "minutes": 60}


def test_a_zone_is_what_its_own_file_says_it_is(importer: Importer) -> None:
    files: dict[str, str | bytes] = {}
    for offset in ("+0530", "+0100"):
        zone = (
            "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
            f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n"
            "END:STANDARD\nEND:VTIMEZONE\n"
        )
        entry = meeting("DTSTART;TZID=Mine:20261105T090000", uid=offset)
        files[f"{offset}.ics"] = calendar(entry, head=zone)
    importer.told(files)
    offsets = [one["occurred_at"][-6:] for one in importer.log.of("ContactMade")]
    assert offsets == ["+05:30", "+01:00"]


def test_the_zone_of_the_whole_calendar_holds_for_times_without_one(
    importer: Importer,
) -> None:
    made = contact(
        importer, "DTSTART:20261105T090000", head="X-WR-TIMEZONE:Asia/Tokyo\n"
    )
    assert made["occurred_at"] == "2026-11-05T09:00:00+09:00"


def test_a_series_is_told_time_by_time_within_bounds(importer: Importer) -> None:
    """Weekly at nine in New York, over the end of summer time; one left out."""
    importer.run(
        ics=calendar(
            meeting(
                "DTSTART;TZID=America/New_York:20261022T090000",
                "DTEND;TZID=America/New_York:20261022T093000",
                "RRULE:FREQ=WEEKLY",
                "EXDATE;TZID=America/New_York:20261029T090000",
                uid="weekly",
            )
        )
    )
    held = importer.log.of("ContactMade")
    assert [one["occurred_at"] for one in held] == [
        "2026-10-22T09:00:00-04:00",
        "2026-11-05T09:00:00-05:00",
        "2026-11-12T09:00:00-05:00",
        "2026-11-19T09:00:00-05:00",
    ]
    assert [one["source"]["ref"] for one in held][:2] == [
        "weekly acme",
        "weekly/20261105T140000Z acme",
    ]
    ahead = [data["on"] for data in importer.log.data("MeetingScheduled")]
    assert (len(ahead), ahead[-1]) == (13, "2027-02-18T09:00:00-05:00")


def test_one_time_of_a_series_may_be_moved_or_cancelled(importer: Importer) -> None:
    importer.run(
        ics=calendar(
            meeting("DTSTART:20261101T010000Z", "RRULE:FREQ=DAILY;COUNT=3", uid="s"),
            meeting("RECURRENCE-ID:20261101T010000Z", "DTSTART:20261110T050000Z",
                    uid="s"),
            meeting("RECURRENCE-ID:20261102T010000Z", "DTSTART:20261102T010000Z",
                    "STATUS:CANCELLED", uid="s"),
        )
    )  # fmt: skip
    held = {
        one["source"]["ref"]: one["occurred_at"]
        for one in importer.log.of("ContactMade")
    }
    assert held == {
        "s acme": "2026-11-10T05:00:00+00:00",
        "s/20261103T010000Z acme": "2026-11-03T01:00:00+00:00",
    }


def test_a_meeting_that_becomes_a_series_keeps_its_first_time(
    importer: Importer,
) -> None:
    importer.run(ics=calendar(meeting(*HELD)))
    again = importer.run(ics=calendar(meeting(*HELD, "RRULE:FREQ=DAILY;COUNT=2")))
    assert again.whole().recorded == 1


def test_a_meeting_that_was_changed_is_corrected(importer: Importer) -> None:
    importer.run(ics=calendar(meeting(*HELD)))
    moved = meeting("SEQUENCE:1", "DTSTART:20261106T010000Z", "DTEND:20261106T020000Z")
    importer.run(ics=calendar(moved))
    importer.run(ics=calendar(moved))
    (correction,) = importer.log.of("EventCorrected")
    assert correction["data"] == {
        "target": "e2",
        "occurred_at": "2026-11-06T01:00:00+00:00",
        "data": {"by": "us", "channel": "other", "minutes": 60},
        "reason": "changed where it was imported from",
    }


def test_of_two_versions_of_an_entry_the_later_counts(importer: Importer) -> None:
    older = meeting("SEQUENCE:1", *HELD)
    newer = meeting("SEQUENCE:2", "DTSTART:20261106T010000Z")
    report = importer.run(ics=calendar(newer, older))
    (made,) = importer.log.of("ContactMade")
    assert made["occurred_at"] == "2026-11-06T01:00:00+00:00"
    assert left_out(report) == {"another version of the same entry": 1}


def test_a_planned_meeting_that_is_cancelled_is_cancelled_here(
    importer: Importer,
) -> None:
    importer.run(ics=calendar(meeting(*AHEAD)))
    gone = calendar(meeting(*AHEAD, "STATUS:CANCELLED"))
    importer.run(ics=gone)
    report = importer.run(ics=gone)
    (planned,) = importer.log.data("MeetingScheduled")
    assert importer.log.data("MeetingCancelled") == [{"meeting": planned["meeting"]}]
    assert (report.whole().known, report.whole().recorded) == (1, 0)


def test_a_time_that_is_taken_out_of_a_series_is_cancelled(importer: Importer) -> None:
    series = ("DTSTART:20261123T010000Z", "RRULE:FREQ=DAILY;COUNT=4")
    importer.run(ics=calendar(meeting(*series)))
    importer.run(ics=calendar(meeting(*series, "EXDATE:20261126T010000Z")))
    planned = {
        data["on"]: data["meeting"] for data in importer.log.data("MeetingScheduled")
    }
    (gone,) = importer.log.data("MeetingCancelled")
    assert gone["meeting"] == planned["2026-11-26T01:00:00+00:00"]


def test_a_time_that_was_held_and_is_taken_out_later_changes_no_other(
    importer: Importer,
) -> None:
    series = ("DTSTART:20261122T010000Z", "RRULE:FREQ=DAILY;COUNT=4")
    importer.run(ics=calendar(meeting(*series)))
    importer.now += timedelta(days=1)
    again = calendar(meeting(*series, "EXDATE:20261123T010000Z"))
    assert importer.run(ics=again).whole().recorded == 1
    assert len(importer.log.of("ContactMade")) == 4
    assert not importer.log.of("MeetingCancelled")


def test_what_was_held_and_is_cancelled_later_is_for_people_to_judge(
    importer: Importer,
) -> None:
    importer.run(ics=calendar(meeting(*HELD)))
    report = importer.run(ics=calendar(meeting(*HELD), head="METHOD:CANCEL\n"))
    assert left_out(report) == {"cancelled after it was recorded as held": 1}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (meeting(*HELD, who="SUMMARY:Lunch"), "no attendees"),
        (meeting(*HELD, who="ATTENDEE:mailto:x@else.example"),
         "nobody of a known partner"),
        (meeting(*HELD, who="ATTENDEE:mailto:me@ours.example"),
         "nobody of a known partner"),
        (meeting(*HELD, "CLASS:PRIVATE"), "marked as private"),
        (meeting(*HELD, "STATUS:TENTATIVE"), "tentative"),
        (meeting(*HELD, "STATUS:CANCELLED"), "nothing to record"),
        (meeting("DTSTART:20280101T000000Z", "RRULE:FREQ=DAILY"), "nothing to record"),
        (meeting(*HELD, "ATTENDEE;PARTSTAT=DECLINED:mailto:me@ours.example"),
         "declined by us"),
        (meeting(*HELD, who="ATTENDEE;PARTSTAT=DECLINED:mailto:taro@acme.example"),
         "no attendees"),
    ],
)  # fmt: skip
def test_an_entry_is_left_out_for_a_reason(
    importer: Importer, entry: str, reason: str
) -> None:
    report = importer.run(ics=calendar(entry))
    assert left_out(report) == {reason: 1}
    assert not importer.log.events


def test_domains_that_nothing_tells_of_are_listed(importer: Importer) -> None:
    who = "ATTENDEE:mailto:x@else.example\nATTENDEE:mailto:y@else.example"
    report = importer.run(ics=calendar(meeting(*HELD, who=who)))
    assert dict(report.unknown.domains) == {"else.example": 2}


def test_a_partner_whose_name_nobody_tells_is_left_out(importer: Importer) -> None:
    importer.map = '[domains]\n"acme.example" = "acme"\n'
    report = importer.run(ics=calendar(meeting(*HELD)))
    assert left_out(report) == {"a partner of the map that nothing names": 1}
    assert not importer.log.events


def test_the_domains_of_a_partner_may_be_known_to_the_ledger(
    importer: Importer,
) -> None:
    importer.map = ""
    data = {"name": "Acme", "domains": ["Acme.example"]}
    importer.log.record({"type": "PartnerIdentified", "partner": "a", "data": data})
    importer.run(ics=calendar(meeting(*HELD)))
    assert importer.log.of("ContactMade")[0]["partner"] == "a"


def test_a_merger_does_not_record_a_meeting_anew(importer: Importer) -> None:
    importer.run(ics=calendar(meeting(*HELD)))
    known = {"name": "Bo"}
    importer.log.record({"type": "PartnerIdentified", "partner": "bo", "data": known})
    merged = {"into": "bo", "reason": "same"}
    importer.log.record({"type": "PartnerMerged", "partner": "acme", "data": merged})
    assert importer.run(ics=calendar(meeting(*HELD))).whole().recorded == 0


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (("DTSTART:soon",), "unreadable date"),
        (("DTSTART:20260230T000000Z",), "unreadable date"),
        (("SUMMARY:x",), "unreadable entry"),
        ((*HELD, "RDATE;VALUE=PERIOD:000000Z/PT1H"), "unreadable date"),
        ((*HELD, HELD[0]), "unreadable date"),
        (("DTSTART;TZID=Nowhere/Land:20261105T010000",), "unknown time zone"),
        (("DTSTART;TZID=Asia:20261105T010000",), "unreadable entry"),
        ((*HELD, "RRULE:FREQ=SECONDLY"), "unreadable rule"),
        ((*HELD, "RRULE:FREQ=DAILY;BYSECOND=1,2,3"), "unreadable rule"),
        ((*HELD, "RRULE:FREQ=DAILY;INTERVAL=0"), "endless series"),
        ((*HELD, "RRULE:FREQ=NEVER"), "unreadable rule"),
        ((*HELD, "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY"), "unreadable entry"),
        ((*HELD, "DURATION:P99999999999999D"), None),
        (("DTSTART:20261105T010000Z", "DURATION:P99999999999D"), "unreadable entry"),
        (("RECURRENCE-ID;RANGE=THISANDFUTURE:20261105T010000Z", *HELD),
         "unreadable entry"),
        (("no colon at all", *HELD), None),
        (("DTSTART", *HELD[1:]), "unreadable entry"),
        (("ATTENDEE;=;:x", *HELD), None),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named_and_the_others_are_imported(
    importer: Importer, lines: tuple[str, ...], rule: str | None
) -> None:
    text = calendar(meeting(*lines, uid="bad"), meeting(*HELD))
    report = importer.run(ics=text)
    assert list(refused(report)) == ([] if rule is None else [rule])
    assert all(
        one[0].startswith("file.ics line 3: ") for one in refused(report).values()
    )
    refs = [one["source"]["ref"] for one in importer.log.of("ContactMade")]
    assert "m1@ours.example acme" in refs


def test_a_rule_that_never_matches_or_never_ends_takes_no_time(
    importer: Importer,
) -> None:
    rules = [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYSETPOS=300;BYDAY=MO",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19",
        "FREQ=DAILY",
    ]
    entries = [
        meeting("DTSTART:19200101T000000Z", f"RRULE:{rule}", uid=str(number))
        for number, rule in enumerate(rules)
    ]
    report = importer.run(ics=calendar(*entries))
    assert list(refused(report)) == ["endless series"]
    latest = [
        one for one in importer.log.of("ContactMade") if one["source"]["ref"][0] == "4"
    ]
    assert len(latest) < 2_000
    assert latest[-1]["occurred_at"].startswith("2026-11-24")


def test_a_zone_that_changes_every_second_is_no_zone(importer: Importer) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:00010101T000000\n"
        "RRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    entry = meeting("DTSTART;TZID=Mine:20261105T090000")
    report = importer.run(ics=calendar(entry, head=zone))
    assert list(refused(report)) == ["unknown time zone"]


START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HORIZON = START + timedelta(days=800)
RULES = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.sampled_from(["", ";BYDAY=MO,TH", ";BYMONTH=2,3", ";BYMONTHDAY=-1,31"]),
    st.sampled_from(["", ";COUNT=7", ";UNTIL=20261231T000000Z"]),
)


@settings(deadline=None)
@given(rule=RULES, days=st.integers(0, 400))
def test_a_series_repeats_as_its_rule_says(rule: str, days: int) -> None:
    """Moved by the cycle of the calendar, dateutil finds the same days."""
    start = START + timedelta(days=days)
    meeting = Meeting("u", start, start + timedelta(hours=1), rule=rule)
    expected = {start}
    for moment in rrulestr(rule, dtstart=start):
        if moment > HORIZON:
            break
        expected.add(moment)
    told = [one.start for one in occurrences(meeting, HORIZON)]
    assert told == sorted(expected)


def test_all_day_series_stay_days() -> None:
    day = date(2026, 2, 27)
    meeting = Meeting(
        "u", day, day + timedelta(days=1), rule="FREQ=DAILY;UNTIL=20260301"
    )
    told = [one.start for one in occurrences(meeting, HORIZON)]
    assert told == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    with pytest.raises(RowRefused, match="UNTIL"):
        occurrences(replace(meeting, rule="FREQ=DAILY;UNTIL=SOON"), HORIZON)


def test_a_partner_who_invited_began_the_contact(importer: Importer) -> None:
    importer.run(ics=calendar(meeting(*HELD, who=BO)))
    (made,) = importer.log.of("ContactMade")
    assert (made["partner"], made["data"]["by"]) == ("bo", "partner")
