"""Facts about staying in touch."""

from typing import Annotated

from pydantic import Field

from contracts.events.base import (
    Channel,
    Days,
    EventData,
    Identifier,
    Introduces,
    Names,
    PersonalText,
    Persons,
    Reference,
    Side,
    Text,
)
from contracts.occurrence import DateText


class ContactAttempted(EventData):
    """One side tried to reach the other."""

    by: Side
    channel: Channel


class ContactMade(EventData):
    """The two sides were in touch; `by` says who began it."""

    by: Side
    channel: Channel
    persons: Persons | None = None
    minutes: Annotated[int, Field(ge=0, le=525_600)] | None = None
    topic: Text | None = None
    note: PersonalText | None = None


class MeetingScheduled(EventData):
    """A meeting is planned; it may lie in the future."""

    meeting: Annotated[Identifier, Introduces("meeting")] | None = None
    on: DateText
    channel: Channel
    persons: Persons | None = None


class MeetingCancelled(EventData):
    """A planned meeting will not take place."""

    meeting: Annotated[Reference, Names("meeting")]


class CadenceSet(EventData):
    """How often the two want to be in touch, in days."""

    target_days: Days
    max_days: Days


class ReminderSnoozed(EventData):
    """No reminder to get in touch until a date is over."""

    until: DateText
