"""Given and received over all partners are the sums of their balances."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.histories import ZONES, histories
from tests.ledger_in_process import Books, Json, books
from tests.servers import Database
from tests.thoroughness import examples
from tests.whole_sums import added, some_cuts

law = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


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
