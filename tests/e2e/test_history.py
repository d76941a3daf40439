"""How an alliance developed, over HTTP: facts in order of happening, with effects."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.e2e.acts_story import contact, identify, ledger_of, on
from tests.e2e.asking import Json, event, head, pointers, problem, read, record, say
from tests.running import RunningService

YEARS = ("2013", "2014-01-31", "2014-02", "2014-05-15", "2014-06-30", "2015")


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def help_(kind: str, partner: str, amount: str, /, **data: Any) -> Json:
    given = {"by": "us", "kind": "expertise", "quantity": hours(amount)}
    return event(kind, partner, **given, **data)


def agreement(partner: str) -> Json:
    plan = {"name": "A", "project": "Seminar", "starts": "2014-04", "ends": "2014-06"}
    return event("AllianceAgreed", partner, alliance="a", **plan)


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


def history(client: httpx2.Client, partner: str = "acme", /, **query: Any) -> Json:
    body: Json = read(client, f"/v1/partners/{partner}/history", **query)
    return body


def stages_of(items: list[Json]) -> list[Json]:
    return [stage for item in items for stage in item["effect"]["stages"]]


def brief(items: list[Json]) -> list[tuple[str, str | None, list[str]]]:
    return [
        (
            item["acts_from"][:10],
            item["type"],
            [s["stage"] for s in item["effect"]["stages"]],
        )
        for item in items
    ]


def sums(postings: list[Json]) -> dict[tuple[str, ...], Decimal]:
    """By side, account, unit and thing, what is not zero."""
    found: Counter[tuple[str, ...]] = Counter()
    for p in postings:
        key = (p["side"], p["account"], p["unit"], p["ref"])
        found[key] += Decimal(p["amount"])  # type: ignore[assignment]
    return {key: Decimal(total) for key, total in found.items() if total}


def check(client: httpx2.Client, partner: str, /, **query: Any) -> None:
    """The effects add up to what the other answers say at the same cut."""
    items = history(client, partner, limit=1000, **query)["items"]
    path = f"/v1/partners/{partner}"
    rows = read(client, f"{path}/stages", **query)["history"]
    kept = ("stage", "episode", "from", "because")
    assert stages_of(items) == [{name: row[name] for name in kept} for row in rows]
    posted = read(client, f"{path}/postings", limit=1000, **query)["items"]
    effects = [p for item in items for p in item["effect"]["postings"]]
    assert sums(effects) == sums(posted)


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
    legs = {(p["account"], p["ref"]): p["amount"] for p in _postings(delivery)}
    assert legs["awaiting", "d"] == "4"
    assert legs["accepted", "o"] == "-4"
    raw = told.get(f"/v1/events/{delivery['event']}").json()
    same = ("position", "type", "partner", "occurred_at", "occurred_from", "data")
    more = ("occurred_to", "recorded_at", "recorded_by", "causation")
    assert {n: delivery[n] for n in same + more} == {n: raw[n] for n in same + more}
    assert delivery["corrected_by"] == []


def _postings(item: Json) -> list[Json]:
    found: list[Json] = item["effect"]["postings"]
    return found


@pytest.mark.parametrize("as_of", YEARS)
def test_effects_add_up_to_stages_and_balances(told: httpx2.Client, as_of: str) -> None:
    check(told, "acme", as_of=as_of)
    check(told, "acme", as_of=as_of, known_at="position:3")


def test_facts_read_as_they_were_known(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme")
        made = record(client, contact("2014-01-05", "acme"))
        gone = record(client, contact("2014-01-06", "acme"))
        why = {"target": made["id"], "reason": "Not so."}
        dated = say(client, "EventCorrected", "acme", occurred_at="2014-03", **why)
        email = {"by": "partner", "channel": "email"}
        said = say(client, "EventCorrected", "acme", data=email, **why)
        say(client, "EventRetracted", "acme", target=gone["id"], reason="Not so.")
        _, now = history(client)["items"]
        assert now["corrected_by"] == [dated["id"], said["id"]]
        assert (now["occurred_at"], now["data"]) == ("2014-03", email)
        assert now["acts_from"] == now["occurred_from"] == "2014-03-01T00:00:00.000000Z"
        assert now["occurred_to"].startswith("2014-03-31")
        for cut in range(1, head(client) + 1):
            check(client, "acme", known_at=f"position:{cut}")
        then = history(client, known_at=f"position:{gone['position']}")["items"]
        assert [i["occurred_at"] for i in then] == ["2013", "2014-01-05", "2014-01-06"]
        assert then[1]["corrected_by"] == []
        undo = {"target": dated["id"], "reason": "It was in January."}
        say(client, "EventRetracted", "acme", **undo)
        _, back = history(client)["items"]
        assert (back["occurred_at"], back["data"]) == ("2014-01-05", email)
        assert back["corrected_by"] == [said["id"]]


def test_merged_partners_have_one_history(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme", "birch")
        record(
            client,
            [
                on("2014-02", help_("HelpOffered", "acme", "2", offer="o")),
                contact("2014-01-05", "birch"),
                contact("2014-01-04", "acme"),
            ],
        )
        before = head(client)
        merge = say(client, "PartnerMerged", "acme", into="birch", reason="Same.")
        say(client, "OfferAccepted", "birch", offer="acme/o")
        items = history(client, "birch")["items"]
        facts = [(i["partner"], i["type"]) for i in items]
        assert facts == [
            ("acme", "PartnerIdentified"),
            ("birch", "PartnerIdentified"),
            ("acme", "ContactMade"),
            ("birch", "ContactMade"),
            ("acme", "HelpOffered"),
            ("acme", "PartnerMerged"),
            ("birch", "OfferAccepted"),
        ]
        assert {p["ref"] for i in items for p in _postings(i)} == {"acme/o"}
        check(client, "birch")
        gone = client.get("/v1/partners/acme/history")
        assert problem(gone, "not-found")["merged_into"] == "birch"
        for partner in ("acme", "birch"):
            check(client, partner, known_at=f"position:{before}")
        refused = {"target": merge["id"], "reason": "Two, after all."}
        assert client.post(
            "/v1/events", json=event("EventRetracted", "acme", **refused)
        )


def test_pages_are_of_the_cut_of_the_first(service: RunningService) -> None:
    with ledger_of(service) as client:
        identify(client, "acme")
        record(
            client,
            [agreement("acme"), *(contact(f"2014-05-0{n}", "acme") for n in "123")],
        )
        whole = history(client)
        path = f"/v1/partners/acme/history?limit=1&min_position={head(client)}"
        answer, items = client.get(path), []
        top = answer.json()["position"]
        while True:
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            assert answer.json()["position"] == top
            if "next" not in answer.links:
                break
            record(client, contact("2014-05-04", "acme"))
            answer = client.get(answer.links["next"]["url"])
        assert items == whole["items"]
        assert len(history(client)["items"]) > len(items)


def test_a_policy_says_what_the_facts_made(told: httpx2.Client) -> None:
    loose = {"contact_days": 2, "contact_window_days": 200, "require_goal": False}
    policy = say(told, "StagePolicyPublished", "_ledger", **loose)["id"]
    judged = history(told, as_of="2014-05-31")
    assert judged["policy"] == policy
    assert "exploring" not in [s["stage"] for s in stages_of(judged["items"])]
    # Beneath the alliance it is earned, and shows when the alliance is over.
    ending = stages_of(history(told, as_of="2014-07-01")["items"])[-1]
    assert ending["stage"] == "exploring"
    old = history(told, as_of="2014-07-01", policy="v1")
    assert (old["policy"], stages_of(old["items"])[-1]["stage"]) == ("v1", "acquainted")
    check(told, "acme", as_of="2014-07-01", policy="v1")
    known = {"policy": policy, "known_at": "position:3"}
    refused = told.get("/v1/partners/acme/history", params=known)
    assert pointers(problem(refused, "invalid")) == ["/query/policy"]


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
