"""Dates that count from the day on which the story is told."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

RELATIVE: Final = re.compile(
    r"(?:(?P<span>month|year) of )?today(?P<days>[+-]\d+)(?: (?P<time>\d\d:\d\d))?"
)
_WIDTH: Final = {"year": 4, "month": 7}


def days_from_today(text: str) -> int:
    """How many days after today `today-1660 10:20` is; negative: before."""
    return int(_parsed(text)["days"])


def resolved_date(text: str, today: date, zone: tzinfo) -> str:
    """The date or instant that a relative one means, as the ledger reads it.

    `today-3` is a day, `month of today-90` a month, `year of today-4400` a year, and
    `today-3 10:20` an instant of the zone.
    """
    parts = _parsed(text)
    day = today + timedelta(days=int(parts["days"]))
    if parts["time"] is not None:
        at = time.fromisoformat(parts["time"])
        return datetime.combine(day, at, zone).isoformat()
    return day.isoformat()[: _WIDTH.get(parts["span"])]


def _parsed(text: str) -> re.Match[str]:
    found = RELATIVE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found
