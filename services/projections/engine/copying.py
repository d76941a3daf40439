"""Copying many rows at once, as text that is made a column at a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import Any, Final

from psycopg import Connection

ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
ALIKE: Final = frozenset({int, bool, list})
"""Types of which equal cells are the same text, and many a column has but one."""
_ESCAPES: Final = str.maketrans(ESCAPES)


def into_part(copy: str, table: str, generation: int) -> str:
    """A COPY statement of a table, for the part of a generation by its own name."""
    _, parenthesis, columns = copy.partition("(")
    return f"COPY {table}_{generation} {parenthesis}{columns}"


def copy_rows(
    connection: Connection[Any], copy: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Copy rows by a COPY statement that takes text; no rows, no statement.

    A column is of one type, mostly, so that no cell is looked at by itself: a quarter
    of what row after row costs.
    """
    if rows:
        columns = [_texts(column) for column in zip(*rows, strict=True)]
        lines = map("\t".join, zip(*columns, strict=True))
        with connection.cursor().copy(copy) as to:
            to.write("\n".join(lines) + "\n")


def _texts(column: Sequence[Any]) -> Sequence[str]:
    types = set(map(type, column))
    if len(types) > 1:
        return [CELLS[type(cell)](cell) for cell in column]
    only = types.pop()
    if only is not str:
        if only in ALIKE and column.count(column[0]) == len(column):
            return [CELLS[only](column[0])] * len(column)
        return list(map(CELLS[only], column))
    everything = "".join(column)
    if any(character in everything for character in ESCAPES):
        return [_escaped(cell) for cell in column]
    return column


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _array(cells: Sequence[str]) -> str:
    if not cells:
        return "{}"
    quoted = [cell.replace("\\", "\\\\").replace('"', '\\"') for cell in cells]
    return _escaped("{" + ",".join([f'"{cell}"' for cell in quoted]) + "}")


CELLS: Final[Mapping[type, Callable[[Any], str]]] = {
    str: _escaped,
    int: str,
    bool: str,
    Decimal: str,
    # The times of a fact stand in several of its rows: here are those of a whole range.
    date: lru_cache(maxsize=4096)(date.isoformat),
    datetime: lru_cache(maxsize=20_000)(datetime.isoformat),
    NoneType: lambda _: "\\N",
    list: _array,
}
