"""Staying in touch: contact days, cadence, meetings ahead, reminders put off."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from contracts.events import (
    CadenceSet,
    ContactMade,
    MeetingCancelled,
    MeetingScheduled,
    ReminderSnoozed,
)
from contracts.occurrence import interval
from services.projections.relationship.fold.moment import Evidence, Moment
from services.projections.relationship.fold.policy import Policy


@dataclass(frozen=True, slots=True)
class Contact:
    """A day in touch."""

    day: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting ahead; `first` to `last` is the interval of `on`."""

    on: str
    first: datetime
    last: datetime
    channel: str
    event: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often the two want to be in touch."""

    target_days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is known of staying in touch, over all episodes.

    `held_until` is when the last meeting that was ahead took place.
    """

    days: int = 0
    first: Contact | None = None
    last: Contact | None = None
    cadence: Cadence | None = None
    snoozed_until: datetime | None = None
    held_until: datetime | None = None
    meetings: Mapping[str, Meeting] = field(default_factory=dict)
    reactivated: Contact | None = None


def cadence_of(contacts: Contacts, policy: Policy) -> Cadence:
    """The cadence agreed with the partner, else the policy's."""
    default = Cadence(policy.cadence_target_days, policy.cadence_max_days)
    return contacts.cadence or default


def dormant_after(contacts: Contacts, policy: Policy) -> int:
    """The days of silence after which a relationship is dormant."""
    return max(2 * cadence_of(contacts, policy).max_days, policy.dormant_days)


def is_put_off(contacts: Contacts, as_of: datetime) -> bool:
    """Whether a meeting is scheduled ahead, or the reminder snoozed."""
    ahead = any(meeting.last >= as_of for meeting in contacts.meetings.values())
    snoozed = contacts.snoozed_until
    return ahead or (snoozed is not None and as_of <= snoozed)


def in_touch(contacts: Contacts, moment: Moment, *, over: bool) -> Contacts:
    """The contacts after a fact; `over`: the relationship had ended before it."""
    if contacts.meetings:
        contacts = _without_past(contacts, moment.at)
    match moment.data:
        case ContactMade():
            return _contact(contacts, moment, over=over)
        case CadenceSet(target_days=target, max_days=most):
            return replace(contacts, cadence=Cadence(target, most))
        case ReminderSnoozed(until=until):
            last = interval(until, moment.setting.zone).last
            return replace(contacts, snoozed_until=last)
        case MeetingScheduled() as data:
            return _scheduled(contacts, moment, data)
        case MeetingCancelled(meeting=reference):
            gone = moment.key("meeting", reference)
            kept = {k: m for k, m in contacts.meetings.items() if k != gone}
            return replace(contacts, meetings=kept)
        case _:
            return contacts


def _contact(contacts: Contacts, moment: Moment, *, over: bool) -> Contacts:
    last, new = contacts.last, Contact(moment.day, moment.evidence)
    if last is None:
        return replace(contacts, days=1, first=new, last=new)
    silence = (new.day - last.day).days
    if silence == 0:
        return contacts
    slept = not over and silence > dormant_after(contacts, moment.setting.policy)
    return replace(
        contacts,
        days=contacts.days + 1,
        last=new,
        reactivated=new if slept else contacts.reactivated,
    )


def _scheduled(contacts: Contacts, moment: Moment, data: MeetingScheduled) -> Contacts:
    span = interval(data.on, moment.setting.zone)
    if span.last < moment.at:
        return contacts
    event = moment.fact.event.id
    meeting = Meeting(data.on, span.first, span.last, data.channel, event)
    meetings = {**contacts.meetings, moment.own_key(): meeting}
    return replace(contacts, meetings=meetings)


def _without_past(contacts: Contacts, at: datetime) -> Contacts:
    past = [m.last for m in contacts.meetings.values() if m.last < at]
    if not past:
        return contacts
    ahead = {k: m for k, m in contacts.meetings.items() if m.last >= at}
    held = max([*past, *([contacts.held_until] if contacts.held_until else [])])
    return replace(contacts, meetings=ahead, held_until=held)
