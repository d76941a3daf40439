"""Balances on two clocks, over HTTP."""

import csv
import io
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    contact,
    event,
    fresh,
    head,
    problem,
    read,
    record,
    say,
)

ACCOUNTS = {
    *("offered", "lapsed", "accepted", "committed", "outstanding"),
    *("delivered", "acknowledged", "awaiting", "disputed"),
}


def on(day: str, content: Json) -> Json:
    return {**content, "occurred_at": day}


def hours(amount: str) -> Json:
    return {"amount": amount, "unit": "hour"}


def help_of(kind: str, partner: str, amount: str, /, **data: Any) -> Json:
    given: Json = {"by": "us", "kind": "expertise", "quantity": hours(amount)}
    return event(kind, partner, **{**given, **data})


def balance(client: httpx2.Client, partner: str, /, **query: Any) -> Json:
    found: Json = read(client, f"/v1/partners/{partner}/balance", **query)
    return found


def amounts(body: Json, side: str = "given", unit: str = "hour") -> Json:
    """The amounts of one unit and direction that are not zero."""
    found = [item for item in body["items"] if item["unit"] == unit]
    told = found[0][side] if found else {}
    return {n: str(Decimal(a).normalize()) for n, a in told.items() if Decimal(a)}


@pytest.fixture
def promised(client: httpx2.Client, partner: str) -> str:
    """A partner to whom 10 hours were offered, of which 4 were delivered."""
    steps = [
        on("2014-01-10", help_of("HelpOffered", partner, "10", offer="o")),
        on("2014-02-10", event("OfferAccepted", partner, offer="o")),
        on(
            "2014-03-10",
            help_of("HelpDelivered", partner, "4", offer="o", delivery="d"),
        ),
        on("2014-04-10", event("DeliveryAcknowledged", partner, delivery="d")),
    ]
    record(client, steps)
    return partner


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2014-01-09", {}),
        ("2014-01-10", {"offered": "1E+1"}),
        ("2014-02-09", {"offered": "1E+1"}),
        ("2014-02-10", {"accepted": "1E+1"}),
        ("2014-02", {"accepted": "1E+1"}),
        ("2014-03-10T00:00:00Z", {"accepted": "6", "delivered": "4", "awaiting": "4"}),
        ("2014-03-09T23:59:59Z", {"accepted": "1E+1"}),
        ("2014-03", {"accepted": "6", "delivered": "4", "awaiting": "4"}),
        ("2014", {"accepted": "6", "delivered": "4", "acknowledged": "4"}),
        ("9999", {"accepted": "6", "delivered": "4", "acknowledged": "4"}),
        ("2014-03-10T09:00:00%2B09:00", {"accepted": "6", "delivered": "4"}),
    ],
)
def test_a_balance_is_of_what_had_happened_by_then(
    client: httpx2.Client, promised: str, as_of: str, expected: Json
) -> None:
    sent = as_of.replace("%2B", "+")
    found = amounts(balance(client, promised, as_of=sent))
    assert expected.items() <= found.items()
    assert found.keys() - expected.keys() <= {"awaiting"}


def test_a_balance_has_every_account_of_both_directions(
    client: httpx2.Client, promised: str
) -> None:
    body = balance(client, promised)
    assert body["partner"] == promised
    assert body.keys() >= {"partner", "items", "as_of", "position", "uncertain"}
    (item,) = body["items"]
    assert item["unit"] == "hour"
    assert set(item["given"]) == set(item["received"]) == ACCOUNTS
    everything = [*item["given"].values(), *item["received"].values(), item["net"]]
    assert all(isinstance(amount, str) for amount in everything)
    assert Decimal(item["net"]) == 4
    sides = {"estimated", "reported", "confirmed"}
    assert set(item["benefit"]["us"]) == set(item["benefit"]["partner"]) == sides


def test_a_balance_is_of_what_was_known_by_then(
    client: httpx2.Client, promised: str
) -> None:
    before = head(client)
    late = on("2014-01-20", help_of("HelpDelivered", promised, "1", confirmed=True))
    recorded = record(client, late)
    then = balance(client, promised, known_at=f"position:{before}", as_of="2014-01-31")
    now = balance(client, promised, as_of="2014-01-31")
    assert amounts(then) == {"offered": "1E+1"}
    assert amounts(now) == {"offered": "1E+1", "delivered": "1", "acknowledged": "1"}
    assert (then["position"], now["position"] >= recorded["position"]) == (before, True)


def test_known_at_is_also_a_time(client: httpx2.Client, promised: str) -> None:
    first = record(client, help_of("HelpDelivered", promised, "1", confirmed=True))
    record(client, help_of("HelpDelivered", promised, "1", confirmed=True))
    found = balance(client, promised, known_at=first["recorded_at"], as_of="9999")
    assert found["position"] == first["position"]
    assert amounts(found)["acknowledged"] == "5"
    now = balance(client, promised, known_at="9999", as_of="9999")
    assert amounts(now)["acknowledged"] == "6"


