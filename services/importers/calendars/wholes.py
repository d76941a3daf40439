"""The calendars of iCalendar files, parted into entries that are not read yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from services.importers.content_lines import Part, parts

OF_ENTRIES: Final = (
    *("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"),
    *("RECURRENCE-ID", "STATUS", "SEQUENCE", "DTSTAMP", "CREATED", "CLASS"),
    *("SUMMARY", "LOCATION", "URL", "CONFERENCE", "X-GOOGLE-CONFERENCE"),
    *("X-MICROSOFT-SKYPETEAMSMEETINGURL", "ORGANIZER", "ATTENDEE"),
)
OF_ZONES: Final = ("TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
OF_CALENDARS: Final = ("METHOD", "X-WR-TIMEZONE")


@dataclass(slots=True)
class Whole:
    """A calendar of a file: its entries, its zones, and what holds for all of it."""

    entries: list[Part] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    method: str = ""
    zone: str = ""


def calendars(file: BinaryIO, encoding: str) -> Iterator[Whole]:
    """The calendars of a file, their entries not read yet."""
    whole, halves = Whole(), [""]
    for part in parts(file, (*OF_ENTRIES, *OF_ZONES, *OF_CALENDARS)):
        match part.name:
            case "VEVENT":
                whole.entries.append(part)
            case "STANDARD" | "DAYLIGHT":
                halves.append(part_text(part, encoding))
            case "VTIMEZONE":
                name = _first(part, "TZID", encoding)
                whole.zones[name] = _zone(name, halves)
                halves = [""]
            case "VCALENDAR":
                whole.method = _first(part, "METHOD", encoding).upper()
                whole.zone = _first(part, "X-WR-TIMEZONE", encoding)
                yield whole
                whole, halves = Whole(), [""]
            case _:
                pass
    if whole.entries:
        yield whole


def _first(part: Part, name: str, encoding: str) -> str:
    found = (line for line in part.lines if line.name == name)
    texts = (line.content.decode(encoding, "replace") for line in found)
    return next((text.partition(":")[2].strip() for text in texts), "")


def _zone(name: str, halves: list[str]) -> str:
    """The definition of a zone; one that changes oftener than yearly is no zone."""
    rules = [line for half in halves for line in half.split("\r\n") if "RRULE" in line]
    if any("FREQ=YEARLY" not in rule.upper() for rule in rules):
        return ""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", *filter(None, halves), "END:VTIMEZONE"]
    return "\r\n".join(lines)


def part_text(part: Part, encoding: str, errors: str = "replace") -> str:
    """A part as it stands in its file; UnicodeDecodeError when it may be strict."""
    lines = [line.content.decode(encoding, errors) for line in part.lines]
    return "\r\n".join([f"BEGIN:{part.name}", *lines, f"END:{part.name}"])
