"""One event of the log: its proof, what became of it, taking it back, correcting it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response

from services.foundation.access import Grant
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json
from services.projections.pages.drafting import taken_back
from services.projections.pages.filling import shown, values_of, wrong_at
from services.projections.pages.finding import LEDGER, known, names_of
from services.projections.pages.forms import Form, form_of
from services.projections.pages.log import UNSIGNED, unless
from services.projections.pages.picking import things_for
from services.projections.pages.revising import correction, fields_to_correct
from services.projections.pages.routes import Reader, back_to, words_of
from services.projections.pages.showing import show
from services.projections.pages.standing import (
    FINAL,
    MOST_AT_ONCE,
    Standing,
    events_of,
    standing_of,
)

router: Final = APIRouter(include_in_schema=False)
Sent = Annotated[Form, Depends(form_of)]


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the page that was refused: which, why, and what stands on the event."""

    part: str = ""
    problem: Problem | None = None
    reason: str = ""
    filled: Mapping[str, list[str]] | None = None
    dependents: Sequence[Json] = ()
    together: Sequence[str] = field(default=())
    """The ids of those that can be taken back along with it."""


@router.get("/log/{event}")
async def one_event(request: Request, grant: Reader, event: str) -> Response:
    """One event as recorded, what corrected it, what arose from it, and its proof."""
    asking = Asking(request, words_of(request, grant).language)
    standing = await standing_of(asking, event)
    return await _page(request, grant, asking, standing, Refused())


async def _page(
    request: Request,
    grant: Grant,
    asking: Asking,
    standing: Standing,
    refused: Refused,
) -> Response:
    words, event = words_of(request, grant), standing.event
    arisen = await asking.get("/v1/events", causation=event["id"])
    proof = asking.get("/v1/log/proof/inclusion", position=event["position"])
    why = refused.problem
    problem = None if why is None else why.body(words.language)
    return show(
        request,
        "event.html",
        words,
        422 if problem else 200,
        event=event,
        standing=standing,
        arisen=arisen["items"],
        proof=await unless(UNSIGNED | {"invalid"}, proof),
        names=await names_of(asking, [event["partner"]], words),
        tie=str(uuid4()),
        refused=refused,
        problem=problem,
        wrong=wrong_at(problem),
        **(await _form(asking, grant, standing, refused.filled)),
    )


async def _form(
    asking: Asking,
    grant: Grant,
    standing: Standing,
    filled: Mapping[str, list[str]] | None,
) -> Mapping[str, Any]:
    """The fields to correct an event with, filled in with how it reads now."""
    now = standing.now
    if not standing.may_be_corrected or not grant.allows("record"):
        return {"fields": [], "things": {}, "filled": {}}
    fields = fields_to_correct(now)
    day, clock = shown(now["occurred_at"], grant.zone)
    before = values_of(fields, now["data"], grant.zone)
    before |= {"occurred_at": [day], "occurred_at.time": [clock]}
    about = await known(asking, now["partner"]) if now["partner"] != LEDGER else None
    things = await things_for(asking, "", fields, about)
    return {"fields": fields, "things": things, "filled": filled or before}


@router.post("/log/{event}/retract")
async def retract(request: Request, form: Sent, event: str) -> Response:
    """Take an event back, alone or with all that stands on it."""
    standing = await standing_of(form.asking, event)
    going = [standing.event, *await events_of(form.asking, form.all("with"))]
    tied = [each | {"correlation": form.get("tie")} for each in going]
    content = taken_back(tied, form.get("reason"))
    try:
        single = content[0] if len(content) == 1 else content
        await form.asking.record(single, form.get("tie"))
    except Problem as problem:
        return await _refused(request, form, standing, problem, "retract")
    return back_to(f"/log/{event}")


@router.post("/log/{event}/correct")
async def correct(request: Request, form: Sent, event: str) -> Response:
    """Say how it really was: another date, other data, or both."""
    standing = await standing_of(form.asking, event)
    try:
        await form.asking.record(correction(form, standing.now), form.get("tie"))
    except Problem as problem:
        return await _refused(request, form, standing, problem, "correct")
    return back_to(f"/log/{event}")


async def _refused(
    request: Request, form: Form, standing: Standing, problem: Problem, part: str
) -> Response:
    """The page again, with why not, and what stands on the event."""
    if problem.status not in {409, 422}:
        raise problem
    told = problem.more.get("dependents") or []
    every = list(dict.fromkeys([*form.all("with"), *told]))
    dependents = await events_of(form.asking, every)
    fits = len(every) <= MOST_AT_ONCE and all(d["type"] != FINAL for d in dependents)
    refused = Refused(
        part,
        problem,
        form.get("reason"),
        form.values if part == "correct" else None,
        dependents,
        every if fits and part == "retract" else [],
    )
    return await _page(request, form.grant, form.asking, standing, refused)
