"""What sums over all partners are held against: one question, and every list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

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
from tests.histories import cuts, resolve
from tests.ledger_in_process import Books, InProcess, Json
from tests.oracle.reading import Fact, facts, interval

LIMIT = 5
"""How many of the overdue are asked for."""
names = count()


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
