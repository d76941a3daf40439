"""From calendar files to outcomes, one for each entry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from services.importers.calendars.entries import Meeting, forget_zones, read_meeting
from services.importers.calendars.happenings import Happening, events
from services.importers.calendars.series import Occurrence, moment_id, occurrences
from services.importers.calendars.wholes import Whole, calendars
from services.importers.content_lines import Part
from services.importers.desk import Desk
from services.importers.files import Progress, opened
from services.importers.outcomes import EventLine, LeftOut, Outcome, Refused, Spot
from services.importers.refusals import FileUnusable, RowRefused

OTHER_VERSION: Final = "another version of the same entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that was read, and where it stands."""

    spot: Spot
    meeting: Meeting

    @property
    def recurrence(self) -> str:
        """Which time of its series the entry changes; empty for the whole."""
        changes = self.meeting.recurrence
        return "" if changes is None else moment_id(changes)


Versions = Mapping[str, Mapping[str, Entry]]
"""The latest version of each entry, by UID and RECURRENCE-ID."""


def outcomes(
    desk: Desk, path: Path, on_progress: Progress | None = None
) -> Iterator[Outcome]:
    """What becomes of each entry of a file: of the unreadable ones first."""
    entries: list[Entry] = []
    for read in _entries(desk, path, on_progress):
        if isinstance(read, Entry):
            entries.append(read)
        else:
            yield read
    latest = _latest(entries)
    for entry in entries:
        yield _outcome(desk, entry, latest[entry.meeting.uid])


def _entries(
    desk: Desk, path: Path, on_progress: Progress | None
) -> Iterator[Entry | Refused]:
    encoding = desk.sections.calendar.encoding
    found = False
    forget_zones()
    with opened(path, on_progress) as file:
        for whole in calendars(file, encoding):
            for part in whole.entries:
                found = True
                yield _read(path.name, part, whole, encoding)
    if not found:
        raise FileUnusable(f"{path.name} holds no calendar entry (VEVENT)")


def _read(file: str, part: Part, whole: Whole, encoding: str) -> Entry | Refused:
    spot = Spot(file, part.number)
    try:
        return Entry(spot, read_meeting(part, whole, encoding))
    except RowRefused as refused:
        return Refused(spot, refused.rule, refused.reason)


def _latest(entries: list[Entry]) -> Versions:
    latest: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        versions = latest.setdefault(entry.meeting.uid, {})
        before = versions.get(entry.recurrence)
        if before is None or entry.meeting.version >= before.meeting.version:
            versions[entry.recurrence] = entry
    return latest


def _outcome(desk: Desk, entry: Entry, versions: Mapping[str, Entry]) -> Outcome:
    def make() -> list[EventLine]:
        if versions[entry.recurrence] is not entry:
            raise LeftOut(OTHER_VERSION)
        return list(events(desk, _happening(desk, entry, versions)))

    return desk.outcome(entry.spot, make)


def _happening(desk: Desk, entry: Entry, versions: Mapping[str, Entry]) -> Happening:
    """An entry with its times, without those that other entries tell of."""
    horizon = desk.now + timedelta(days=desk.sections.calendar.ahead_days)
    times: list[Occurrence] = occurrences(entry.meeting, horizon)
    if not entry.recurrence:
        times = [one for one in times if one.id not in versions]
    whole = versions.get("")
    first = moment_id(whole.meeting.start) if whole is not None else ""
    return Happening(entry.meeting, tuple(times), first)
