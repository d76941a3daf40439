"""Promises and deliveries of two partners, in a ledger of a test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.e2e.asking import Json, event, fresh, record
from tests.running import RunningService


def on(day: str, kind: str, partner: str, /, **data: Any) -> Json:
    return {**event(kind, partner, **data), "occurred_at": day}


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def offer(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    offered = {"offer": name, "by": by, "kind": "expertise", **data}
    return on(day, "HelpOffered", partner, **offered)


def commitment(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    committed = {"commitment": name, "by": by, "kind": "money", **data}
    return on(day, "ResourceCommitted", partner, **committed)


def delivery(day: str, partner: str, by: str, name: str, /, **data: Any) -> Json:
    given = {"delivery": name, "by": by, "kind": "expertise", **data}
    return on(day, "HelpDelivered", partner, **given)


STORY = [
    offer("2014-01-05", "acme", "us", "training", quantity=hours("10")),
    offer("2014-01-06", "acme", "us", "hall", valid_until="2014-03"),
    offer("2014-01-07", "birch", "partner", "advice"),
    offer("2014-01-08", "birch", "us", "print"),
    on("2014-01-20", "OfferDeclined", "birch", offer="print", reason="Not now."),
    on("2014-02-01", "OfferAccepted", "acme", offer="training"),
    delivery(
        *("2014-02-10", "acme", "us", "first-day"),
        offer="training",
        quantity=hours("4"),
    ),
    # Nobody said how much, so that it comes in a unit of its own.
    delivery(
        *("2014-02-20", "birch", "partner", "an-evening"),
        offer="advice",
        quantity=hours("3"),
    ),
    commitment(
        *("2014-03-01", "acme", "us", "material"),
        quantity=hours("8"),
        due="2014-04",
    ),
    on(
        *("2014-03-15", "CommitmentChanged", "acme"),
        commitment="material",
        delta="-2",
        reason="Fewer came.",
    ),
    commitment(
        *("2014-03-02", "birch", "partner", "stand"),
        quantity=hours("5"),
        due="2014-03-20",
    ),
    delivery(
        *("2014-03-18", "birch", "partner", "built"),
        commitment="stand",
        quantity=hours("5"),
    ),
    commitment("2014-03-03", "birch", "us", "poster", due="2014-03-10"),
    on("2014-03-05", "CommitmentCancelled", "birch", commitment="poster", reason="No."),
    delivery("2014-05-01", "birch", "us", "visit"),
    on(
        *("2014-05-03", "DeliveryDisputed", "birch"),
        delivery="visit",
        reason="It was cut short.",
    ),
]


@contextmanager
def told_to(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a new ledger that holds the story."""
    key = service.make_key("record", "read", ledger=fresh("promises"))
    with service.with_key(key) as client:
        names = ("acme", "birch")
        record(client, [event("PartnerIdentified", n, name=n.title()) for n in names])
        record(client, STORY)
        yield client


def named(items: list[Json], *names: str) -> set[tuple[str, ...]]:
    return {tuple(item[name] for name in names) for item in items}
