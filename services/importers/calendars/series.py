"""When a meeting takes place: once, or again and again within bounds."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from dateutil.rrule import rrulestr

from contracts.occurrence import LATEST
from services.importers.calendars.entries import Meeting, Moment
from services.importers.refusals import RowRefused

MOST_STEPS: Final = 50_000
MOST_KEPT: Final = 2_000
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
UNDERSTOOD: Final = frozenset(
    {"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS", "BYHOUR"}
    | {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH"}
)
CALENDAR_CYCLE: Final = 400
ALL_AROUND_THE_WORLD: Final = timedelta(hours=12)
LAST_YEAR: Final = 9998
END_OF_TIME: Final = datetime.combine(date.max, time.max)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a meeting takes place; its id is that of RECURRENCE-ID."""

    id: str
    start: Moment
    end: Moment


def occurrences(meeting: Meeting, horizon: datetime) -> list[Occurrence]:
    """Every time up to the horizon, the latest 2,000 of them, in order.

    RowRefused when it repeats in a way that has no end, or more often than daily.
    """
    if meeting.recurrence is not None:
        return [_occurrence(meeting, meeting.start, moment_id(meeting.recurrence))]
    if not (meeting.rule or meeting.extra):
        return [_occurrence(meeting, meeting.start, moment_id(meeting.start))]
    times = (*_repeated(meeting, horizon), *meeting.extra)
    starts = {moment_id(one): one for one in times}
    for gone in meeting.without:
        starts.pop(moment_id(gone), None)
        if not isinstance(gone, datetime):
            starts = {k: one for k, one in starts.items() if _day(one) != gone}
    return [
        _occurrence(meeting, start, id_)
        for id_, start in sorted(starts.items())[-MOST_KEPT:]
        if instant(start) <= horizon
    ]


def instant(moment: Moment) -> datetime:
    """An instant by which the moment has come everywhere on earth."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return _utc(moment)
    local = _naive(moment).replace(tzinfo=UTC)
    return min(local, LATEST - ALL_AROUND_THE_WORLD) + ALL_AROUND_THE_WORLD


def moment_id(moment: Moment) -> str:
    """A moment as RECURRENCE-ID writes it, instants in UTC; in order of time."""
    if not isinstance(moment, datetime):
        return moment.strftime("%Y%m%d")
    if moment.tzinfo is None:
        return moment.strftime("%Y%m%dT%H%M%S")
    return _utc(moment).strftime("%Y%m%dT%H%M%SZ")


def _occurrence(meeting: Meeting, start: Moment, id_: str) -> Occurrence:
    length = _naive(meeting.end) - _naive(meeting.start)
    zones = (getattr(one, "tzinfo", None) for one in (meeting.start, meeting.end))
    if isinstance(meeting.start, datetime) and all(zones):
        length = instant(meeting.end) - instant(meeting.start)
    if start == meeting.start:
        return Occurrence(id_, start, meeting.end)
    return Occurrence(id_, start, _later(start, length))


def _repeated(meeting: Meeting, horizon: datetime) -> Iterator[Moment]:
    """The times that the rule gives, the latest of them, and the first."""
    yield meeting.start
    if not meeting.rule:
        return
    rule = _checked(meeting.rule)
    last = min(_local(horizon, meeting.start), _until(rule, meeting.start))
    kept: deque[datetime] = deque(maxlen=MOST_KEPT)
    for step, moment in enumerate(_moments(rule, _naive(meeting.start), last)):
        if step == MOST_STEPS:
            reason = f"it repeats more than {MOST_STEPS} times"
            raise RowRefused("endless series", reason)
        kept.append(moment)
    for moment in kept:
        yield _like(moment, meeting.start)


def _moments(
    rule: dict[str, str], start: datetime, last: datetime
) -> Iterator[datetime]:
    """The rule is followed at the end of time.

    dateutil seeks a match up to the year 9999, however long that takes for a rule
    that has none. Days and weekdays come again every 400 years.
    """
    if last < start:
        return
    years = CALENDAR_CYCLE * ((LAST_YEAR - last.year) // CALENDAR_CYCLE)
    parts = (f"{k}={v}" for k, v in rule.items() if k != "UNTIL")
    shifted = start.replace(year=start.year + years)
    end = last.replace(year=last.year + years)
    try:
        for moment in rrulestr(";".join(parts), dtstart=shifted):
            if moment > end:
                return
            yield moment.replace(year=moment.year - years)
    except (ValueError, TypeError, LookupError, ArithmeticError) as wrong:
        raise RowRefused("unreadable rule", str(wrong)[:300]) from wrong


def _checked(text: str) -> dict[str, str]:
    rule = dict(part.upper().partition("=")[::2] for part in text.split(";"))
    if rule.get("FREQ") not in FREQUENCIES or not rule.keys() <= UNDERSTOOD:
        raise RowRefused("unreadable rule", f"{text[:200]} is not understood")
    if not rule.get("INTERVAL", "1").isdecimal() or int(rule.get("INTERVAL", "1")) < 1:
        raise RowRefused("endless series", "its INTERVAL is no positive number")
    return rule


def _until(rule: dict[str, str], start: Moment) -> datetime:
    text = rule.get("UNTIL", "")
    if not text:
        return END_OF_TIME
    try:
        if len(text) == len("20260305"):
            day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
            return datetime.combine(day, time.max)
        moment = datetime.strptime(text.removesuffix("Z") + "Z", "%Y%m%dT%H%M%S%z")
    except ValueError as wrong:
        raise RowRefused("unreadable rule", f"UNTIL={text[:40]}") from wrong
    return _local(moment, start) if text[-1] == "Z" else moment.replace(tzinfo=None)


def _local(moment: datetime, start: Moment) -> datetime:
    """An instant on the clock of a start, which may be of no known zone."""
    zone: tzinfo | None = getattr(start, "tzinfo", None)
    return moment.astimezone(zone or UTC).replace(tzinfo=None)


def _naive(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time.min)


def _like(moment: datetime, start: Moment) -> Moment:
    if not isinstance(start, datetime):
        return moment.date()
    return moment.replace(tzinfo=start.tzinfo)


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _later(moment: Moment, by: timedelta) -> Moment:
    try:
        return moment + by
    except OverflowError:
        return moment


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
