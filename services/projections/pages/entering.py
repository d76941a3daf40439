"""Coming in by a link, going out, and the language of the pages."""

from datetime import UTC
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.foundation.access.sessions import COOKIE, SESSION_DAYS, Sessions
from services.projections.pages.forms import Form, fields_of, own_form
from services.projections.pages.showing import show
from services.projections.pages.words import COOKIE as LANGUAGE
from services.projections.pages.words import LANGUAGES, Words, language_for

router: Final = APIRouter(include_in_schema=False)
YEAR_SECONDS: Final = 365 * 24 * 3600


def words_of(request: Request) -> Words:
    """How a page speaks to somebody who is not signed in."""
    return Words(language_for(request), UTC)


@router.get("/login")
async def login(
    request: Request, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Come in by a link that works once; without one, say how to get it.

    The answer is a page and no redirect: a browser that followed the link from a mail
    would not send a strict cookie along with a redirect.
    """
    words = words_of(request)
    sessions: Sessions = request.app.state.sessions
    session = await run_in_threadpool(sessions.begin, token) if token else None
    if session is None:
        return show(request, "login.html", words, welcome=False, used=bool(token))
    answer = show(request, "login.html", words, welcome=True, used=False)
    answer.set_cookie(
        COOKIE,
        session,
        max_age=SESSION_DAYS * 24 * 3600,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


@router.post("/logout")
async def logout(
    request: Request, form: Annotated[Form, Depends(own_form)]
) -> Response:
    """Sign out, on every page at once."""
    sessions: Sessions = request.app.state.sessions
    session = request.cookies.get(COOKIE, "")
    await run_in_threadpool(sessions.end, session)
    request.app.state.access.forget(form.grant.ledger)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language")
async def choose_language(
    fields: Annotated[list[tuple[str, str]], Depends(fields_of)],
) -> Response:
    """Switch the language of the pages."""
    sent = dict(fields)
    back, chosen = sent.get("back", "/"), sent.get("language")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    answer = RedirectResponse(back if is_ours else "/", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE, chosen, max_age=YEAR_SECONDS, httponly=True, samesite="lax"
        )
    return answer
