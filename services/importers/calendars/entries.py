"""The entries of calendars, each read alone so that a bad one harms no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.prop import vBroken
from icalendar.timezone import tzp

from services.importers.calendars.wholes import Whole, part_text
from services.importers.content_lines import Part
from services.importers.desk import digest
from services.importers.refusals import RowRefused

UNREADABLE: Final = (
    *(ValueError, TypeError, LookupError, ArithmeticError),
    *(AttributeError, AssertionError, OSError),
)
"""What the parser raises at text that is no calendar."""
Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """An address, and whether its owner said no."""

    address: str
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is read of an entry."""

    uid: str
    start: Moment
    end: Moment
    rule: str = ""
    extra: tuple[Moment, ...] = ()
    without: tuple[Moment, ...] = ()
    recurrence: Moment | None = None
    version: tuple[int, str] = (0, "")
    created: datetime | None = None
    status: str = "CONFIRMED"
    private: bool = False
    summary: str = ""
    places: tuple[str, ...] = ()
    organizer: str = ""
    attendees: tuple[Attendee, ...] = ()


def forget_zones() -> None:
    """Let a file define zones by names that an earlier file has used otherwise."""
    tzp.use_default()


def read_meeting(part: Part, whole: Whole, encoding: str) -> Meeting:
    """An entry; RowRefused says what cannot be read."""
    if part.fault:
        raise RowRefused("broken entry", part.fault)
    try:
        return _meeting(_event(part, whole, encoding), part, whole)
    except UNREADABLE as wrong:
        if isinstance(wrong, RowRefused):
            raise
        raise RowRefused("unreadable entry", str(wrong)[:300]) from wrong


def _event(part: Part, whole: Whole, encoding: str) -> Any:
    body = part_text(part, encoding, "strict")
    zones = [text for name, text in whole.zones.items() if name and name in body]
    lines = ["BEGIN:VCALENDAR", *filter(None, zones), body, "END:VCALENDAR", ""]
    read: Any = Calendar.from_ical("\r\n".join(lines))
    return read.walk("VEVENT")[0]


def _meeting(event: Any, part: Part, whole: Whole) -> Meeting:
    start = _moment(event["DTSTART"], whole.zone)
    several_rules = isinstance(event.get("RRULE"), list)
    if several_rules or "RANGE" in getattr(event.get("RECURRENCE-ID"), "params", {}):
        raise RowRefused("unreadable entry", "repeats in a way that is not understood")
    return Meeting(
        uid=str(event.get("UID", "")) or _digest(part),
        start=start,
        end=_end(event, start, whole.zone),
        rule=event["RRULE"].to_ical().decode() if "RRULE" in event else "",
        extra=_moments(event.get("RDATE"), whole.zone),
        without=_moments(event.get("EXDATE"), whole.zone),
        recurrence=_optional(event.get("RECURRENCE-ID"), whole.zone),
        version=(_number(event.get("SEQUENCE")), str(event.get("DTSTAMP", ""))),
        created=_instant(event.get("CREATED")),
        status=_status(event, whole),
        private=str(event.get("CLASS", "PUBLIC")).upper() != "PUBLIC",
        summary=" ".join(str(event.get("SUMMARY", "")).split()),
        places=tuple(_places(event)),
        organizer=str(event.get("ORGANIZER", "")),
        attendees=tuple(map(_attendee, _listed(event.get("ATTENDEE")))),
    )


def _status(event: Any, whole: Whole) -> str:
    cancelled = whole.method == "CANCEL"
    return "CANCELLED" if cancelled else str(event.get("STATUS", "CONFIRMED")).upper()


def _end(event: Any, start: Moment, zone: str) -> Moment:
    if "DTEND" in event:
        return _moment(event["DTEND"], zone)
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return start + length
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _moment(value: Any, zone: str) -> Moment:
    """A date, an instant, or a local time of nobody knows where."""
    if isinstance(value, list):
        raise RowRefused("unreadable date", "there are two where one may stand")
    if isinstance(value, vBroken):
        raise RowRefused("unreadable date", f"{value.property_name}: {value!s:.100}")
    return _placed(value.dt, str(value.params.get("TZID", "")), zone)


def _placed(moment: Any, named: str, zone: str) -> Moment:
    """The moment in the zone of the calendar when it names none of its own."""
    if isinstance(moment, datetime) and moment.tzinfo is None:
        if named:
            raise RowRefused("unknown time zone", named[:100])
        return moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment
    if not isinstance(moment, date):
        raise RowRefused("unreadable date", "it has a time without a day")
    return moment


def _optional(value: Any, zone: str) -> Moment | None:
    return None if value is None else _moment(value, zone)


def _moments(value: Any, zone: str) -> tuple[Moment, ...]:
    return tuple(_each_moment(value, zone))


def _each_moment(value: Any, zone: str) -> Iterator[Moment]:
    for listed in _listed(value):
        for one in getattr(listed, "dts", [listed]):
            moment = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            yield _placed(moment, str(listed.params.get("TZID", "")), zone)


def _instant(value: Any) -> datetime | None:
    """When it was put down; a broken one only means that this is not known."""
    moment = None if isinstance(value, vBroken) else getattr(value, "dt", None)
    known = isinstance(moment, datetime) and moment.tzinfo is not None
    return moment.astimezone(UTC) if known and moment is not None else None


def _places(event: Any) -> Iterator[str]:
    for name in ("LOCATION", "URL", "CONFERENCE"):
        yield from (str(one) for one in _listed(event.get(name)))
    for name in ("X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"):
        yield from (str(one) for one in _listed(event.get(name)))


def _attendee(value: Any) -> Attendee:
    declined = str(value.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return Attendee(str(value), declined)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int) else 0


def _digest(part: Part) -> str:
    content = b"\n".join(line.content for line in part.lines)
    return f"sha256:{digest(content.decode('latin-1'))}"
