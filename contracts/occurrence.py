"""When something happened, as precisely as known, and the interval that it denotes.

Intervals are inclusive at both ends, to the microsecond: a day in Tokyo runs from
15:00:00.000000Z to 14:59:59.999999Z. What lies outside the years that can be computed
with is moved to the nearest end of them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from contracts.saying import Said

EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
LATEST: Final = datetime.max.replace(tzinfo=UTC)
NO_DATE: Final = Said(
    "must be YYYY, YYYY-MM, YYYY-MM-DD or an RFC 3339 instant with offset"
)
NO_DAY: Final = Said("is a day that no calendar has")
TICK: Final = timedelta(microseconds=1)

DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
INSTANT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_PARTS: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_INSTANT: Final = re.compile(INSTANT)
_FRACTION: Final = re.compile(r"\.([0-9]+)")


@dataclass(frozen=True, slots=True)
class Interval:
    """From the first to the last instant, both included, in UTC."""

    first: datetime
    last: datetime


@lru_cache(maxsize=4096)  # the same days come again and again
def interval(text: str, zone: tzinfo) -> Interval:
    """The interval that a date or instant denotes in a zone; ValueError if none."""
    if len(text) > len("2014-03-05"):
        instant = parse_instant(text)
        return Interval(instant, instant)
    first, following = _days(text)
    start = _midnight(first, zone)
    if following is None:
        return Interval(start, _to_utc(datetime.max.replace(tzinfo=zone)))
    return Interval(start, max(start, _midnight(following, zone) - TICK))


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant with offset, in UTC, cut to microseconds."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(NO_DATE)
    six_digits = _FRACTION.sub(lambda m: "." + m[1][:6].ljust(6, "0"), text.upper())
    try:
        return _to_utc(datetime.fromisoformat(six_digits))
    except ValueError:
        raise ValueError(NO_DAY) from None


def day_of(instant: datetime, zone: tzinfo) -> date:
    """The day of a zone on which an instant falls."""
    return local(instant, zone).date()


def local(instant: datetime, zone: tzinfo) -> datetime:
    """An instant in a zone; at the ends of time it stays as it is."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def format_instant(instant: datetime) -> str:
    """An instant as the ledger writes it: UTC, always six digits, `Z`."""
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def _days(text: str) -> tuple[date, date | None]:
    """The first day that a coarse date denotes and the day after its last."""
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError(NO_DATE)
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        first = date(year, month, day)
    except ValueError:
        raise ValueError(NO_DAY) from None
    if match[2] is None:
        return first, _or_none(first.year + 1, 1)
    if match[3] is None:
        return first, _or_none(first.year + month // 12, month % 12 + 1)
    return first, None if first == date.max else first + timedelta(days=1)


def _or_none(year: int, month: int) -> date | None:
    return date(year, month, 1) if year <= date.max.year else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return _to_utc(datetime(day.year, day.month, day.day, tzinfo=zone))


def _to_utc(local: datetime) -> datetime:
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return EARLIEST if local.year == 1 else LATEST


def _is_date(text: str) -> str:
    interval(text, UTC)
    return text


DateText = Annotated[
    str, StringConstraints(pattern=f"^({DATE}|{INSTANT})$"), AfterValidator(_is_date)
]
