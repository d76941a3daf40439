"""Finding partners and people: by what somebody typed, and what ids are called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.foundation.problems import Problem
from services.projections.pages.asking import Asking, Json, quoted
from services.projections.pages.words import Words

LEDGER: Final = "_ledger"
FOUND: Final = 8
ASKED_AT_ONCE: Final = 200


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


async def our_people(asking: Asking) -> Mapping[str, str]:
    """What the people of ours are called, by their ids."""
    asked = {"partner": LEDGER, "type": "PersonAdded", "limit": 1000}
    told = await asking.get("/v1/events", **asked)
    return {e["data"].get("person", e["id"]): e["data"]["name"] for e in told["items"]}


def people_of(partner: Json) -> Mapping[str, str]:
    """What the people of a partner are called, by their ids."""
    return {person["person"]: person["name"] for person in partner["persons"] or ()}
