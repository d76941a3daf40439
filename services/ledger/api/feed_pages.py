"""The feed of a ledger, read in pages: the log is its buffer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from services.foundation.event_log import StoredEvent
from services.foundation.following import News
from services.foundation.freshness import Positions
from services.foundation.shared_reads import SharedReads
from services.foundation.sse import message
from services.ledger.api.public_forms import background, cloud_event, native
from services.ledger.store.log_reader import LogReader, Search

EVENTS_A_PAGE: Final = 200
PIECE_BYTES: Final = 64 * 1024
Format = Literal["native", "cloudevents"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a ledger's events somebody follows, and in which form."""

    ledger: str
    partner: str | None
    types: frozenset[str]
    form: Format

    @property
    def filters(self) -> dict[str, Any]:
        """The filters as a search takes them."""
        given = {"partner": self.partner, "types": sorted(self.types)}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it goes out, and what filters look at."""

    partner: str
    type: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """The next events, up to where they are all, and whether there are more."""

    lines: Sequence[Line]
    last: int
    full: bool


def read_page(
    reader: LogReader, wanted: Wanted, above: int, filters: Mapping[str, Any]
) -> Page:
    """Read the next events; the head first, so that the page is whole up to it."""
    head = reader.head(wanted.ledger)
    if head <= above:
        return Page((), above, full=False)
    span = {"above": above, "below": head + 1, "top": head, "max_rows": EVENTS_A_PAGE}
    search = Search({**span, **filters}, descending=False)
    rows = reader.search(wanted.ledger, search)
    full = len(rows) == EVENTS_A_PAGE
    known = background(reader, wanted.ledger, rows)
    lines = [_line(wanted, row, native(row, known)) for row in rows]
    return Page(lines, rows[-1].position if full else head, full)


def _line(wanted: Wanted, row: StoredEvent, told: str) -> Line:
    if wanted.form == "cloudevents":
        told = cloud_event(wanted.ledger, row, told)
    return Line(row.partner, row.type, message(row.position, told))


class Feed:
    """Where a follower of the events is.

    While it is far behind, the database filters. Once it has caught up, it takes the
    pages that all who follow the ledger take, and filters them itself.
    """

    def __init__(
        self,
        reader: LogReader,
        reads: SharedReads,
        heads: Positions,
        wanted: Wanted,
        position: int,
    ) -> None:
        self._reader, self._reads, self._heads = reader, reads, heads
        self._wanted, self._filters = wanted, wanted.filters
        self.position = position

    async def read(self) -> News:
        """The next events that are wanted."""
        page = await self._page()
        self.position = page.last
        if not page.full:
            self._filters = {}
        messages = [line.message for line in page.lines if self._wants(line)]
        return News(tuple(_pieces(messages)), page.full)

    def is_behind(self) -> bool:
        """Whether a notification told of more."""
        return self._heads.known.get(self._wanted.ledger, 0) > self.position

    async def _page(self) -> Page:
        wanted, above = self._wanted, self.position
        key = (wanted.ledger, above, wanted.form, repr(self._filters))
        read = partial(read_page, self._reader, wanted, above, self._filters)
        return await self._reads.ask(key, read)

    def _wants(self, line: Line) -> bool:
        wanted = self._wanted
        return wanted.partner in {None, line.partner} and (
            not wanted.types or line.type in wanted.types
        )


def _pieces(messages: Sequence[bytes]) -> Iterator[bytes]:
    """The messages in writes that are few, and small against a connection's buffer."""
    gathered: list[bytes] = []
    size = 0
    for each in messages:
        gathered.append(each)
        size += len(each)
        if size >= PIECE_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)
