"""What a field may name: the partner's offers, goals, people and other things."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.finding import LEDGER, our_people, told_of
from services.projections.pages.shaping import Field
from services.projections.pages.showing import Told

MOST: Final = 200
"""So many of a kind are offered; older ones are named over the HTTP contract."""
PARTS: Final[Mapping[str, str]] = {
    "offer": "offers",
    "commitment": "commitments",
    "goal": "goals",
    "principle": "principles",
    "idea": "ideas",
    "issue": "issues",
    "alliance": "alliances",
    "person": "persons",
}
"""By the kind of thing: where the answer about a partner has them."""
STATES: Final[Mapping[str, frozenset[str]]] = {
    "OfferAccepted": frozenset({"open", "lapsed"}),
    "OfferDeclined": frozenset({"open", "lapsed"}),
    "ProposalDeclined": frozenset({"proposed", "deferred"}),
    "ProposalDeferred": frozenset({"proposed", "deferred"}),
    "AllianceAgreed": frozenset({"proposed", "deferred"}),
    "AllianceEnded": frozenset({"agreed", "in_force", "ended"}),
}
"""In which states a thing is for a type to name it; in any, where none are told."""
DONE: Final[Mapping[str, str]] = {
    "GoalAchieved": "achieved_at",
    "IssueResolved": "resolved_at",
    "PersonLeft": "left_at",
    "AllianceEnded": "ended_at",
}
"""What tells that this was recorded of a thing before."""
WAITS: Final[Mapping[str, str]] = {
    "DeliveryAcknowledged": "awaiting",
    "DeliveryDisputed": "awaiting",
    "DisputeResolved": "disputed",
}
"""Of which amount something must be left for a type to name a delivery."""
Things = Mapping[str, Sequence[Json]]


async def things_for(
    asking: Asking, name: str, fields: Iterable[Field], partner: Json | None
) -> Things:
    """By the kind of thing, what a type may name of a partner, the newest first."""
    kinds = sorted({f.thing for f in fields if f.kind in {"thing", "things"}})
    found = await asyncio.gather(
        *(_things(asking, name, kind, partner) for kind in kinds)
    )
    told = ([Told(item) for item in items] for items in found)
    return dict(zip(kinds, told, strict=True))


async def _things(
    asking: Asking, name: str, kind: str, partner: Json | None
) -> Sequence[Json]:
    if kind == "person":
        return [p for p in await _people(asking, name, partner) if _fits(name, p)]
    if partner is None:
        return ()
    reading = READ_APART.get(kind)
    found = partner.get(PARTS.get(kind, "")) or ()
    if reading is not None:
        found = await reading(asking, partner["partner"])
    fitting = [item | {"id": item[kind]} for item in found if _fits(name, item)]
    return fitting[::-1][:MOST]


def _fits(name: str, item: Json) -> bool:
    states, done, waits = STATES.get(name), DONE.get(name), WAITS.get(name)
    if states is not None and "state" in item and item["state"] not in states:
        return False
    if waits is not None and "delivered" in item and item[waits] in {"0", None}:
        return False
    return done is None or not item.get(done)


async def _people(asking: Asking, name: str, partner: Json | None) -> list[Json]:
    """Those of a partner, then ours; to leave or be erased, of the stream itself."""
    theirs = [p | {"id": p["person"]} for p in (partner or {}).get("persons") or ()]
    if partner is not None and name in {"PersonLeft", "PersonalDataErased"}:
        itself = {"id": partner["partner"], "name": partner["name"]}
        is_erasure = name == "PersonalDataErased" and partner["kind"] == "person"
        return [*theirs, itself] if is_erasure else theirs
    ours = await our_people(asking, here=name != "PersonalDataErased")
    own = [{"id": key, "name": called, "side": "us"} for key, called in ours.items()]
    return [*own, *theirs] if name == "OwnerAssigned" else [*theirs, *own]


async def _deliveries(asking: Asking, partner: str) -> Sequence[Json]:
    told = await asking.get("/v1/deliveries", partner=partner, limit=1000)
    return sorted(told["items"], key=lambda item: str(item["acts_from"]))


async def _requests(asking: Asking, partner: str) -> Sequence[Json]:
    """What help was asked for, from the log; no answer lists it."""
    told = await told_of(asking, partner, "HelpRequested")
    return [e["data"] | {"request": e["data"].get("request", e["id"])} for e in told]


async def _meetings(asking: Asking, partner: str) -> Sequence[Json]:
    """The meetings that nobody called off, those that are over too."""
    told = await told_of(asking, partner, "MeetingScheduled", "MeetingCancelled")
    off = {e["data"]["meeting"] for e in told if e["type"] == "MeetingCancelled"}
    planned = [e for e in told if e["type"] == "MeetingScheduled"]
    all_ = [e["data"] | {"meeting": e["data"].get("meeting", e["id"])} for e in planned]
    return [meeting for meeting in all_ if meeting["meeting"] not in off]


READ_APART: Final[Mapping[str, Callable[[Asking, str], Awaitable[Sequence[Json]]]]] = {
    "delivery": _deliveries,
    "request": _requests,
    "meeting": _meetings,
}
"""By the kind of thing, what finds those that the answer about a partner lacks."""


async def known_partner(asking: Asking, partner: str) -> Json | None:
    """What is known of a partner; nothing of ourselves."""
    if partner == LEDGER:
        return None
    told: Json = await asking.get(f"/v1/partners/{quoted(partner)}")
    return told
