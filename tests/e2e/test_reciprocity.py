"""Given and received over all partners, over HTTP."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import Json, event, fresh, head, problem, read, record
from tests.e2e.bad_values import MARKER
from tests.running import RunningService

PATH = "/v1/reciprocity"
SIDES = ("given", "received")


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def on(day: str, kind: str, partner: str, /, **data: Any) -> Json:
    return {**event(kind, partner, **data), "occurred_at": day}


def delivered(day: str, partner: str, by: str, amount: str, /, **data: Any) -> Json:
    help_ = {"by": by, "kind": "expertise", "quantity": hours(amount), **data}
    return on(day, "HelpDelivered", partner, **help_)


@pytest.fixture
def books(service: RunningService) -> Iterator[httpx2.Client]:
    """A ledger of this test's own: acme and birch gave and received, cedar waits."""
    key = service.make_key("record", "read", ledger=fresh("sums"))
    with service.with_key(key) as client:
        names = ("acme", "birch", "cedar")
        record(client, [event("PartnerIdentified", n, name=n.title()) for n in names])
        steps = [
            delivered("2014-01-10", "acme", "us", "4", delivery="d", confirmed=True),
            delivered("2014-02-10", "acme", "partner", "1.5"),
            delivered("2014-03-10", "birch", "us", "0.5", confirmed=True),
            delivered("2014-04-10", "cedar", "us", "3"),
            on("2014-05-10", "HelpDelivered", "cedar", by="partner", kind="referral"),
            on(
                *("2014-06-10", "ResourceCommitted", "birch"),
                by="us",
                kind="money",
                quantity=hours("7"),
            ),
            on(
                *("2014-07-10", "BenefitReported", "birch"),
                gained_by="us",
                confidence="confirmed",
                quantity={"amount": "90", "unit": "EUR"},
            ),
        ]
        record(client, steps)
        yield client


def unit(body: Json, name: str) -> Json:
    (item,) = [item for item in body["items"] if item["unit"] == name]
    return dict(item)


def partners(item: Json) -> tuple[int, int, int]:
    names = ("partners_given", "partners_received", "partners_both")
    given, received, both = (item[name] for name in names)
    return given, received, both


def test_reciprocity_sums_what_all_partners_gave_and_received(
    books: httpx2.Client,
) -> None:
    body = read(books, PATH)
    assert [item["unit"] for item in body["items"]] == ["EUR", "act", "hour"]
    item = unit(body, "hour")
    given = {name: n for name, n in item["given"].items() if n != "0"}
    assert given == {
        "committed": "7",
        "outstanding": "7",
        "delivered": "7.5",
        "acknowledged": "4.5",
        "awaiting": "3",
    }
    assert item["received"]["acknowledged"] == "1.5"
    assert item["net"] == "3"
    # cedar has acknowledged nothing yet: an awaited delivery makes no partner.
    assert partners(item) == (2, 1, 1)
    assert partners(unit(body, "act")) == (0, 1, 0)
    assert unit(body, "EUR")["benefit"]["us"]["confirmed"] == "90"
    assert body["uncertain"] == 0


def test_reciprocity_of_one_partner_is_its_balance(books: httpx2.Client) -> None:
    for name in ("acme", "birch", "cedar"):
        balance = read(books, f"/v1/partners/{name}/balance")
        body = read(books, PATH, partner=name)
        members = balance["items"][0].keys() if balance["items"] else ()
        told = [{m: item[m] for m in members} for item in body["items"]]
        assert told == balance["items"]
        assert body["uncertain"] == balance["uncertain"]
    assert partners(unit(read(books, PATH, partner="acme"), "hour")) == (1, 1, 1)
    assert partners(unit(read(books, PATH, partner="cedar"), "hour")) == (0, 0, 0)


@pytest.mark.parametrize("as_of", ["2013", "2014-02", "2014-04-10", "9999"])
def test_reciprocity_equals_the_sum_of_balances_at_any_cut(
    books: httpx2.Client, as_of: str
) -> None:
    for position in range(3, head(books) + 1):
        cut = {"as_of": as_of, "known_at": f"position:{position}"}
        balances = read(books, "/v1/balances", **cut)["items"]
        items = read(books, PATH, **cut)["items"]
        assert {i["unit"] for i in items} == {b["unit"] for b in balances}
        for item in items:
            mine = [b for b in balances if b["unit"] == item["unit"]]
            for side in SIDES:
                for name, amount in item[side].items():
                    assert Decimal(amount) == sum(Decimal(b[side][name]) for b in mine)
            assert Decimal(item["net"]) == sum(Decimal(b["net"]) for b in mine)


def test_merged_partners_count_once(books: httpx2.Client) -> None:
    before = head(books)
    merge = event("PartnerMerged", "birch", into="acme", reason="The same company.")
    record(books, merge)
    assert partners(unit(read(books, PATH), "hour")) == (1, 1, 1)
    assert unit(read(books, PATH), "hour")["net"] == "3"
    then = read(books, PATH, known_at=f"position:{before}")
    assert partners(unit(then, "hour")) == (2, 1, 1)
    gone = problem(books.get(PATH, params={"partner": "birch"}), "not-found")
    assert gone["merged_into"] == "acme"


def test_units_come_in_pages(books: httpx2.Client) -> None:
    query = {"limit": 2, "min_position": head(books)}
    first = books.get(PATH, params=query)
    link = first.headers["Link"].split(">")[0].removeprefix("<")
    rest = books.get(link)
    found = [*first.json()["items"], *rest.json()["items"]]
    assert found == read(books, PATH)["items"]
    assert "Link" not in rest.headers


def test_reciprocity_is_read_as_csv(books: httpx2.Client) -> None:
    query, headers = {"min_position": head(books)}, {"Accept": "text/csv"}
    answer = books.get(PATH, params=query, headers=headers)
    rows = {row["unit"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows["hour"]["given.acknowledged"] == "4.5"
    assert rows["hour"]["partners_both"] == "1"


def test_a_senseless_question_is_refused(books: httpx2.Client) -> None:
    for query in ("partner=%00", "partner=A", f"cursor={MARKER}", "limit=0", "unit=x"):
        problem(books.get(f"{PATH}?{query}"), "invalid")
    problem(books.get(f"{PATH}?partner=nobody"), "not-found")
