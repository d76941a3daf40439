"""Searching the raw log."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from psycopg import Connection
from psycopg_pool import ConnectionPool

from contracts.occurrence import EARLIEST, TICK, interval
from services.foundation.database import statement
from services.foundation.event_log import NO_MORE, StoredEvent, position_at

HERE: Final = "services.ledger.store"


@dataclass(frozen=True, slots=True)
class Search:
    """What of the log is wanted; None leaves a filter out."""

    filters: Mapping[str, Any]
    descending: bool

    @classmethod
    def of(
        cls,
        search: Mapping[str, Any],
        zone: tzinfo,
        top: int,
        at: int | None,
        limit: int,
    ) -> "Search":
        """The search of a page: one row more than asked for, to know what follows."""
        descending = search["order"] == "-position"
        filters = {
            "partner": search["partner"],
            "types": search["type"],
            "occurred_first": _first(search["occurred_from"], zone),
            "occurred_last": _last(search["occurred_to"], zone),
            "recorded_first": _first(search["recorded_from"], zone),
            "recorded_last": _last(search["recorded_to"], zone),
            "recorded_by": search["recorded_by"],
            "correlated": search["correlation"],
            "caused_by": search["causation"],
            "source_system": search["source_system"],
            "source_ref": search["source_ref"],
            "above": 0 if descending else at or 0,
            "below": (at or NO_MORE) if descending else NO_MORE,
            "top": top,
            "max_rows": limit + 1,
        }
        return cls(filters, descending)


def _first(text: str | None, zone: tzinfo) -> datetime | None:
    return None if text is None else interval(text, zone).first


def _last(text: str | None, zone: tzinfo) -> datetime | None:
    return None if text is None else interval(text, zone).last


class LogReader:
    """Reads of the raw log, each on a connection of the pool."""

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        self._pool = pool

    def head(self, ledger: str) -> int:
        """The position of the last event."""
        with self._pool.connection() as connection:
            return read_head(connection, ledger)

    def search(self, ledger: str, search: Search) -> list[StoredEvent]:
        """The events that a search wants, in its order.

        Filters that are not given leave the statement, so that the planner sees only
        what can use an index.
        """
        name = "search_down" if search.descending else "search_up"
        filters = {k: v for k, v in search.filters.items() if v is not None}
        with self._pool.connection() as connection:
            _by_position(connection, ledger, filters)
            text = statement(HERE, name)
            chosen = [line for line in text.splitlines() if _applies(line, filters)]
            parameters = {"ledger": ledger, **filters}
            rows = connection.execute("\n".join(chosen), parameters)
            return [StoredEvent(*row) for row in rows]

    def find(self, ledger: str, event_id: str) -> StoredEvent | None:
        """One event by its id."""
        with self._pool.connection() as connection:
            parameters = (ledger, event_id)
            rows = connection.execute(statement(HERE, "find_event"), parameters)
            row = rows.fetchone()
            return None if row is None else StoredEvent(*row)

    def find_all(self, ledger: str, ids: Collection[str]) -> list[StoredEvent]:
        """The events of some ids, in order; there need not be all."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                statement(HERE, "find_events"), (ledger, list(ids))
            )
            return [StoredEvent(*row) for row in rows]

    def ever_persons(self, ledger: str, partners: Collection[str]) -> set[str]:
        """Those of some partners that were ever said to be a person."""
        with self._pool.connection() as connection:
            parameters = (ledger, list(partners))
            rows = connection.execute(statement(HERE, "ever_persons"), parameters)
            return {partner for (partner,) in rows}

    def revisions(self, ledger: str, event: StoredEvent) -> list[StoredEvent]:
        """What later corrected or retracted an event."""
        with self._pool.connection() as connection:
            parameters = (ledger, event.partner, event.version, event.id)
            rows = connection.execute(statement(HERE, "find_revisions"), parameters)
            return [StoredEvent(*row) for row in rows]


def read_head(connection: Connection[Any], ledger: str) -> int:
    """The position of a ledger's last event; 0 when it has none."""
    rows = connection.execute(statement(HERE, "read_head"), (ledger,))
    row = rows.fetchone()
    return 0 if row is None else int(row[0])


def _by_position(
    connection: Connection[Any], ledger: str, filters: dict[str, Any]
) -> None:
    """Times of recording never fall: ask for positions, which have an index."""
    first, last = (
        filters.pop("recorded_first", None),
        filters.pop("recorded_last", None),
    )
    if first is not None:
        before = position_at(
            connection, ledger, max(first, EARLIEST + TICK) - TICK, filters["top"]
        )
        filters["above"] = max(filters["above"], before)
    if last is not None:
        filters["top"] = position_at(connection, ledger, last, filters["top"])


def _applies(line: str, filters: Mapping[str, Any]) -> bool:
    """Whether a line of the statement has all the parameters that it names."""
    names = [piece.split(")")[0] for piece in line.split("%(")[1:]]
    return all(name in filters or name == "ledger" for name in names)
