"""Balances from the real log and read model, against the brute-force oracle."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from contracts.quantity import exact_arithmetic
from services.ledger.store.recordings import Recorded
from tests.histories import ZONES, cuts, histories, resolve
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.balance import balance
from tests.oracle.reading import interval
from tests.servers import Database
from tests.thoroughness import examples

names = count()
law = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


def told(opened: Books, history: list[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    ledger = opened.ledger(f"law-{next(names)}", zone)
    ids: dict[int, str] = {}
    for index, request in enumerate(history):
        resolved = resolve(request, ids)
        if resolved is None:
            continue
        outcome = ledger.record(resolved)
        event("recorded" if isinstance(outcome, Recorded) else "refused")
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    return ledger


def numbers(value: Any) -> Any:
    """Amounts as numbers, so that `1.50` and `1.5` are the same."""
    if isinstance(value, dict):
        kept = (k for k in value if k not in {"unit", "partner"})
        return {k: numbers(value[k]) for k in kept} | {
            k: value[k] for k in ("unit",) if k in value
        }
    return Decimal(value)


@law
@given(data=st.data(), history=histories(partners=3), zone=st.sampled_from(ZONES))
def test_every_balance_equals_the_brute_force_fold_at_every_pair_of_cuts(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    ledger = told(open_books, history, zone)
    events = ledger.events()
    ledger.fold(data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6)))
    for _ in range(6):
        text, position = data.draw(cuts(history, zone=ZoneInfo(zone), head=len(events)))
        as_of = interval(text, ZoneInfo(zone))[1]
        for partner, items in ledger.balances(as_of, position).items():
            expected = balance(
                events,
                as_of=as_of,
                position=position,
                zone=ZoneInfo(zone),
                partner=partner,
            )
            assert [numbers(i) for i in items] == [
                numbers(i) for i in expected["items"]
            ], (partner, text, position)


@law
@given(data=st.data(), history=histories(partners=2))
def test_postings_sum_to_zero_per_unit_and_nothing_depends_on_batch_boundaries(
    open_books: Books, data: st.DataObject, history: list[Json]
) -> None:
    steps = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    ledger = told(open_books, history, "UTC")
    ledger.fold()
    whole = rows_of(open_books, ledger)
    ledger.forget()
    ledger.fold(steps)
    assert whole == rows_of(open_books, ledger)
    sums: Counter[tuple[int, str]] = Counter()
    with exact_arithmetic():
        for position, unit, amount, *_ in whole:
            sums[position, unit] += amount
    assert not any(sums.values())


def rows_of(opened: Books, ledger: InProcess) -> list[tuple[Any, ...]]:
    with opened.pool.connection() as connection:
        return connection.execute(
            "SELECT position, unit, amount, account, ref, acts_from, count "
            "FROM postings WHERE ledger_id = %s ORDER BY position, n",
            (ledger.name,),
        ).fetchall()
