"""Recording anything that the ledger knows: its kind is chosen, its form filled in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response

from contracts.events import EventData
from contracts.saying import Said
from services.foundation.access import Grant
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json
from services.projections.pages.drafting import Fields, occurred_at
from services.projections.pages.filling import data_of, wrong_at
from services.projections.pages.finding import LEDGER, known, which
from services.projections.pages.forms import Form, form_of
from services.projections.pages.picking import known_partner, things_for
from services.projections.pages.routes import Recorder, Text, back_to, words_of
from services.projections.pages.shaping import (
    GROUPS,
    ON_AN_EVENT,
    OURS,
    Field,
    fields_of,
)
from services.projections.pages.showing import show

router: Final = APIRouter(include_in_schema=False)
CHIPS: Final = 8
NEW: Final = "PartnerIdentified"
"""What is recorded of nobody who is known yet."""
UNDOABLE: Final = "PersonalDataErased"
Sent = Annotated[Form, Depends(form_of)]


@router.get("/record/other")
async def choose(
    request: Request,
    grant: Recorder,
    type: Text = "",  # noqa: A002
    partner: Text = "",
    partner_typed: Text = "",
) -> Response:
    """Whom it is about and what it is; the form for it once both are known."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    name = type if type in EventData.catalogue else ""
    if name in ON_AN_EVENT:
        return back_to("/log")
    named = partner_typed or partner
    about, found = await _about(asking, named)
    if name == NEW or (name and about):
        filled = {k: [v] for k, v in request.query_params.items() if "." in k}
        return await _form(request, grant, name, about, filled)
    recent = await asking.get("/v1/partners", sort="-last_contact", limit=CHIPS)
    return show(
        request,
        "other.html",
        words,
        partner=about and await known(asking, about),
        about=about,
        found=found or recent["items"],
        typed=named,
        type=name,
        groups=GROUPS,
        ours=OURS,
    )


async def _about(asking: Asking, named: str) -> tuple[str | None, Sequence[Json]]:
    return (LEDGER, ()) if named == LEDGER else await which(asking, named)


async def _form(
    request: Request,
    grant: Grant,
    name: str,
    about: str | None,
    filled: Mapping[str, list[str]],
    problem: Problem | None = None,
) -> Response:
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    fields = fields_for(name, about)
    told = await known_partner(asking, about) if about else None
    body = None if problem is None else problem.body(words.language)
    return show(
        request,
        "fact.html",
        words,
        422 if problem else 200,
        type=name,
        about=about,
        partner=told,
        fields=fields,
        things=await things_for(asking, name, fields, told),
        filled=filled,
        problem=body,
        wrong=wrong_at(body),
        tie=str(uuid4()),
        is_final=name == UNDOABLE,
    )


def fields_for(name: str, about: str | None) -> Sequence[Field]:
    """The fields of a type on a stream: people are of the side that it belongs to."""
    side = "us" if about == LEDGER else "partner"
    return [
        Field(f.name, f.kind, f.is_required, (side,)) if f.name == "side" else f
        for f in fields_of(name)
    ]


@router.post("/record/other")
async def record_other(request: Request, form: Sent) -> Response:
    """Record what the form says, as one event."""
    name, tie = form.get("type"), form.get("tie")
    if name not in EventData.catalogue or name in ON_AN_EVENT:
        raise Problem("invalid", Said("Choose what to record."))
    about = None if name == NEW else form.get("partner")
    try:
        event = await _event(form, name, about, tie)
        if name == UNDOABLE and not form.get("sure"):
            raise _not_sure()
        await form.asking.record(event, tie)
    except Problem as problem:
        if problem.status not in {409, 422}:
            raise
        return await _form(request, form.grant, name, about, form.values, problem)
    return back_to(f"/recorded/{tie}")


def _not_sure() -> Problem:
    reason = Said("Say that you are sure: an erasure is never undone.")
    return Problem("invalid", Said("Nothing was recorded."), errors=[("/sure", reason)])


async def _event(form: Form, name: str, about: str | None, tie: str) -> Json:
    fields, sent = fields_for(name, about), Fields(form.get, form.all)
    today = datetime.now(form.grant.zone).date()
    when = occurred_at(form.get("when"), form.get("date"), today)
    data = data_of(fields, sent, form.grant.zone)
    for field in fields:
        if field.kind == "partner" and field.name in data:
            found, _ = await which(form.asking, data[field.name])
            data[field.name] = found or data[field.name]
    about_whom = {} if about is None else {"partner": about}
    dated = {} if when is None else {"occurred_at": when}
    return {"type": name, "correlation": tie, **about_whom, **dated, "data": data}
