"""From the form that corrects an event to the correction: what changed, and no more."""

from collections.abc import Sequence

from pydantic import ValidationError

from contracts.events import EventData
from contracts.saying import Said
from services.foundation.faults import faults
from services.foundation.problems import Problem
from services.projections.pages.asking import Json
from services.projections.pages.drafting import Fields
from services.projections.pages.filling import data_of, kept, moment_of
from services.projections.pages.forms import Form
from services.projections.pages.shaping import Field, fields_of

FIXED = frozenset({"into", "side"})
"""What cannot be otherwise: whom a partner turned out to be, whose somebody is."""


def fields_to_correct(now: Json) -> Sequence[Field]:
    """What a form asks for to correct an event as it reads now."""
    return [field for field in fields_of(now["type"]) if field.name not in FIXED]


def correction(form: Form, now: Json) -> Json:
    """What the form says was otherwise; a Problem if nothing was or it is not right."""
    zone = form.grant.zone
    sent = Fields(form.get, form.all)
    data = data_of(fields_to_correct(now), sent, zone, now["data"])
    told = moment_of(form.get("occurred_at"), form.get("occurred_at.time"), zone)
    day = kept(now["occurred_at"], told, zone)
    changed = {"occurred_at": day} if day not in {"", now["occurred_at"]} else {}
    if data != now["data"]:
        changed |= {"data": _checked(now["type"], data)}
    if not changed:
        raise Problem("invalid", Said("Nothing is otherwise than it was."))
    return {
        "type": "EventCorrected",
        "partner": now["partner"],
        "correlation": form.get("tie"),
        "data": {"target": now["id"], **changed, "reason": form.get("reason")},
    }


def _checked(name: str, data: Json) -> Json:
    """Data that is right for its type; else each field is told what is wrong."""
    try:
        EventData.catalogue[name].model_validate(data)
    except ValidationError as error:
        detail = Said("Nothing was recorded; see errors.")
        raise Problem("invalid", detail, errors=faults(error, "/data")) from None
    return data