def test_a_position_beyond_the_head_is_invalid(
    client: httpx2.Client, partner: str
) -> None:
    query = {"known_at": f"position:{head(client) + 1}"}
    for path in (f"/v1/partners/{partner}/balance", "/v1/balances"):
        problem(client.get(path, params=query), "invalid")


def test_a_partner_unknown_at_the_cut_is_not_found(
    client: httpx2.Client, partner: str
) -> None:
    position = head(client)
    for path in ("balance", "postings"):
        query: Json = {"known_at": f"position:{position - 1}"}
        query["min_position"] = position
        asked = f"/v1/partners/{partner}/{path}"
        problem(client.get(asked, params=query), "not-found")
        problem(client.get(f"/v1/partners/{fresh()}/{path}"), "not-found")
        assert read(client, asked, known_at=f"position:{position}")["items"] == []


def test_before_its_first_event_a_partner_has_an_empty_balance(
    client: httpx2.Client, promised: str
) -> None:
    assert balance(client, promised, as_of="0001")["items"] == []


def test_an_uncertain_date_is_counted_as_uncertain(
    client: httpx2.Client, partner: str
) -> None:
    record(client, on("2014", help_of("HelpDelivered", partner, "1", confirmed=True)))
    june = balance(client, partner, as_of="2014-06-30")
    assert (amounts(june)["acknowledged"], june["uncertain"]) == ("1", 1)
    assert balance(client, partner, as_of="2014-12-31")["uncertain"] == 0


def test_unquantified_help_counts_as_one_act(
    client: httpx2.Client, partner: str
) -> None:
    say(client, "HelpDelivered", partner, by="partner", kind="referral")
    found = amounts(balance(client, partner), "received", "act")
    assert found == {"delivered": "1", "acknowledged": "1"}


def test_amounts_are_exact(client: httpx2.Client, partner: str) -> None:
    for amount in ("99999999999999999999.999999999999", "0.000000000001"):
        record(client, help_of("HelpDelivered", partner, amount, confirmed=True))
    (item,) = balance(client, partner)["items"]
    assert item["net"] == "100000000000000000000"


def test_postings_sum_to_zero_and_name_their_events(
    client: httpx2.Client, promised: str
) -> None:
    rows = read(client, f"/v1/partners/{promised}/postings")["items"]
    members = {"position", "event", "acts_from", "side", "account", "unit", "amount"}
    assert all(row.keys() >= {*members, "ref"} for row in rows)
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert {row["ref"] for row in rows} == {"o", "d"}
    assert {row["unit"] for row in rows} == {"hour"}


def test_benefit_stands_beside_and_is_never_mixed_in(
    client: httpx2.Client, partner: str
) -> None:
    data = {"quantity": hours("3"), "confidence": "confirmed"}
    say(client, "BenefitReported", partner, gained_by="us", **data)
    (item,) = balance(client, partner)["items"]
    assert Decimal(item["benefit"]["us"]["confirmed"]) == 3
    assert Decimal(item["net"]) == 0


def rows_of(client: httpx2.Client, path: str, partner: str, /, **query: Any) -> Any:
    items = read(client, path, limit=1000, **query)["items"]
    return [item for item in items if item["partner"] == partner]


def test_all_balances_hold_those_of_each_partner(
    client: httpx2.Client, promised: str
) -> None:
    (row,) = rows_of(client, "/v1/balances", promised)
    (item,) = balance(client, promised)["items"]
    for member in ("unit", "given", "received", "net"):
        assert row[member] == item[member]
    assert rows_of(client, "/v1/balances", promised, as_of="2013") == []


def test_balances_are_read_as_csv(client: httpx2.Client, promised: str) -> None:
    query, headers = {"min_position": head(client)}, {"Accept": "text/csv"}
    answer = client.get("/v1/balances", params=query, headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert promised in {row["partner"] for row in rows}


def test_offers_and_commitments_have_a_state(
    client: httpx2.Client, promised: str
) -> None:
    say(client, "HelpOffered", promised, offer="open", by="partner", kind="space")
    say(client, "HelpOffered", promised, offer="gone", by="us", kind="space")
    say(client, "OfferDeclined", promised, offer="gone")
    record(client, help_of("ResourceCommitted", promised, "5", due="2014"))
    offers = rows_of(client, "/v1/offers", promised, partner=promised)
    states = {o["offer"]: o["state"] for o in offers}
    assert (states["o"], states["open"]) == ("accepted", "open")
    assert states["gone"] not in {"open", "accepted"}
    (overdue,) = rows_of(client, "/v1/commitments", promised, overdue="true")
    assert overdue["state"] == "open"


def test_partners_are_listed(client: httpx2.Client, partner: str) -> None:
    record(client, contact(partner))
    (row,) = rows_of(client, "/v1/partners", partner)
    assert row["name"] == partner.title()
