"""Staying in touch: contact days, cadence, meetings ahead, reminders put off."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

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


@dataclass(slots=True)
class Contacts:
    """What is known of staying in touch, over all episodes; it grows as facts do.

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

    def copy(self) -> "Contacts":
        """Contacts that grow by themselves."""
        return replace(self)


def cadence_of(contacts: Contacts, policy: Policy) -> Cadence:
    """The cadence agreed with the partner, else the policy's."""
    if contacts.cadence is not None:
        return contacts.cadence
    return Cadence(policy.cadence_target_days, policy.cadence_max_days)


def dormant_after(contacts: Contacts, policy: Policy) -> int:
    """The days of silence after which a relationship is dormant."""
    return max(2 * cadence_of(contacts, policy).max_days, policy.dormant_days)


def is_put_off(contacts: Contacts, as_of: datetime) -> bool:
    """Whether a meeting is scheduled ahead, or the reminder snoozed."""
    ahead = any(meeting.last >= as_of for meeting in contacts.meetings.values())
    snoozed = contacts.snoozed_until
    return ahead or (snoozed is not None and as_of <= snoozed)


def in_touch(contacts: Contacts, moment: Moment, *, over: bool) -> None:
    """Let contacts grow by a fact; `over`: the relationship had ended before it."""
    if contacts.meetings:
        _leave_past(contacts, moment.at)
    match moment.data:
        case ContactMade():
            _contact(contacts, moment, over=over)
        case CadenceSet(target_days=target, max_days=most):
            contacts.cadence = Cadence(target, most)
        case ReminderSnoozed(until=until):
            last = interval(until, moment.setting.zone).last
            contacts.snoozed_until = last
        case MeetingScheduled() as data:
            _schedule(contacts, moment, data)
        case MeetingCancelled(meeting=reference):
            gone = moment.key("meeting", reference)
            kept = {k: m for k, m in contacts.meetings.items() if k != gone}
            contacts.meetings = kept
        case _:
            pass


IN_TOUCH: Final = frozenset(
    {ContactMade, CadenceSet, ReminderSnoozed, MeetingScheduled, MeetingCancelled}
)
"""The facts that contacts grow by."""


def _contact(contacts: Contacts, moment: Moment, *, over: bool) -> None:
    last, new = contacts.last, Contact(moment.day, moment.evidence)
    if last is None:
        contacts.days, contacts.first, contacts.last = 1, new, new
        return
    silence = (new.day - last.day).days
    if silence == 0:
        return
    slept = not over and silence > dormant_after(contacts, moment.setting.policy)
    contacts.days += 1
    contacts.last = new
    if slept:
        contacts.reactivated = new


def _schedule(contacts: Contacts, moment: Moment, data: MeetingScheduled) -> None:
    span = interval(data.on, moment.setting.zone)
    if span.last < moment.at:
        return
    event = moment.fact.event.id
    meeting = Meeting(data.on, span.first, span.last, data.channel, event)
    contacts.meetings = {**contacts.meetings, moment.own_key(): meeting}


def _leave_past(contacts: Contacts, at: datetime) -> None:
    past = [m.last for m in contacts.meetings.values() if m.last < at]
    if not past:
        return
    ahead = {k: m for k, m in contacts.meetings.items() if m.last >= at}
    held = max([*past, *([contacts.held_until] if contacts.held_until else [])])
    contacts.meetings, contacts.held_until = ahead, held
