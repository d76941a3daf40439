"""Dates at the ends of time, and dates as few write them: no page fails."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.admission import make_key
from tests.doors import DOORS, FEED, Door
from tests.e2e.asking import contact, event, record
from tests.servers import Database, drop_database, fresh_database
from tests.two_ledgers import TwoLedgers, two_ledgers

ZONES: Final = {"default": "Asia/Tokyo", "theirs": "America/New_York"}
ODD: Final = (
    "0001-01-01T00:00:00+23:59",
    "2014-03-05t10:00:00.123456789z",
    "0001",
    "0001-01-01",
)
LAST: Final = "9999-12-31T23:59:59.999999z"


@pytest.fixture(scope="module")
def both(server: EmbeddedPostgres, migrated: str) -> Iterator[TwoLedgers]:
    """Two ledgers, far east and far west, with a story at the ends of time."""
    database = Database(*fresh_database(server.dsn, template=migrated))
    for ledger, zone in ZONES.items():
        make_key(database.owner_dsn, ("read",), ledger, zone=zone)
    with two_ledgers(database) as made:
        for ledger in ZONES:
            with made.client(ledger) as owner:
                for one in story():
                    record(owner, one)
        made.settle()
        yield made
    drop_database(database.owner_dsn)


def story() -> Iterator[dict[str, Any]]:
    for partner in ("acme", "birch", "cedar"):
        yield event("PartnerIdentified", partner, name=partner)
    for at in ODD:
        yield contact("acme", occurred_at=at)
    yield event("MeetingScheduled", "birch", on=LAST, channel="phone")
    yield event("MeetingScheduled", "birch", on="9999-12-31", channel="phone")
    yield event("ReminderSnoozed", "acme", until="9999-12-31")
    yield event("ReminderSnoozed", "cedar", until="9999")
    yield contact("cedar")
    yield event("CadenceSet", "cedar", target_days=1, max_days=36525)
    promise = {"by": "us", "kind": "space", "due": "9999-12-31"}
    yield event("ResourceCommitted", "acme", commitment="space", **promise)
    offer = {"by": "partner", "kind": "space", "valid_until": "9999-12-31"}
    yield event("HelpOffered", "acme", offer="none", **offer)
    agreed = {"name": "a", "project": "b", "starts": "0001-01-01", "ends": "9999-12-31"}
    yield event("AllianceAgreed", "acme", alliance="seminar", **agreed)


def is_read(door: Door) -> bool:
    return door.method == "GET" and not door.streams and door.scope != FEED


@pytest.mark.parametrize("ledger", ZONES)
def test_what_happened_at_the_ends_of_time_is_shown_everywhere(
    both: TwoLedgers, ledger: str
) -> None:
    with both.client(ledger) as owner:
        last = owner.get("/v1/events?limit=1000").json()["items"]
        cuts = ("", "as_of=9999", "as_of=0001-01-01", "as_of=2014-03-05T10:00:01z")
        for door in filter(is_read, DOORS):
            path = (door.at or door.path).format(event=last[4]["id"])
            for cut in cuts:
                at = f"{path}{'&' if '?' in path else '?'}{cut}"
                assert owner.get(at).status_code < 500, at
        for each in last:
            assert owner.get(f"/log/{each['id']}").status_code == 200
        feed = both.feed(ledger, "read")
        asked = owner.get("/v1/next-contacts.ics", params={"token": feed})
        assert asked.status_code == 200
