"""The pages of every day: Today, partners, and the small forms on them."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.foundation.access import Grant, may_read, may_record
from services.foundation.answers import unpack_next
from services.projections.pages.asking import Asking, Json
from services.projections.pages.finding import our_people
from services.projections.pages.forms import Form, form_of
from services.projections.pages.showing import show
from services.projections.pages.words import Words, language_for

router: Final = APIRouter(include_in_schema=False)
STAGES: Final = (
    "identified",
    "acquainted",
    "exploring",
    "helping",
    "reciprocal",
    "ready",
    "allied",
    "compounding",
    "ended",
)
FLAGS: Final = (
    "cooling",
    "dormant",
    "one_sided",
    "strained",
    "unearned",
    "silent_partner_in_alliance",
    "premature_proposal",
    "reactivated",
)
SUGGESTED: Final = {
    "call": "ContactMade",
    "thank": "ContactMade",
    "ask_goals": "GoalAsked",
    "share_goal": "GoalShared",
    "offer_help": "HelpOffered",
    "accept_help": "HelpRequested",
    "state_principle": "PrincipleStated",
    "ask_principle": "PrincipleStated",
}
"""What the record form opens with for an act that is suggested."""
A_PAGE: Final = 50
WEEK: Final = 7
LONG: Final = 4
"""From how many digits on nobody puts a reminder off by so many days."""
SEE_OTHER: Final = 303
Reader = Annotated[Grant, Depends(may_read)]
Text = Annotated[str, Query(max_length=4000)]


def words_of(request: Request, grant: Grant) -> Words:
    """How a page speaks to whoever asked."""
    return Words(language_for(request), grant.zone)


@router.get("/")
async def today(
    request: Request, grant: Reader, owner: Text = "", as_of: Text = ""
) -> Response:
    """What to do today."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    told, people = await asyncio.gather(
        asking.get("/v1/today", owner=owner, as_of=as_of), our_people(asking)
    )
    names = {
        item["partner"]: words.called(item)
        for part in ("contact", "promised", "offers", "thanks", "meetings")
        for item in told[part]
    }
    return show(
        request,
        "today.html",
        words,
        today=told,
        names=names,
        people=people,
        types=SUGGESTED,
    )


@router.get("/partners")
async def partners(
    request: Request,
    grant: Reader,
    q: Text = "",
    stage: Text = "",
    flag: Text = "",
    owner: Text = "",
    sort: Text = "name",
    as_of: Text = "",
    cursor: Text = "",
) -> Response:
    """All partners, filtered and in an order."""
    words = words_of(request, grant)
    asked = {
        "q": q,
        "stage": stage,
        "flag": flag,
        "owner": owner,
        "sort": sort,
        "as_of": as_of,
        "cursor": cursor,
        "limit": A_PAGE,
    }
    asking = Asking(request, words.language)
    told, people = await asyncio.gather(
        asking.tell("/v1/partners", **asked), our_people(asking)
    )
    following = told.headers.get("Link")
    return show(
        request,
        "partners.html",
        words,
        partners=told.body["items"],
        more=unpack_next(following, "/partners") if following else None,
        stages=STAGES,
        flags=FLAGS,
        people=people,
    )


Recorder = Annotated[Grant, Depends(may_record)]
Sent = Annotated[Form, Depends(form_of)]


@router.post("/partners/{partner}/snooze")
async def snooze(partner: str, form: Sent) -> Response:
    """Put a reminder off by some days."""
    told = form.get("days")
    days = int(told) if told.isdecimal() and len(told) < LONG else WEEK
    until = datetime.now(form.grant.zone).date() + timedelta(days=days)
    event = _event("ReminderSnoozed", partner, until=_told(until))
    await form.asking.record(event)
    return back_to("/")


def _event(kind: str, partner: str, **data: Any) -> Json:
    return {"type": kind, "partner": partner, "data": data}


def _told(day: date) -> str:
    return day.isoformat()


def back_to(path: str) -> Response:
    """See another page, after a form was sent."""
    return RedirectResponse(path, SEE_OTHER)
