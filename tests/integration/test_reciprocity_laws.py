"""Sums over all partners, against the lists that they sum up, at any pair of cuts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from contracts.quantity import exact_arithmetic, plain
from services.foundation.access import Grant
from services.ledger.store.recordings import Recorded
from services.projections.answers.balances import all_balances
from services.projections.answers.deliveries import read_items, read_rows
from services.projections.answers.funnel import Funnel, read_funnel
from services.projections.answers.promises import read_promises
from services.projections.answers.question import Question
from services.projections.answers.reciprocity import read_reciprocity
from services.projections.answers.streams import (
    Streams,
    read_merges,
    streams_of,
    survivor,
)
from tests.histories import ZONES, cuts, histories, resolve
from tests.history_moves import occurrences
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.reading import Fact, Thing, facts, interval
from tests.servers import Database

names = count()
law = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SIDES = {"us": "given", "partner": "received"}
LIMIT = 5


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


def recorded(opened: Books, history: list[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    ledger = opened.ledger(f"sums-{next(names)}", zone)
    ids: dict[int, str] = {}
    for index, request in enumerate(history):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    ledger.fold()
    return ledger


class Cut:
    """One question to a ledger, and what the lists answer to it."""

    def __init__(
        self, ledger: InProcess, connection: Connection[Any], as_of: datetime, at: int
    ) -> None:
        grant = Grant(ledger.name, ledger.zone, "tester", frozenset({"read"}))
        self.question = Question(grant, as_of, at, 1, as_of_given=True)
        self.connection = connection
        self.events = ledger.events()
        merges = read_merges(connection, self.question)
        self.roots = sorted({survivor(merges, e["partner"]) for e in self.events})
        self.streams = streams_of(merges, self.roots)

    def of(self, partner: str) -> Streams:
        """The streams that answer for one partner."""
        merges = read_merges(self.connection, self.question)
        return streams_of(merges, (partner,))

    def balances(self) -> list[Json]:
        """All balances."""
        return list(all_balances(self.connection, self.question, ("", "")))

    def reciprocity(self, streams: Streams | None = None) -> list[Json]:
        """Given and received, of all or of some streams."""
        return list(read_reciprocity(self.connection, self.question, streams))

    def promises(self, kind: str) -> list[Json]:
        """All offers or all commitments."""
        return read_promises(self.connection, self.question, kind, self.streams)

    def funnel(self) -> Funnel:
        """The funnel of promises."""
        return read_funnel(self.connection, self.question, LIMIT)

    def deliveries(self) -> list[Json]:
        """All deliveries."""
        rows = read_rows(self.connection, self.question, self.streams)
        return read_items(self.connection, self.question, rows)

    def facts(self) -> list[Fact]:
        """The facts inside both cuts, read independently."""
        zone = self.question.grant.zone
        read = facts(self.events, position=self.question.position, zone=zone)
        return [fact for fact in read if fact.acts_from <= self.question.as_of]


def some_cuts(
    opened: Books, data: st.DataObject, history: list[Json], zone: str
) -> Iterator[Cut]:
    """A few pairs of cuts of a history told to a ledger."""
    ledger = recorded(opened, history, zone)
    head, place = len(ledger.events()), ZoneInfo(zone)
    with opened.pool.connection() as connection:
        for _ in range(5):
            text, at = data.draw(cuts(history, zone=place, head=head))
            yield Cut(ledger, connection, interval(text, place)[1], at)


def added(items: Iterable[Json], *path: str) -> str:
    """The exact sum of one amount of each item."""
    total = Decimal(0)
    with exact_arithmetic():
        for item in items:
            value: Any = item
            for name in path:
                value = value[name]
            total += Decimal(value)
    return plain(total)


def summed(balances: list[Json], unit: str) -> Json:
    """What reciprocity must say of a unit, from the balances of all partners."""
    items = [item for item in balances if item["unit"] == unit]
    given, received = (
        {i["partner"] for i in items if i[side]["acknowledged"] != "0"}
        for side in ("given", "received")
    )
    return {
        "unit": unit,
        "given": {a: added(items, "given", a) for a in items[0]["given"]},
        "received": {a: added(items, "received", a) for a in items[0]["received"]},
        "net": added(items, "net"),
        "benefit": {
            side: {c: added(items, "benefit", side, c) for c in gains}
            for side, gains in items[0]["benefit"].items()
        },
        "partners_given": len(given),
        "partners_received": len(received),
        "partners_both": len(given & received),
    }


@law
@given(data=st.data(), history=histories(partners=3), zone=st.sampled_from(ZONES))
def test_reciprocity_is_the_sum_of_all_balances(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    for cut in some_cuts(open_books, data, history, zone):
        balances = cut.balances()
        units = sorted({item["unit"] for item in balances})
        assert cut.reciprocity() == [summed(balances, unit) for unit in units]
        for partner in cut.roots:
            own = [item for item in balances if item["partner"] == partner]
            expected = [summed(own, item["unit"]) for item in own]
            assert cut.reciprocity(cut.of(partner)) == expected


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


def _shown(merges: Any, thing: Thing) -> tuple[str, str]:
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


STATES = {
    *("open", "lapsed", "accepted", "declined", "withdrawn", "completed", "cancelled")
}


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
        for balance, (side, by) in product(cut.balances(), SIDES_OF.items()):
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


SIDES_OF = {direction: by for by, direction in SIDES.items()}


def _unit(delivery: Json) -> str:
    quantity = delivery["quantity"]
    return "act" if quantity is None else str(quantity["unit"])
