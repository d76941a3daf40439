"""The funnel and the deliveries, against the lists and the facts that they sum up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.projections.answers.streams import read_merges, survivor
from tests.histories import ZONES, histories
from tests.history_moves import occurrences
from tests.ledger_in_process import Books, Json, books
from tests.oracle.reading import Fact, Thing, interval
from tests.servers import Database
from tests.thoroughness import examples
from tests.whole_sums import LIMIT, Cut, added, some_cuts

STATES = {
    *("open", "lapsed", "accepted", "declined", "withdrawn", "completed", "cancelled")
}
SIDES = {"us": "given", "partner": "received"}
BY = {direction: by for by, direction in SIDES.items()}

law = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


@st.composite
def promising(draw: st.DrawFn) -> list[Json]:
    """Histories in which commitments may be due."""
    history: list[Json] = draw(histories(partners=3))
    for request in history:
        if request["type"] == "ResourceCommitted" and draw(st.booleans()):
            request["data"]["due"] = draw(occurrences())
    return history


def helped(cut: Cut) -> tuple[set[Thing], set[Thing]]:
    """The promises with a delivery that moved them, and with an acknowledged one."""
    inside = cut.facts()
    promises = {f.introduces: f for f in inside if f.introduces}
    acknowledged = {
        (item["partner"], item["delivery"])
        for item in cut.deliveries()
        if item["acknowledged"] != "0"
    }
    merges = read_merges(cut.connection, cut.question)
    delivered, thanked = set(), set()
    for fact in inside:
        if fact.type != "HelpDelivered" or not fact.answers or not fact.introduces:
            continue
        (promise,) = fact.answers
        if not _moves(fact, promises[promise]):
            continue
        delivered.add(promise)
        if _shown(merges, fact.introduces) in acknowledged:
            thanked.add(promise)
    return delivered, thanked


def _moves(delivery: Fact, promise: Fact) -> bool:
    """A commitment is not moved by help in another unit that leaves it open."""
    units = [f.data.get("quantity", {}).get("unit", "act") for f in (delivery, promise)]
    in_its_unit = units[0] == units[1]
    is_offer = promise.type == "HelpOffered"
    return in_its_unit or is_offer or bool(delivery.data.get("completes"))


def _shown(merges: Mapping[str, str], thing: Thing) -> tuple[str, str]:
    _, stream, name = thing
    root = survivor(merges, stream)
    return root, name if root == stream else f"{stream}/{name}"


@law
@given(data=st.data(), history=promising(), zone=st.sampled_from(ZONES))
def test_the_funnel_counts_what_the_lists_show(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    for cut in some_cuts(open_books, data, history, zone):
        funnel = cut.funnel()
        merges = read_merges(cut.connection, cut.question)
        reached = [
            {(kind, *_shown(merges, (kind, stream, name))) for kind, stream, name in s}
            for s in helped(cut)
        ]
        for item in funnel.items:
            kind, direction = item["promise"], item["direction"]
            listed = [p for p in cut.promises(kind) if SIDES[p["by"]] == direction]
            named = {(kind, p["partner"], p[kind]) for p in listed}
            states = Counter(p["state"] for p in listed)
            counted = {name: n for name, n in item.items() if n and name in STATES}
            assert counted == states
            assert item["made"] == len(listed)
            assert item["overdue"] == sum(p["overdue"] for p in listed)
            found = [item["delivered"], item["acknowledged"]]
            assert found == [len(named & s) for s in reached]


@law
@given(data=st.data(), history=promising(), zone=st.sampled_from(ZONES))
def test_what_is_overdue_the_longest_comes_first(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    for cut in some_cuts(open_books, data, history, zone):
        found = cut.funnel().overdue
        late = [c for c in cut.promises("commitment") if c["overdue"]]
        ends = sorted(interval(c["due"], ZoneInfo(zone))[1] for c in late)
        assert [interval(c["due"], ZoneInfo(zone))[1] for c in found] == ends[:LIMIT]
        assert all(c in late for c in found)
        assert len({str(c) for c in found}) == len(found)


@law
@given(data=st.data(), history=histories(partners=3), zone=st.sampled_from(ZONES))
def test_deliveries_add_up_to_the_balances_and_read_as_recorded(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    for cut in some_cuts(open_books, data, history, zone):
        listed = cut.deliveries()
        for balance, (side, by) in product(cut.balances(), BY.items()):
            mine = [
                d for d in listed if (d["partner"], d["by"]) == (balance["partner"], by)
            ]
            mine = [d for d in mine if _unit(d) == balance["unit"]]
            for amount in ("delivered", "acknowledged", "awaiting", "disputed"):
                assert added(mine, amount) == balance[side][amount]
        told = {f.id: f for f in cut.facts() if f.type == "HelpDelivered"}
        assert {d["event"] for d in listed} == told.keys()
        for delivery in listed:
            fact = told[delivery["event"]]
            assert delivery["kind"] == fact.data["kind"]
            assert (delivery["quantity"] is None) == ("quantity" not in fact.data)


def _unit(delivery: Json) -> str:
    quantity = delivery["quantity"]
    return "act" if quantity is None else str(quantity["unit"])
