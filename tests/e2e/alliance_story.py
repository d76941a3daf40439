"""Two partners in one alliance, and a third that asks for everything."""

from typing import Any

import httpx2

from tests.e2e.acts_story import identify, on
from tests.e2e.asking import Json, event, read, record

HOURS = {"amount": "10", "unit": "hour"}
FOUR: Json = {"amount": "4", "unit": "hour"}
AGREED: Json = {"name": "Seminars", "project": "A seminar each season"}
EVERYTHING: Json = {"scope": "All", "asks": ["The member database"], "gives": []}


def agree(day: str, partner: str, alliance: str = "seminar", /, **data: Any) -> Json:
    said = {"alliance": alliance, "starts": "2014-04-01", **AGREED, **data}
    return on(day, event("AllianceAgreed", partner, **said))


def propose(day: str, partner: str, alliance: str, /, **data: Any) -> Json:
    said = {"alliance": alliance, "by": "partner", **EVERYTHING, **data}
    return on(day, event("AllianceProposed", partner, **said))


def deliver(day: str, partner: str, /, **data: Any) -> Json:
    said = {"by": "us", "kind": "space", "quantity": FOUR, **data}
    return on(day, event("HelpDelivered", partner, **said))


def tell(client: httpx2.Client) -> None:
    """Acme and Birch are in one alliance, Cedar asks for everything."""
    identify(client, "acme", "birch", "cedar")
    mine: Json = {"by": "us", "kind": "space", "quantity": HOURS, "due": "2014-12-31"}
    theirs: Json = {"by": "partner", "kind": "promotion", "commitment": "t"}
    goal = event("GoalShared", "acme", goal="g", whose="us", statement="More members.")
    promised = event("ResourceCommitted", "acme", commitment="m", **mine)
    promised["data"]["alliance"] = theirs["alliance"] = "seminar"
    record(
        client,
        [
            on("2014-01-05", goal),
            propose("2014-01-10", "acme", "seminar", asks=["A room"], gives=["A talk"]),
            agree("2014-03-05", "acme", goals=["g"]),
            on("2014-04-02", promised),
            on("2014-04-02", event("ResourceCommitted", "acme", **theirs)),
            deliver("2014-04-20", "acme", commitment="m", delivery="d"),
            deliver("2014-05-20", "acme", alliance="seminar", by="partner"),
            agree("2014-05-01", "birch", starts="2015-01-01", name="With Birch"),
            deliver("2014-06-01", "birch"),
            propose("2014-02-01", "cedar", "database"),
        ],
    )


def states(client: httpx2.Client, /, **query: Any) -> dict[str, str]:
    items = read(client, "/v1/alliances", **query)["items"]
    return {item["alliance"]: item["state"] for item in items}
