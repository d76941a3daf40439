"""Proposals over HTTP: which came before their time, and what has cleared them."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.alliance_story import agree, deliver, propose
from tests.e2e.asking import Json, event, head, problem, read, record, say
from tests.e2e.bad_values import MARKER
from tests.e2e.test_bad_questions import BAD_NUMBERS, BAD_TIMES, complaints
from tests.e2e.test_paging import pages
from tests.running import RunningService

CONTACTS = ("2014-01-05", "2014-02-05", "2014-03-05")
ALLIED = "2014-07-01T00:00:00.000000Z"
EASY: Json = {"require_goal": False, "require_principles": False}


def grow(partner: str) -> list[Json]:
    """All that an easy policy asks of `ready`, which it earns on 2014-04-10."""
    days = ("2014-01-10", "2014-02-10", "2014-04-10")
    return [
        *(contact(day, partner) for day in CONTACTS),
        *(deliver(day, partner, confirmed=True) for day in days[:2]),
        deliver(days[2], partner, by="partner"),
    ]


def tell(client: httpx2.Client) -> None:
    """Acme proposes three times, the third in good time; Birch at once."""
    identify(client, "acme", "birch", "cedar")
    say(client, "StagePolicyPublished", "_ledger", **EASY)
    record(
        client,
        [
            *grow("acme"),
            contact("2014-01-20", "birch", by="partner"),
            propose("2014-01-20", "birch", "database"),
            propose("2014-01-06", "acme", "early", by="us", asks=["A talk"]),
            propose("2014-02-06", "acme", "again"),
            propose("2014-05-06", "acme", "well"),
            agree("2014-06-01", "acme", "well", starts="2014-07-01"),
        ],
    )


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A client of a ledger in which the story was told."""
    with ledger_of(service) as client:
        tell(client)
        yield client


def proposed(client: httpx2.Client, /, **query: Any) -> list[str]:
    items = read(client, "/v1/proposals", **query)["items"]
    return [item["alliance"] for item in items]


def test_premature_proposals_tell_how_far_the_two_were(told: httpx2.Client) -> None:
    body = read(told, "/v1/proposals", as_of="2014-05")
    early, again, database = body["items"]
    assert database["event"].count("-") == 4
    assert database | {"event": ""} == {
        "partner": "birch",
        "event": "",
        "alliance": "database",
        "by": "partner",
        "at": "2014-01-20T00:00:00.000000Z",
        "scope": "All",
        "asks": ["The member database"],
        "gives": [],
        "earned": "acquainted",
        "days_since_first_contact": 0,
        "premature": True,
        "cleared_at": None,
    }
    assert (early["by"], early["asks"], early["earned"]) == (
        "us",
        ["A talk"],
        "acquainted",
    )
    assert (again["alliance"], again["days_since_first_contact"]) == ("again", 32)
    assert body["position"] == head(told)


def test_proposals_in_good_time_are_told_when_asked_for(told: httpx2.Client) -> None:
    assert proposed(told) == ["early", "again", "database"]
    assert proposed(told, premature="false") == ["well"]
    everything = ["early", "again", "well", "database"]
    assert proposed(told, premature="any") == everything
    assert proposed(told, premature="any", partner="birch") == ["database"]
    assert proposed(told, partner="cedar", premature="any") == []
    problem(told.get("/v1/proposals?partner=nobody"), "not-found")


def test_a_proposal_is_cleared_once_they_are_allied_and_ready(
    told: httpx2.Client,
) -> None:
    for as_of, expected in (("2014-06", None), ("2014-07-01", ALLIED)):
        items = read(told, "/v1/proposals", as_of=as_of, partner="acme")["items"]
        cleared = {item["cleared_at"] for item in items}
        flags = read(told, "/v1/partners/acme/stages", as_of=as_of)["current"]["flags"]
        is_flagged = any(flag["flag"] == "premature_proposal" for flag in flags)
        assert (cleared, is_flagged) == ({expected}, expected is None)


def test_what_was_not_proposed_by_then_is_left_out(told: httpx2.Client) -> None:
    assert proposed(told, as_of="2014-01-10") == ["early"]
    assert not proposed(told, as_of="2013", premature="any")
    assert not proposed(told, as_of="2013", partner="acme")


@pytest.mark.parametrize("query", ["", "premature=any&", "partner=acme&"])
def test_pages_hold_each_proposal_once_and_in_order(
    told: httpx2.Client, query: str
) -> None:
    address = f"/v1/proposals?{query}min_position={head(told)}&limit="
    whole = told.get(f"{address}1000").json()["items"]
    assert len(whole) > 1
    for limit in (1, 2):
        found = pages(told, f"{address}{limit}")
        assert all(len(page) <= limit for page in found)
        assert [item for page in found for item in page] == whole


def test_a_cursor_keeps_its_cut(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme", "birch", "cedar")
        made = [
            record(client, propose("2014-02-01", name, name))
            for name in ("acme", "birch", "cedar")
        ]
        query: Json = {"limit": 1, "min_position": head(client)}
        first = client.get("/v1/proposals", params=query)
        say(client, "PartnerMerged", "cedar", into="acme", reason="The same company.")
        say(client, "EventRetracted", "birch", target=made[1]["id"], reason="Never.")
        record(client, propose("2014-02-01", "birch", "zebra"))
        assert proposed(client) == ["acme", "cedar/cedar", "zebra"]
        following = pages(client, first.links["next"]["url"])
        assert [i["alliance"] for page in following for i in page] == ["birch", "cedar"]


def test_senseless_questions_are_refused(told: httpx2.Client) -> None:
    questions = [
        *(f"limit={value}" for value in BAD_NUMBERS),
        *(f"as_of={value}" for value in BAD_TIMES),
        *("premature=yes", "premature=", "partner=A", "partner=", f"{MARKER}=1"),
        *("cursor=e30", "cursor=%00", "known_at=2014", "limit=1&limit=2"),
    ]
    assert not complaints(told, [f"/v1/proposals?{each}" for each in questions])


def test_a_break_off_is_no_proposal(told: httpx2.Client) -> None:
    over = on("2014-08", event("RelationshipBrokenOff", "cedar", by="us", reason="x"))
    record(told, over)
    assert proposed(told, partner="cedar", premature="any") == []
