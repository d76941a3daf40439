"""What changed since a day, and the log itself."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response

from services.foundation.answers import unpack_next
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, quoted
from services.projections.pages.finding import names_of, which
from services.projections.pages.routes import Reader, Text, words_of
from services.projections.pages.showing import show

router: Final = APIRouter(include_in_schema=False)
T = TypeVar("T")
UNSIGNED: Final = frozenset({"not-found", "unavailable"})
"""What is answered of a tree that nothing was signed of yet."""
LATELY: Final = timedelta(days=30)
"""Since when changes are shown that are asked for without a day."""


@router.get("/partners/{partner}/changes")
async def changes(
    request: Request,
    grant: Reader,
    partner: str,
    known_from: Text = "",
    known_to: Text = "",
    as_of: Text = "",
) -> Response:
    """What we know now and did not know then, and which events made the difference."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    before = datetime.now(grant.zone).date() - LATELY
    since = known_from or before.isoformat()
    asked = {"known_from": since, "known_to": known_to, "as_of": as_of}
    told, names = await asyncio.gather(
        asking.get(f"/v1/partners/{quoted(partner)}/changes", **asked),
        names_of(asking, [partner], words),
    )
    name = names.get(partner)
    return show(request, "changes.html", words, told=told, known_from=since, name=name)


@router.get("/log")
async def log(
    request: Request,
    grant: Reader,
    partner: Text = "",
    type: Text = "",  # noqa: A002
    recorded_by: Text = "",
    cursor: Text = "",
) -> Response:
    """The raw log, the newest first, with the newest signed head over it."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    found, _ = await which(asking, partner)
    asked: dict[str, Any] = {
        "partner": found or partner,
        "type": type,
        "recorded_by": recorded_by,
        "cursor": cursor,
        "order": "-position",
        "limit": 50,
    }
    told = await asking.tell("/v1/events", **asked)
    following = told.headers.get("Link")
    types, head, names = await asyncio.gather(
        asking.get("/v1/schemas"),
        unless(UNSIGNED, asking.text("/v1/log/checkpoint")),
        names_of(asking, (e["partner"] for e in told.body["items"]), words),
    )
    return show(
        request,
        "log.html",
        words,
        events=told.body["items"],
        types=[item["type"] for item in types["items"]],
        more=unpack_next(following, "/log") if following else None,
        head=head,
        names=names,
    )


async def unless(absent: frozenset[str], asked: Awaitable[T]) -> T | None:
    """What was asked for; None if the problem is that it is not there yet."""
    try:
        return await asked
    except Problem as problem:
        if problem.code in absent:
            return None
        raise
