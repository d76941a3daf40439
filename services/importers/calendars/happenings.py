"""From meetings to events: contacts that were, and meetings that will be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from contracts.events.base import TEXT_AT_MOST
from services.importers.calendars.channels import channel_of
from services.importers.calendars.entries import Meeting, Moment
from services.importers.calendars.series import Occurrence, instant, moment_id
from services.importers.desk import Desk, digest, ref_of
from services.importers.outcomes import EventLine, LeftOut
from services.importers.parties import Parties, parties

SYSTEM: Final = "icalendar"
MINUTES_AT_MOST: Final = 525_600
NO_PARTNER: Final = "nobody of a known partner"
PLANNED: Final = "#planned"
CANCELLED: Final = "#cancelled"


@dataclass(frozen=True, slots=True)
class Happening:
    """A meeting and its times; the first of its series goes by the UID alone."""

    meeting: Meeting
    times: tuple[Occurrence, ...]
    first: str

    def ref(self, id_: str) -> str:
        """What names one time of the meeting for ever, whatever moves."""
        uid = self.meeting.uid
        return ref_of(uid if id_ == self.first else f"{uid}/{id_}")


def events(desk: Desk, happening: Happening) -> Iterator[EventLine]:
    """The events of every time of a meeting; LeftOut when there are none."""
    meeting = happening.meeting
    if meeting.private:
        raise LeftOut("marked as private")
    if meeting.status == "TENTATIVE":
        raise LeftOut("tentative")
    if meeting.status == "CANCELLED":
        yield from _all_cancelled(desk, happening)
        return
    present = _present(desk, meeting)
    for time in happening.times:
        for partner in sorted(present.partners):
            yield from _taken_place(desk, happening, time, partner, present)
    gone = [moment_id(one) for one in meeting.without]
    yield from _cancelled(desk, happening, gone)


def _present(desk: Desk, meeting: Meeting) -> Parties:
    """Who was or will be there; LeftOut unless it is a partner, with us."""
    coming = [one.address for one in meeting.attendees if not one.declined]
    organizer = [meeting.organizer] if meeting.organizer else []
    if not (coming or organizer):
        raise LeftOut("no attendees")
    found = parties(desk, [*organizer, *coming])
    if not found.partners:
        raise LeftOut("set aside by the map" if found.set_aside else NO_PARTNER)
    refusing = [one.address for one in meeting.attendees if one.declined]
    if not found.we and any(map(desk.book.is_ours, refusing)):
        raise LeftOut("declined by us")
    return found


def _taken_place(
    desk: Desk, happening: Happening, time: Occurrence, partner: str, present: Parties
) -> Iterator[EventLine]:
    meeting = happening.meeting
    base = happening.ref(time.id)
    data: dict[str, JsonValue] = {
        "channel": channel_of(meeting.places, desk.sections.calendar.channel)
    }
    if persons := present.persons(partner):
        data["persons"] = persons
    if instant(time.end) <= desk.now:
        data |= {"by": _by(desk, meeting, partner), **_details(desk, meeting, time)}
        when = _written(time.start)
        yield from desk.partners.introduced(partner, SYSTEM, when)
        yield _line(desk, "ContactMade", base, partner, data) | {"occurred_at": when}
        return
    data |= {"meeting": _meeting_id(base), "on": _written(time.start)}
    yield from desk.partners.introduced(partner, SYSTEM)
    line = _line(desk, "MeetingScheduled", base + PLANNED, partner, data)
    if meeting.created is not None and meeting.created <= desk.now:
        line["occurred_at"] = _written(meeting.created)
    yield line


def _all_cancelled(desk: Desk, happening: Happening) -> Iterator[EventLine]:
    """What was recorded as held is for a person to judge, who can retract it."""
    ids = [one.id for one in happening.times]
    lines = list(_cancelled(desk, happening, ids))
    held = [id_ for id_ in ids if desk.knowledge.told(SYSTEM, happening.ref(id_))]
    if held and not lines:
        raise LeftOut("cancelled after it was recorded as held", ", ".join(held[:3]))
    yield from lines


def _cancelled(desk: Desk, happening: Happening, ids: list[str]) -> Iterator[EventLine]:
    """Cancels what was planned, unless it was recorded as held."""
    for base in map(happening.ref, ids):
        if desk.knowledge.told(SYSTEM, base):
            continue
        for before in desk.knowledge.told(SYSTEM, base + PLANNED):
            partner = desk.knowledge.survivor(before.partner)
            merged = "" if partner == before.partner else f"{before.partner}/"
            data: dict[str, JsonValue] = {"meeting": merged + _meeting_id(base)}
            yield _line(desk, "MeetingCancelled", base + CANCELLED, partner, data)


def _line(
    desk: Desk, kind: str, base: str, partner: str, data: dict[str, JsonValue]
) -> EventLine:
    ref = desk.knowledge.ref(SYSTEM, base, partner)
    source: dict[str, JsonValue] = {"system": SYSTEM, "ref": ref}
    return {"type": kind, "partner": partner, "data": data, "source": source}


def _by(desk: Desk, meeting: Meeting, partner: str) -> str:
    """The partner when it invited; where somebody else did, we came of ourselves."""
    whose = desk.book.whose(meeting.organizer) if meeting.organizer else None
    return "partner" if whose is not None and whose.partner == partner else "us"


def _details(desk: Desk, meeting: Meeting, time: Occurrence) -> dict[str, JsonValue]:
    details: dict[str, JsonValue] = {}
    if isinstance(time.start, datetime):
        minutes = int((instant(time.end) - instant(time.start)).total_seconds() // 60)
        if 0 < minutes <= MINUTES_AT_MOST:
            details["minutes"] = minutes
    if desk.sections.calendar.keep_summary and meeting.summary:
        details["note"] = meeting.summary[:TEXT_AT_MOST]
    return details


def _written(moment: Moment) -> str:
    """As precisely as the entry tells: a time of no known zone is a day."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return moment.isoformat()[: len("2026-03-05")]
    offset = moment.utcoffset()
    odd = offset is None or offset.total_seconds() % 60
    return (moment.astimezone(UTC) if odd else moment).isoformat(timespec="seconds")


def _meeting_id(base: str) -> str:
    return f"m-{digest(base)[:16]}"
