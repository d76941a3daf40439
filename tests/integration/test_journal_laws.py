"""The journal of any history, against its balances at every pair of cuts."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.foundation.access import Grant
from services.ledger.store.recordings import Recorded
from services.projections.answers import journal as router
from services.projections.answers.journal import journal
from services.projections.answers.question import Question
from tests.histories import ZONES, cuts, histories, resolve
from tests.journals import Sums, by_hand, by_hledger, needs_hledger, told
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.reading import interval
from tests.servers import Database

names = count()
SLOW_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def open_books(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """Read in pages so small that transactions and merged partners span them."""
    monkeypatch.setattr(router, "POSITIONS_A_PAGE", 3)
    monkeypatch.setattr(router, "PARTNERS_A_PAGE", 1)
    with books(database) as opened:
        yield opened


def recorded(opened: Books, history: list[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    ledger = opened.ledger(f"journal-{next(names)}", zone)
    ids: dict[int, str] = {}
    for index, request in enumerate(history):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    ledger.fold()
    return ledger


def text_of(ledger: InProcess, as_of: datetime, position: int) -> str:
    grant = Grant(ledger.name, ledger.zone, "tester", frozenset({"read"}))
    question = Question(grant, as_of, position, 1, as_of_given=True)
    return "".join(journal(ledger.books.pool, question))


def balances_of(ledger: InProcess, as_of: datetime, position: int) -> Sums:
    found = ledger.balances(as_of, position).items()
    return told({"partner": name, **item} for name, items in found for item in items)


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW_DATABASE)
@given(data=st.data(), history=histories(partners=3), zone=st.sampled_from(ZONES))
def test_the_accounts_of_a_journal_are_the_balances_at_every_pair_of_cuts(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    ledger = recorded(open_books, history, zone)
    head = len(ledger.events())
    for _ in range(6):
        text, position = data.draw(cuts(history, zone=ZoneInfo(zone), head=head))
        cut = interval(text, ZoneInfo(zone))[1], position
        assert by_hand(text_of(ledger, *cut)) == balances_of(ledger, *cut), cut


@needs_hledger
@settings(max_examples=5, deadline=None, suppress_health_check=SLOW_DATABASE)
@given(data=st.data(), history=histories(partners=3), zone=st.sampled_from(ZONES))
def test_hledger_reads_any_journal_as_it_reads_by_hand(
    open_books: Books, data: st.DataObject, history: list[Json], zone: str
) -> None:
    ledger = recorded(open_books, history, zone)
    head = len(ledger.events())
    text, position = data.draw(cuts(history, zone=ZoneInfo(zone), head=head))
    written = text_of(ledger, interval(text, ZoneInfo(zone))[1], position)
    assert by_hledger(written) == by_hand(written)
