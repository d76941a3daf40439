"""The reminders as a calendar feed, which opens with a token of its own."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection

from contracts.canonical import Json
from contracts.occurrence import day_of
from contracts.saying import Said
from services.foundation.access.grants import TooMany
from services.foundation.access.permission import too_many
from services.foundation.access.secrets import FEED
from services.foundation.answers import digest_of, encode, show
from services.foundation.describing.shared import refer
from services.foundation.problems import Problem, language_of
from services.projections.answers.calendar_text import Entry, calendar
from services.projections.answers.documentation import PROBLEMS
from services.projections.answers.listing import Listed, list_partners
from services.projections.answers.listing_pages import Filters
from services.projections.answers.question import Answering, Question, Unread, unread
from services.projections.answers.relationships import judge_of

if TYPE_CHECKING:
    from services.foundation.access import Access, Grant
    from services.projections.answers.names import Names

router: Final = APIRouter(tags=["today"], route_class=Answering)
ICALENDAR: Final = "text/calendar"
AHEAD: Final = timedelta(days=365)
DAY: Final = timedelta(days=1)
BEFORE_LAST: Final = date.max - DAY
MOST: Final = 500
WORDS: Final = {
    "en": ("Be in touch: %s", "Meeting: %s", "Alliance Ledger"),
    "ja": ("%s に連絡する", "%s と面談", "Alliance Ledger"),
}
EXAMPLE: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Alliance Ledger//EN\r\n"
    "BEGIN:VEVENT\r\n"
    "UID:contact-acme@ledger.example\r\nDTSTAMP:20260305T000000Z\r\n"
    "DTSTART;VALUE=DATE:20260305\r\nSUMMARY:Be in touch: Acme\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)
FEEDS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Whom to be in touch with by day, and meetings ahead",
        "content": {ICALENDAR: {"schema": {"type": "string"}, "example": EXAMPLE}},
        "headers": refer(("Cache-Control", "ETag")),
    }
}


async def of_feed(
    request: Request,
    token: Annotated[
        str, Query(max_length=200, description="Of a link made on the page `/calendar`")
    ],
) -> Unread:
    """What the token of a feed may ask: to read, and no more."""
    access: Access = request.app.state.access
    found = await access.grant(token, (FEED,))
    if isinstance(found, TooMany):
        raise too_many(found)
    if found is None or not found.allows("read"):
        raise Problem("unauthorized", Said("The link is unknown or works no more."))
    grant: Grant = replace(found, scopes=frozenset({"read"}))
    request.state.grant = grant
    return await unread(request, grant, "relationship", None, None, 0, 5.0)


@router.get(
    "/v1/next-contacts.ics", response_class=Response, responses=PROBLEMS | FEEDS
)
def get_next_contacts(
    request: Request, question: Annotated[Question, Depends(of_feed)]
) -> Response:
    """Whom to be in touch with in the next year, on the day when it is time.

    Whoever waits longer already, or was put off, is on today, or on the later day.
    """
    names: Names = request.app.state.names
    with request.app.state.pool.connection() as connection:
        found = _due(connection, question, names)
        items = [item for listed in found for item in _items(listed, question)]
    shown = json.loads(show(request, encode(items)))
    text = calendar_of(shown, str(request.base_url), language_of(request))
    tag = digest_of("\n".join(f"{i['uid']} {i['at']}" for i in items).encode())
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{tag}"'}
    return Response(text, headers=headers, media_type=ICALENDAR)


def _due(
    connection: Connection[Any], question: Question, names: "Names"
) -> Sequence[Listed]:
    judge, filters = judge_of(connection, question), Filters(sort="next_due")
    return list(
        islice(list_partners(connection, question, judge, filters, names), MOST)
    )


def _items(listed: Listed, question: Question) -> Iterator[dict[str, Json]]:
    """What a partner brings: meetings ahead, else a reminder."""
    partner, contacts = listed.partner, listed.sight.told.contacts
    zone, today = question.grant.zone, day_of(question.as_of, question.grant.zone)
    about = {"partner": partner, "name": listed.item["name"]}
    ahead = [m for m in contacts.meetings.values() if m.last >= question.as_of]
    for meeting in ahead:
        first = meeting.first
        held = first if _is_instant(meeting.on) else day_of(first, zone)
        at = held.isoformat()
        yield {"uid": meeting.event, "at": at, "is_meeting": True, **about}
    due = listed.item["next_due"]
    if due is None or ahead:
        return
    day = max(date.fromisoformat(str(due)), today)
    if contacts.snoozed_until is not None:
        until = day_of(contacts.snoozed_until, zone)
        day = max(day, min(until, BEFORE_LAST) + DAY) if until >= today else day
    if day - today <= AHEAD:
        at = day.isoformat()
        yield {"uid": f"contact-{partner}", "at": at, "is_meeting": False, **about}


def _is_instant(told: str) -> bool:
    return len(told) > len("2026-03-05")


def calendar_of(items: Sequence[Json], base: str, language: str) -> str:
    """The items as a calendar in a language; links lead to the pages."""
    touch, meeting, title = WORDS["ja" if language == "ja" else "en"]
    entries = [
        Entry(
            f"{item['uid']}@alliance-ledger",
            _at(item["at"]),
            (meeting if item["is_meeting"] else touch) % item["name"],
            f"{base}partners/{item['partner']}",
        )
        for item in items
    ]
    return calendar(title, entries, datetime.now(UTC))


def _at(told: str) -> date | datetime:
    if _is_instant(told):
        return datetime.fromisoformat(told)
    return date.fromisoformat(told)
