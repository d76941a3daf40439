"""A story of three partners in 2014, and ledgers of a test's own to tell it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2

from services.foundation import embedded_postgres
from tests.admission import make_key, pepper_of
from tests.e2e.asking import Json, event, fresh, record
from tests.running import RunningService

PATHS: Final = ("/v1/rhythm", "/v1/wheel", "/v1/breadth", "/v1/late")


def on(day: str, content: Json) -> Json:
    return {**content, "occurred_at": day}


def contact(day: str, partner: str, channel: str = "phone", /, **data: Any) -> Json:
    said = {"by": "us", "channel": channel, **data}
    return on(day, event("ContactMade", partner, **said))


def identify(client: httpx2.Client, *partners: str) -> None:
    record(
        client,
        [
            on("2013", event("PartnerIdentified", name, name=name.title()))
            for name in partners
        ],
    )


@contextmanager
def ledger_of(service: RunningService, zone: str = "UTC") -> Iterator[httpx2.Client]:
    """A client of a new, empty ledger in a time zone."""
    name, scopes = fresh("acts"), ("record", "read")
    pepper = pepper_of(service.data_dir)
    with embedded_postgres.start(service.data_dir) as server:
        key = make_key(server.dsn, scopes, name, zone=zone, pepper=pepper)
    with service.with_key(key) as client:
        yield client


def tell(client: httpx2.Client) -> None:
    """Positions 1 to 13; nobody knew of it before today."""
    identify(client, "acme", "birch", "cedar")
    hanako: Json = {"side": "partner", "name": "Hanako", "person": "hanako"}
    taro: Json = {"side": "us", "name": "Taro", "person": "taro"}
    attempt = event("ContactAttempted", "birch", by="us", channel="phone")
    help_ = event("HelpDelivered", "cedar", by="us", kind="goods")
    record(
        client,
        [
            event("PersonAdded", "acme", **hanako),
            event("PersonAdded", "_ledger", **taro),
            contact("2014-01-05", "acme", persons=["hanako", "taro"]),
            contact("2014-01-05T10:00:00Z", "acme", "in_person"),
            contact("2014-01-31", "acme"),
            contact("2014-03", "acme", "in_person", persons=["hanako"]),
            on("2014-03-10", event("GoalAsked", "acme", by="partner")),
            on("2014-02-01", attempt),
            contact("2014-03-20", "birch", "email", by="partner"),
            on("2014-03-21", help_),
        ],
    )
