"""A calendar of whole days and meetings as iCalendar text (RFC 5545). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.occurrence import LATEST

OCTETS: Final = 75
"""How long a line may be before it goes on in the next."""
HOUR: Final = timedelta(hours=1)
LAST_HOUR: Final = LATEST - HOUR
ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a day, or at an instant for an hour."""

    uid: str
    at: date | datetime
    summary: str
    url: str


def calendar(name: str, entries: Iterable[Entry], made_at: datetime) -> str:
    """The calendar as text; readers ask again every six hours."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alliance Ledger//Reminders//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{name.translate(ESCAPES)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += _event(entry, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(entry: Entry, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_instant(made_at)}"
    if isinstance(entry.at, datetime):
        yield f"DTSTART:{_instant(entry.at)}"
        yield f"DTEND:{_instant(min(entry.at, LAST_HOUR) + HOUR)}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{entry.summary.translate(ESCAPES)}"
    yield f"URL:{entry.url}"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def folded(line: str) -> Iterator[str]:
    """A line in pieces that are short enough; no letter is split."""
    piece, size = "", 0
    for letter in line:
        wide = len(letter.encode())
        if size + wide > OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + wide
    yield piece
