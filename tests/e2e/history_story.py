"""An alliance that was agreed early, and what its history must add up to."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import httpx2

from tests.e2e.asking import Json, event, read


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def help_(kind: str, partner: str, amount: str, /, **data: Any) -> Json:
    given = {"by": "us", "kind": "expertise", "quantity": hours(amount)}
    return event(kind, partner, **given, **data)


def agreement(partner: str) -> Json:
    plan = {"name": "A", "project": "Seminar", "starts": "2014-04", "ends": "2014-06"}
    return event("AllianceAgreed", partner, alliance="a", **plan)


def history(client: httpx2.Client, partner: str = "acme", /, **query: Any) -> Json:
    body: Json = read(client, f"/v1/partners/{partner}/history", **query)
    return body


def stages_of(items: list[Json]) -> list[Json]:
    return [stage for item in items for stage in item["effect"]["stages"]]


def postings_of(item: Json) -> list[Json]:
    found: list[Json] = item["effect"]["postings"]
    return found


def sums(postings: list[Json]) -> dict[tuple[str, ...], Decimal]:
    """By side, account, unit and thing, what is not zero."""
    found: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for p in postings:
        key = (p["side"], p["account"], p["unit"], p["ref"])
        found[key] += Decimal(p["amount"])
    return {key: total for key, total in found.items() if total}


def check(client: httpx2.Client, partner: str, /, **query: Any) -> None:
    """The effects add up to what the other answers say at the same cut."""
    items = history(client, partner, limit=1000, **query)["items"]
    path, kept = f"/v1/partners/{partner}", ("stage", "episode", "from", "because")
    rows = read(client, f"{path}/stages", **query)["history"]
    assert stages_of(items) == [{name: row[name] for name in kept} for row in rows]
    query.pop("policy", None)
    posted = read(client, f"{path}/postings", limit=1000, **query)["items"]
    effects = [p for item in items for p in postings_of(item)]
    assert sums(effects) == sums(posted)
