"""Finding partners and people: by what somebody typed, and what ids are called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.words import Words

LEDGER: Final = "_ledger"
FOUND: Final = 8
ASKED_AT_ONCE: Final = 200
REVISIONS: Final = ("EventRetracted", "EventCorrected")


async def known(asking: Asking, partner: str) -> Json | None:
    """The partner of an id; None when there is none."""
    if not partner:
        return None
    try:
        return await asking.get(f"/v1/partners/{quoted(partner)}")
    except Problem as problem:
        if problem.status in {404, 422}:
            return None
        raise


async def which(asking: Asking, named: str) -> tuple[str | None, Sequence[Json]]:
    """The partner of an id or of a whole name; else those that a part of it finds."""
    if not named:
        return None, ()
    found = await known(asking, named)
    if found is not None:
        return found["partner"], ()
    told = await asking.get("/v1/partners", q=named, limit=FOUND)
    same = [item for item in told["items"] if named in _names(item)]
    return (same[0]["partner"] if len(same) == 1 else None), told["items"]


def _names(item: Json) -> set[str]:
    return {item["name"], *item["names"].values()}


async def names_of(
    asking: Asking, partners: Iterable[str], words: Words
) -> Mapping[str, str]:
    """What partners are called; whom no list holds any more goes by the id."""
    wanted = sorted(set(partners) - {LEDGER})[:ASKED_AT_ONCE]
    if not wanted:
        return {}
    told = await asking.get("/v1/partners", partner=wanted, limit=len(wanted))
    return {item["partner"]: words.called(item) for item in told["items"]}


async def told_of(asking: Asking, partner: str, *types: str) -> Sequence[Json]:
    """What was recorded of some types and stands, as it reads after corrections."""
    asked = {"partner": partner, "type": [*types, *REVISIONS], "limit": 1000}
    told = await asking.get("/v1/events", **asked)
    return reading(told["items"])


def reading(events: Sequence[Json]) -> Sequence[Json]:
    """The events of a stream in force, corrections applied; revisions are left out."""
    gone: set[str] = set()
    kept: list[Json] = []
    for event in reversed(events):
        if event["id"] not in gone:
            kept.append(event)
            if event["type"] == "EventRetracted":
                gone.add(event["data"]["target"])
    facts = {event["id"]: event for event in reversed(kept)}
    for event in reversed(kept):
        target = event["data"].get("target")
        if event["type"] == "EventCorrected" and target in facts:
            facts[target] = corrected(facts[target], event["data"])
    return [event for event in facts.values() if event["type"] not in REVISIONS]


def corrected(event: Json, change: Json) -> Json:
    """An event as it reads after a correction."""
    members = ("occurred_at", "data")
    return event | {name: change[name] for name in members if name in change}


async def our_people(asking: Asking, *, here: bool = False) -> Mapping[str, str]:
    """What the people of ours are called, by their ids; `here`: who has not left."""
    told = await told_of(asking, LEDGER, "PersonAdded", "PersonLeft")
    left = {e["data"]["person"] for e in told if here and e["type"] == "PersonLeft"}
    added = (e for e in told if e["type"] == "PersonAdded")
    people = {e["data"].get("person", e["id"]): e["data"]["name"] for e in added}
    return {person: name for person, name in people.items() if person not in left}


def people_of(partner: Json) -> Mapping[str, str]:
    """What the people of a partner are called, by their ids."""
    return {person["person"]: person["name"] for person in partner["persons"] or ()}
