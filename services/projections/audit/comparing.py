"""The rows that are stored against those that they must be. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.projections.audit.findings import Finding
from services.projections.audit.tables import Table

Row = Mapping[str, Any]


def differences(
    table: Table, expected: Iterable[Row], stored: Iterable[Row]
) -> Iterator[Finding]:
    """What is missing, what is too much, and what says something else."""
    wanted, found = _by_key(table, expected), _by_key(table, stored)
    for key in sorted(wanted.keys() | found.keys(), key=str):
        old, new = found.get(key, []), wanted.get(key, [])
        if old != new:
            yield _finding(table, key, new, old)


def _by_key(table: Table, rows: Iterable[Row]) -> dict[Sequence[Any], list[Row]]:
    keyed: dict[Sequence[Any], list[Row]] = {}
    for row in rows:
        plain = {name: _plain(value) for name, value in row.items()}
        keyed.setdefault(tuple(plain[name] for name in table.key), []).append(plain)
    return keyed


def _plain(value: Any) -> Any:
    """As the row was written: ids as text, arrays as lists."""
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _finding(
    table: Table, key: Sequence[Any], expected: list[Row], stored: list[Row]
) -> Finding:
    named = dict(zip(table.key, key, strict=True))
    row = (expected or stored)[0]
    kind, what = _told(expected, stored)
    place = ", ".join(f"{name} {value}" for name, value in named.items())
    return Finding(
        kind=kind,
        detail=f"{table.name} ({place}): {what}",
        partner=row[table.partner],
        position=named.get("position"),
    )


def _told(expected: list[Row], stored: list[Row]) -> tuple[str, str]:
    if len(stored) < len(expected):
        return "row-missing", "the row is missing"
    if len(stored) > len(expected):
        return "row-extra", "the log makes no such row"
    names = sorted(
        name
        for new, old in zip(expected, stored, strict=True)
        for name in new
        if new[name] != old[name]
    )
    return "row-changed", f"the log says otherwise of {', '.join(names)}"
