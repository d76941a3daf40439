"""The journal for hledger: postings, and what makes their sums the balances."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, groupby, islice
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from psycopg import Connection
from psycopg_pool import ConnectionPool

from contracts.occurrence import day_of, format_instant
from services.foundation.answers import negotiate
from services.foundation.database import statement
from services.foundation.describing.shared import refer
from services.foundation.event_log import merged_groups
from services.projections.answers.documentation import PROBLEMS
from services.projections.answers.journal_text import (
    Line,
    adjusting,
    closing,
    header,
    recorded,
)
from services.projections.answers.question import Answering, Question, asks
from services.projections.answers.streams import (
    pages_of_streams,
    read_merges,
    survivor,
)

HERE: Final = "services.projections.answers"
PLAIN: Final = "text/plain"
POSITIONS_A_PAGE: Final = 2500
PARTNERS_A_PAGE: Final = 100
TRANSACTIONS_A_PIECE: Final = 500
WORLD: Final = "world"
router: Final = APIRouter(tags=["export"], route_class=Answering)
JOURNAL: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Transactions in order, with quoted commodities",
        "headers": refer(("Cache-Control", "Ledger-Position", "Vary")),
    }
}
Asked = Annotated[Question, Depends(asks("postings"))]
Pool = ConnectionPool[Connection[Any]]


@router.get(
    "/v1/export/journal",
    response_class=PlainTextResponse,
    responses=PROBLEMS | JOURNAL,
)
def get_journal(request: Request, question: Asked) -> Response:
    """All postings as a journal for hledger, whose balances are the ledger's."""
    negotiate(request, (PLAIN,))
    text = journal(request.app.state.pool, question)
    begun = next(text)  # a database that does not answer is still told by the status
    headers = {
        "Ledger-Position": str(question.position),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization",
        **question.headers,
    }
    pieces = _in_pieces(chain((begun,), text))
    return StreamingResponse(pieces, headers=headers, media_type=PLAIN)


def _in_pieces(texts: Iterator[str]) -> Iterator[str]:
    """The same text in pieces that are worth sending."""
    while piece := "".join(islice(texts, TRANSACTIONS_A_PIECE)):
        yield piece


def journal(pool: Pool, question: Question) -> Iterator[str]:
    """The journal, a transaction at a time; each page has its own short connection."""
    books = Books.open(pool, question)
    yield books.header()
    transactions = 0
    for text in chain(books.recorded(), books.adjusting()):
        transactions += 1
        yield text
    yield closing(transactions)


class Row(NamedTuple):
    """A posting, and the event that it is about."""

    position: int
    n: int
    event: str
    type: str
    recorded_at_position: int
    acts_from: datetime
    in_force: int
    partner: str
    side: str
    account: str
    unit: str
    amount: Decimal
    ref: str


@dataclass(frozen=True, slots=True)
class Books:
    """All rows inside both cuts, read page by page."""

    pool: Pool
    question: Question
    merges: Mapping[str, str]
    tied: frozenset[str]
    """The streams that merges tie together, those that no longer hold too."""

    @classmethod
    def open(cls, pool: Pool, question: Question) -> "Books":
        """The books at the cut of a question."""
        with pool.connection() as connection:
            tied = merged_groups(connection, question.ledger, question.position)
            merges = read_merges(connection, question)
            return cls(pool, question, merges, frozenset(tied))

    def header(self) -> str:
        """What the journal is, and at which cut."""
        question, (uncertain,) = self.question, self._ask("uncertain_all")[0]
        as_of, zone = format_instant(question.as_of), question.grant.zone.key
        return header(question.ledger, zone, as_of, question.position, uncertain)

    def recorded(self) -> Iterator[str]:
        """What each event posted, in the order of the log."""
        for _, rows in groupby(self._rows(), _posted_together):
            yield self._transaction(list(rows))

    def adjusting(self) -> Iterator[str]:
        """What brings items to their amounts, dated at the cut."""
        day = day_of(self.question.as_of, self.question.grant.zone)
        for streams in pages_of_streams(self.merges, self._names, ""):
            rows = self._ask("adjustments", **streams.parameters)
            for (root, kind, item), lacking in groupby(rows, lambda row: row[:3]):
                ref = item.removeprefix(f"{root}/")
                yield adjusting(day, kind, _corrections(root, ref, lacking))

    def _transaction(self, rows: Sequence[Row]) -> str:
        row = rows[0]
        day = day_of(row.acts_from, self.question.grant.zone)
        lines = [self._line(each) for each in rows]
        return recorded(day, row.position, _title(row), row.event, lines)

    def _line(self, row: Row) -> Line:
        root = survivor(self.merges, row.partner)
        is_own = row.partner == root or "/" in row.ref
        ref = row.ref if is_own else f"{row.partner}/{row.ref}"
        return Line(root, row.side, row.account, row.amount, row.unit, ref)

    def _rows(self) -> Iterator[Row]:
        """By positions: what one posts is of its own stream or of one tied to it."""
        for first in range(1, self.question.position + 1, POSITIONS_A_PAGE):
            page = {"first": first, "last": first + POSITIONS_A_PAGE - 1}
            told = {name for (name,) in self._ask("told_of", **page)}
            streams = sorted(told | self.tied)
            yield from map(Row._make, self._ask("journal", **page, streams=streams))

    def _names(self, after: str) -> Sequence[str]:
        found = self._ask("partners_page", after=after, max_rows=PARTNERS_A_PAGE)
        return [name for (name,) in found]

    def _ask(self, name: str, **more: Any) -> list[tuple[Any, ...]]:
        parameters = self.question.parameters(**more)
        with self.pool.connection() as connection:
            return connection.execute(statement(HERE, name), parameters).fetchall()


def _posted_together(row: Row) -> tuple[int, str, bool]:
    return row.position, row.event, row.in_force > 0


def _title(row: Row) -> str:
    if row.in_force < 0:
        return f"{row.type}, undone"
    return row.type if row.position == row.recorded_at_position else f"{row.type}, anew"


def _corrections(
    root: str, ref: str, lacking: Iterable[tuple[Any, ...]]
) -> Iterator[Line]:
    for *_, side, unit, account, amount in lacking:
        yield Line(root, side, account, amount, unit, ref)
        yield Line(root, side, WORLD, amount.copy_negate(), unit, ref)
