"""How an alliance developed, over HTTP: facts in order of happening, with effects."""

import csv
import io
import json
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import Json, event, head, pointers, problem, record
from tests.e2e.history_story import (
    agreement,
    check,
    help_,
    history,
    postings_of,
    stages_of,
)
from tests.running import RunningService

YEARS = ("2013", "2014-01-31", "2014-02", "2014-05-15", "2014-06-30", "2015")


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[httpx2.Client]:
    """A ledger in which an agreement was made early, and ran out."""
    with ledger_of(service) as client:
        identify(client, "acme")
        steps = [
            on("2014-03-01", agreement("acme")),
            contact("2014-01-05", "acme"),
            on("2014-01-10", help_("HelpOffered", "acme", "10", offer="o")),
            on("2014-02-10", event("OfferAccepted", "acme", offer="o")),
            on(
                "2014-02-20",
                help_("HelpDelivered", "acme", "4", offer="o", delivery="d"),
            ),
            contact("2014-05-01", "acme", "in_person"),
        ]
        record(client, steps)
        yield client


def brief(items: list[Json]) -> list[tuple[str, str | None, list[str]]]:
    return [
        (
            item["acts_from"][:10],
            item["type"],
            [s["stage"] for s in item["effect"]["stages"]],
        )
        for item in items
    ]


def test_facts_stand_in_order_of_happening_with_the_stages_that_they_made(
    told: httpx2.Client,
) -> None:
    body = history(told, as_of="2014")
    assert brief(body["items"]) == [
        ("2013-01-01", "PartnerIdentified", ["identified"]),
        ("2014-01-05", "ContactMade", ["acquainted"]),
        ("2014-01-10", "HelpOffered", []),
        ("2014-02-10", "OfferAccepted", []),
        ("2014-02-20", "HelpDelivered", []),
        ("2014-03-01", "AllianceAgreed", []),
        ("2014-04-01", None, ["allied"]),
        ("2014-05-01", "ContactMade", []),
        ("2014-07-01", None, ["acquainted"]),
    ]
    assert (body["partner"], body["policy"], body["uncertain"]) == ("acme", "v1", 0)
    assert body["position"] == head(told)


def test_a_stage_that_a_date_brought_has_no_event(told: httpx2.Client) -> None:
    items = history(told, as_of="2014")["items"]
    by_date = [item for item in items if item["event"] is None]
    nothing = ("position", "type", "occurred_at", "recorded_at", "recorded_by", "data")
    assert {item[name] for item in by_date for name in nothing} == {None}
    (agreed,) = [i["event"] for i in items if i["type"] == "AllianceAgreed"]
    assert [s["because"] for s in stages_of(by_date)] == [[agreed], [agreed]]
    assert stages_of(by_date)[0]["from"] == by_date[0]["acts_from"]


def test_a_fact_shows_its_postings_and_both_clocks(told: httpx2.Client) -> None:
    items = history(told, as_of="2014")["items"]
    (delivery,) = [item for item in items if item["type"] == "HelpDelivered"]
    legs = {(p["account"], p["ref"]): p["amount"] for p in postings_of(delivery)}
    assert legs["awaiting", "d"] == "4"
    assert legs["accepted", "o"] == "-4"
    raw = told.get(f"/v1/events/{delivery['event']}").json()
    same = ("position", "type", "partner", "occurred_at", "occurred_from", "data")
    more = ("occurred_to", "recorded_at", "recorded_by", "causation")
    assert {n: delivery[n] for n in same + more} == {n: raw[n] for n in same + more}
    assert delivery["corrected_by"] == []


@pytest.mark.parametrize("as_of", YEARS)
def test_effects_add_up_to_stages_and_balances(told: httpx2.Client, as_of: str) -> None:
    check(told, "acme", as_of=as_of)
    check(told, "acme", as_of=as_of, known_at="position:3")


def test_the_history_goes_out_as_rows_too(told: httpx2.Client) -> None:
    path, query = "/v1/partners/acme/history", {"as_of": "2014"}
    items = history(told, **query)["items"]
    lines = told.get(path, params=query, headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == items
    table = told.get(path, params=query, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["event"] for row in rows] == [item["event"] or "" for item in items]
    assert {"type", "acts_from", "data.by"} <= rows[0].keys()


def test_nothing_had_happened_before_the_first_event(told: httpx2.Client) -> None:
    body = history(told, as_of="2012")
    assert (body["items"], body["uncertain"]) == ([], 0)


def test_who_is_not_known_has_no_history(told: httpx2.Client) -> None:
    for partner, query in (
        ("nobody", {}),
        ("_ledger", {}),
        ("%00", {}),
        ("acme", {"known_at": "position:0"}),
    ):
        answer = told.get(f"/v1/partners/{partner}/history", params=query)
        problem(answer, "not-found")


def test_a_cursor_is_one_that_a_history_gave(told: httpx2.Client) -> None:
    for cursor in ("e30", "x", "%00"):
        answer = told.get(f"/v1/partners/acme/history?cursor={cursor}")
        assert pointers(problem(answer, "invalid")) == ["/query/cursor"]
