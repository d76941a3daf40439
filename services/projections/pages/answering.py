"""What Today lets one tap: an offer answered, help thanked for; each with Undo."""

from typing import Annotated, Final
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Depends, Response

from services.projections.pages.asking import Json
from services.projections.pages.forms import Form, form_of
from services.projections.pages.routes import back_to

router: Final = APIRouter(include_in_schema=False)
CHANNELS: Final = ("in_person", "phone", "email")
TOPIC: Final = {"en": "Thanks", "ja": "お礼"}
Sent = Annotated[Form, Depends(form_of)]


@router.post("/partners/{partner}/offers")
async def answer_offer(partner: str, form: Sent) -> Response:
    """Accept or decline what was offered."""
    offer = form.get("offer")
    accepted = form.get("answer") == "OfferAccepted"
    kind = "OfferAccepted" if accepted else "OfferDeclined"
    tie = tie_of(form, partner, kind, offer)
    data = {"offer": offer}
    event = {"type": kind, "partner": partner, "correlation": tie, "data": data}
    await form.asking.record(event, tie)
    return back_to(f"/recorded/{tie}")


@router.post("/partners/{partner}/thanks")
async def thank(partner: str, form: Sent) -> Response:
    """Say that the partner was thanked for some help, now.

    What a partner gave is acknowledged by being recorded, as a rule: thanks are then a
    contact that arose from it. What awaits an acknowledgement has it thereby.
    """
    delivery = form.get("delivery")
    tie = tie_of(form, partner, "thanks", delivery)
    tied = {"partner": partner, "correlation": tie}
    content: list[Json] = [tied | _contact(form)]
    if await _awaits(form, partner, delivery):
        thanks = {"type": "DeliveryAcknowledged", "data": {"delivery": delivery}}
        content.append(tied | thanks | {"causation": "#1"})
    await form.asking.record(content[0] if len(content) == 1 else content, tie)
    return back_to(f"/recorded/{tie}")


def tie_of(form: Form, *parts: str) -> str:
    """What ties the events of a tap: the same tap twice records once.

    The page says of which position it is, so that after Undo a tap is another one.
    """
    return str(uuid5(NAMESPACE_URL, " ".join([form.get("at"), *parts])))


def _contact(form: Form) -> Json:
    told = form.get("channel")
    channel = told if told in CHANNELS else "other"
    topic = TOPIC[form.language]
    data = {"by": "us", "channel": channel, "topic": topic}
    cause = {"causation": form.get("event")} if form.get("event") else {}
    return {"type": "ContactMade", "data": data, **cause}


async def _awaits(form: Form, partner: str, delivery: str) -> bool:
    asked = {"partner": partner, "state": "awaiting", "limit": 1000}
    told = await form.asking.get("/v1/deliveries", **asked)
    return delivery in {item["delivery"] for item in told["items"]}
