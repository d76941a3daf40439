"""The rows of lists of partners, read in order, ever more at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.projections.answers.by_name import Order

HERE: Final = "services.projections.answers"
MOST_AT_ONCE: Final = 1_000
NO_PLACE: Final = {"after_key": None, "after": None, "up_to": None, "since": None}
"""What a statement takes that looks at everybody."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of partners is narrowed to, and how it is sorted."""

    stage: str | None = None
    flag: str | None = None
    group: str | None = None
    owner: str | None = None
    q: str | None = None
    partners: frozenset[str] | None = None
    sort: str = "partner"
    descending: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether every partner is asked for, by id."""
        return self == Filters()

    @property
    def is_recent(self) -> bool:
        """Whether every partner is asked for, by the last contact."""
        return self == Filters(sort="last_contact", descending=True)

    @property
    def is_exact(self) -> bool:
        """Whether every row that the statement finds is wanted."""
        return self.flag is None and self.q is None


def pages_in_order(
    connection: Connection[Any],
    parameters: Mapping[str, Any],
    order: Order,
    start: int,
    most: int,
) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in an order that the statement does not know, ever more at a time."""
    ahead = order.ahead(start, parameters["found"])
    while some := dict(islice(ahead, most)):
        asked = {**parameters, **NO_PLACE, "found": list(some), "max_rows": len(some)}
        query = statement(HERE, "partners")
        rows = connection.execute(query, asked, prepare=False).fetchall()
        told = {row[0]: (*row[:-1], some[row[0]]) for row in rows}
        in_order = [told[partner] for partner in some if partner in told]
        for first in range(0, len(in_order), MOST_AT_ONCE):
            yield in_order[first : first + MOST_AT_ONCE]
        most *= 2


def pages_of(
    connection: Connection[Any],
    parameters: Mapping[str, Any],
    filters: Filters,
    after: tuple[str, str] | None,
    most: int,
) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in order after a place, ever more at a time.

    Most statements look at every partner, so that few large ones cost least.
    """
    bounded = filters.is_plain or filters.is_recent
    while True:
        after_key, partner = after or (None, None)
        page = {"after_key": after_key, "after": partner, "max_rows": most}
        asked = {**parameters, **NO_PLACE, **page}
        if bounded:
            asked |= _bound(connection, filters, asked)
        # Planned for its values: a plan for any filter takes several times as long.
        query = statement(HERE, "partners")
        rows = connection.execute(query, asked, prepare=False).fetchall()
        yield rows
        if len(rows) == most:
            after = (rows[-1][-1], rows[-1][0])
        elif asked["up_to"] is not None:
            after = ("", asked["up_to"])
        elif asked["since"] is not None:  # so many had their last contact on one day
            after, bounded = (rows[-1][-1], rows[-1][0]) if rows else after, False
        else:
            return
        most = min(2 * most, MOST_AT_ONCE)


def _bound(
    connection: Connection[Any], filters: Filters, page: Mapping[str, Any]
) -> dict[str, Any]:
    """What ends a page before the statement has looked at everybody, where known."""
    if filters.is_plain:
        name, place, more = "partners_bound", "up_to", {}
    else:
        name, place = "partners_recent", "since"
        more = {"until": _day(page["after_key"])}
    row = connection.execute(statement(HERE, name), {**page, **more}).fetchone()
    return {} if row is None else {place: row[0]}


def _day(key: str | None) -> date | None:
    """The day that a sort key tells; None where it tells none."""
    try:
        return None if key is None else date.fromisoformat(key)
    except ValueError:
        return None
