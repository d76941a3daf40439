"""Recording a contact in three taps, taking it back, moving it to another partner."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response

from contracts.saying import Said
from services.foundation.access import Grant
from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json
from services.projections.pages.drafting import (
    Fields,
    facts_of,
    may_move,
    moved,
    taken_back,
)
from services.projections.pages.finding import (
    LEDGER,
    known,
    names_of,
    our_people,
    people_of,
    which,
)
from services.projections.pages.forms import Form, form_of
from services.projections.pages.routes import (
    Recorder,
    Text,
    back_to,
    words_of,
)
from services.projections.pages.showing import Told, show
from services.projections.pages.standing import FINAL

router: Final = APIRouter(include_in_schema=False)
UNDO_WITHIN: Final = timedelta(minutes=10)
CHIPS: Final = 8
NOTHING: Final = {"type": "", "commitment": "", "offer": ""}
"""What the form opens with when no link says more."""
Sent = Annotated[Form, Depends(form_of)]


@router.get("/record")
async def record_form(
    request: Request,
    grant: Recorder,
    partner: Text = "",
    type: Text = "",  # noqa: A002
    commitment: Text = "",
    offer: Text = "",
) -> Response:
    """The form: a partner, how, when, who began; then what arose from it."""
    chosen = {"type": type, "commitment": commitment, "offer": offer}
    return await _form(request, grant, partner, chosen)


async def _form(
    request: Request,
    grant: Grant,
    partner: str,
    chosen: Json,
    problem: Problem | None = None,
    found: Sequence[Json] = (),
) -> Response:
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    recent = await asking.get("/v1/partners", sort="-last_contact", limit=CHIPS)
    told = await known(asking, partner)
    waiting = await _waiting(asking, told)
    people = {} if told is None else await _people(asking, told)
    return show(
        request,
        "record.html",
        words,
        422 if problem else 200,
        recent=recent["items"],
        partner=told,
        people=people,
        typed=partner,
        found=found,
        chosen=chosen,
        waiting=waiting,
        problem=problem and problem.body(words.language),
        tie=str(uuid4()),
        today=datetime.now(grant.zone).date().isoformat(),
    )


async def _people(asking: Asking, partner: Json) -> Mapping[str, str]:
    """Who may have taken part: the partner's people who have not left, and ours."""
    left = {p["person"] for p in partner["persons"] or () if p["left_at"]}
    theirs = {p: name for p, name in people_of(partner).items() if p not in left}
    return {**theirs, **await our_people(asking)}


async def _waiting(asking: Asking, partner: Json | None) -> Json:
    """What a delivery may answer, and what may be thanked for."""
    if partner is None:
        return {"promises": [], "deliveries": []}
    told = await asking.get("/v1/deliveries", partner=partner["partner"], limit=50)
    deliveries = [d for d in told["items"] if d["awaiting"] not in {"0", None}]
    promises = [*(partner["offers"] or []), *(partner["commitments"] or [])]
    return {"promises": promises, "deliveries": deliveries}


@router.post("/record")
async def record(request: Request, form: Sent) -> Response:
    """Record what the form says; without a partner that is known, ask which."""
    named = form.get("partner_typed") or form.get("partner")
    partner, found = await which(form.asking, named)
    if partner is None and not form.get("new"):
        asked = Problem("not-found", Said("Which partner is it?"))
        return await _form(request, form.grant, named, NOTHING, asked, found)
    tie = form.get("tie")
    fields = Fields(form.get, form.all)
    today = datetime.now(form.grant.zone).date()
    content = facts_of(fields, partner or "#new", today, tie)
    try:
        await _send(form, content, partner, named, tie)
    except Problem as problem:
        if problem.status not in {409, 422}:
            raise
        return await _form(request, form.grant, partner or named, NOTHING, problem)
    return back_to(f"/recorded/{tie}")


async def _send(
    form: Form, content: list[Json], partner: str | None, name: str, tie: str
) -> None:
    if partner is None:
        made = {"type": "PartnerIdentified", "correlation": tie, "data": {"name": name}}
        told = await form.asking.record(made, f"{tie} partner")
        content = [item | {"partner": told.body["partner"]} for item in content]
    single = content[0] if len(content) == 1 else content
    await form.asking.record(single, tie)


@router.get("/recorded/{tie}")
async def recorded(request: Request, grant: Recorder, tie: str) -> Response:
    """What was just recorded, with Undo for ten minutes."""
    words = words_of(request, grant)
    asking = Asking(request, words.language)
    events = await _tied(asking, tie)
    if not events:
        raise Problem("not-found", Said("Nothing was recorded by this name."))
    partners = await asking.get("/v1/partners", sort="-last_contact", limit=CHIPS)
    here = events[0]["partner"]
    names = await names_of(asking, [here], words)
    return show(
        request,
        "recorded.html",
        words,
        events=[event | {"data": Told(event["data"])} for event in events],
        name=names.get(here),
        tie=tie,
        is_final=any(event["type"] == FINAL for event in events),
        can_undo=_is_fresh(events),
        can_move=_is_fresh(events) and may_move(events),
        others=[p for p in partners["items"] if p["partner"] != here],
    )


async def _tied(asking: Asking, tie: str) -> list[Json]:
    """The facts of one form that stand, in order."""
    told = await asking.get("/v1/events", correlation=tie, limit=1000)
    items = told["items"]
    gone = {e["data"]["target"] for e in items if e["type"] == "EventRetracted"}
    return [e for e in items if e["type"] != "EventRetracted" and e["id"] not in gone]


def _is_fresh(events: Sequence[Json]) -> bool:
    at = datetime.fromisoformat(events[-1]["recorded_at"])
    return datetime.now(UTC) - at < UNDO_WITHIN


@router.post("/recorded/{tie}/undo")
async def undo(tie: str, form: Sent) -> Response:
    """Take back what a form recorded."""
    events = await _still_fresh(form, tie)
    content = taken_back(events, "undone on the page")
    await form.asking.record(content, f"{tie} undo {events[-1]['id']}")
    first = events[0]
    nobody = first["type"] == "PartnerIdentified" or first["partner"] == LEDGER
    return back_to("/" if nobody else f"/partners/{first['partner']}")


@router.post("/recorded/{tie}/move")
async def move(tie: str, form: Sent) -> Response:
    """It was another partner: take it back here and record it there."""
    events = await _still_fresh(form, tie)
    partner, _ = await which(form.asking, form.get("partner"))
    if partner is None or partner == events[0]["partner"]:
        raise Problem("invalid", Said("Choose another partner that is known."))
    content = moved(events, partner, "recorded on the wrong partner")
    await form.asking.record(content, f"{tie} move {events[-1]['id']}")
    return back_to(f"/recorded/{tie}")


async def _still_fresh(form: Form, tie: str) -> list[Json]:
    events = await _tied(form.asking, tie)
    if not events:
        raise Problem("not-found", Said("Nothing is left to take back."))
    if not _is_fresh(events):
        detail = Said("Ten minutes have passed: correct or retract it in the log.")
        raise Problem("conflict", detail)
    return events
