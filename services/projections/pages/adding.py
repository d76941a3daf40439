"""Adding a partner, and the link of the calendar of reminders."""

from typing import TYPE_CHECKING, Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from services.foundation.problems import Problem
from services.projections.pages.forms import Form, form_of, own_form
from services.projections.pages.routes import Reader, Recorder, back_to, words_of
from services.projections.pages.showing import show

if TYPE_CHECKING:
    from services.foundation.access.sessions import Sessions

router: Final = APIRouter(include_in_schema=False)
KINDS: Final = ("company", "nonprofit", "government", "group", "person", "other")
FEED: Final = "/v1/next-contacts.ics"
Sent = Annotated[Form, Depends(form_of)]
Read = Annotated[Form, Depends(own_form)]


@router.get("/new")
async def new_form(request: Request, grant: Recorder) -> Response:
    """The form for a partner that is not known yet."""
    words = words_of(request, grant)
    return show(request, "new.html", words, tie=str(uuid4()), problem=None)


@router.post("/new")
async def add(request: Request, form: Sent) -> Response:
    """Get to know a partner."""
    told = {"name": form.get("name"), "how": form.get("how")}
    kind = form.get("kind")
    data = told | {"kind": kind if kind in KINDS else ""}
    data = {name: value for name, value in data.items() if value}
    tie = form.get("tie")
    event = {"type": "PartnerIdentified", "correlation": tie, "data": data}
    try:
        recorded = await form.asking.record(event, tie)
    except Problem as problem:
        if problem.status not in {409, 422}:
            raise
        words = words_of(request, form.grant)
        again = {"tie": str(uuid4()), "problem": problem.body(words.language)}
        return show(request, "new.html", words, 422, **again)
    return back_to(f"/partners/{recorded.body['partner']}")


@router.get("/calendar")
async def calendar(request: Request, grant: Reader) -> Response:
    """How to have the reminders in a calendar."""
    words = words_of(request, grant)
    return show(request, "calendar.html", words, link=None, ended=False)


@router.post("/calendar")
async def make_link(request: Request, form: Read) -> Response:
    """A new link for a calendar, shown this once."""
    sessions: Sessions = request.app.state.sessions
    grant = form.grant
    token = await run_in_threadpool(sessions.feed, grant.ledger, grant.key_id)
    link = f"{str(request.base_url).rstrip('/')}{FEED}?token={token}"
    words = words_of(request, grant)
    return show(request, "calendar.html", words, link=link, ended=False)


@router.post("/calendar/end")
async def end_link(request: Request, form: Read) -> Response:
    """A link that somebody should not have works no more."""
    sessions: Sessions = request.app.state.sessions
    token = form.get("link").rpartition("token=")[2]
    await run_in_threadpool(sessions.end_feed, form.grant.ledger, token)
    request.app.state.access.forget(form.grant.ledger)
    words = words_of(request, form.grant)
    return show(request, "calendar.html", words, link=None, ended=True)
