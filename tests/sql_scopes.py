"""Whether a statement keeps to one ledger: which of its tables nothing filters.

A table is filtered where its own query says `ledger_id = %(ledger)s` of it, or joins
it by `ledger_id` to a table that is. A condition counts when the whole query depends
on it: not below an OR, and not in the ON of an outer join for the side that the join
keeps. That of a query around it does not count: on Citus it would ask every shard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.parser import BaseSegment

from tests.sql_segments import (
    QUERIES,
    columns,
    equalities,
    first,
    own,
    own_before_from,
    table_of,
    value_at,
)

PROJECT: Final = Path(__file__).parents[1]
LEDGER: Final = "ledger_id"
PARAMETERS: Final = ("ledger", "s")
"""How `%(ledger)s` and `%s` stand in a parsed statement."""
SHARED: Final = frozenset(("schema_migrations",))
"""Tables that hold nothing of any ledger."""
Carried = Mapping[str, bool]


@cache
def _linter() -> Linter:
    return Linter(config=FluffConfig.from_path(str(PROJECT / "services")))


def unfiltered(sql: str) -> list[str]:
    """The tables of a statement that it does not keep to one ledger, sorted."""
    parsed = _linter().parse_string(sql)
    tree = parsed.tree
    assert tree is not None, sql
    assert not list(tree.recursive_crawl("unparsable")), sql
    return sorted(_visit(tree, {}))


def _visit(segment: BaseSegment, carried: Carried) -> Iterator[str]:
    """What is not filtered in a part of a statement, and in what is nested in it."""
    if segment.is_type("with_compound_statement"):
        yield from _with(segment, carried)
    elif segment.is_type("copy_statement"):
        if LEDGER not in segment.raw:
            yield table_of(segment)
    elif segment.is_type(*QUERIES):
        yield from _Scope(segment, carried).unfiltered()
    else:
        for child in segment.segments:
            yield from _visit(child, carried)


def _with(segment: BaseSegment, carried: Carried) -> Iterator[str]:
    known = dict(carried)
    for child in segment.segments:
        if child.is_type("common_table_expression"):
            name = first(child, "naked_identifier").raw
            within = known | {name: True}  # for one that refers to itself
            found = [flaw for part in child.segments for flaw in _visit(part, within)]
            known[name] = not found
            yield from found
        else:
            yield from _visit(child, known)


@dataclass(slots=True)
class _Scope:
    """One query: its tables by the names that it gives them, and what binds them."""

    query: BaseSegment
    carried: Carried
    tables: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    follows: list[tuple[str, str]] = field(default_factory=list)
    """The second is filtered when the first is."""

    def unfiltered(self) -> Iterator[str]:
        """The tables of this query, and of those within it, that nothing filters."""
        self._read_sources()
        self._read_conditions()
        while self._spread():
            pass
        for name, table in self.tables.items():
            if name not in self.bound:
                yield table
        for within in own(self.query, *QUERIES):
            yield from _visit(within, self.carried)
        if self.query.is_type("insert_statement"):
            yield from self._inserted()

    def _read_sources(self) -> None:
        for element in own(self.query, "from_expression_element"):
            self._add(element)
        if self.query.is_type("update_statement", "delete_statement"):
            self._add(self.query)
            for used in self.query.get_children("table_expression"):
                self._add(used)

    def _add(self, element: BaseSegment) -> None:
        alias = next(own_before_from(element, "alias_expression"), None)
        tables = list(own_before_from(element, "table_reference"))
        called = None if alias is None else first(alias, "naked_identifier").raw
        if not tables:  # a query in brackets, or a function
            if called is not None and not self._has_flaws(element):
                self.bound.add(called)
            return
        table = tables[0].raw.strip('"')
        name = called or table
        is_apart = table in SHARED or table.startswith("pg_")
        if is_apart or self.carried.get(table, False):
            self.bound.add(name)
        elif table not in self.carried:  # else its flaws are told where it is made
            self.tables[name] = table

    def _has_flaws(self, element: BaseSegment) -> bool:
        queries = list(own(element, *QUERIES))
        is_function = not queries
        return is_function or any(list(_visit(q, self.carried)) for q in queries)

    def _read_conditions(self) -> None:
        for where in own(self.query, "where_clause"):
            for left, right in equalities(where):
                self._bind(left, right)
        for join in own(self.query, "join_clause"):
            self._read_join(join)

    def _read_join(self, join: BaseSegment) -> None:
        words = {child.raw.upper() for child in join.get_children("keyword")}
        if words & {"FULL", "RIGHT"}:
            return
        joined = self._name_of(next(own(join, "from_expression_element")))
        only = joined if "LEFT" in words else None
        for on in join.get_children("join_on_condition"):
            for left, right in equalities(on):
                self._bind(left, right, only)

    def _name_of(self, element: BaseSegment) -> str:
        alias = next(own(element, "alias_expression"), None)
        if alias is not None:
            return first(alias, "naked_identifier").raw
        return table_of(element)

    def _bind(self, left: str, right: str, only: str | None = None) -> None:
        """Note an equality; for an outer join only what it says of the joined table."""
        for one, other in ((left, right), (right, left)):
            name = self._ledger_of(one)
            if name is None or only not in {None, name}:
                continue
            source = self._ledger_of(other)
            if other in PARAMETERS:
                self.bound.add(name)
            elif source is not None:
                self.follows.append((source, name))

    def _ledger_of(self, column: str) -> str | None:
        """The table whose `ledger_id` a column is, if it is one."""
        name, _, last = column.rpartition(".")
        if last != LEDGER:
            return None
        return name or next(iter(self.tables), None)

    def _spread(self) -> bool:
        new = {b for a, b in self.follows if a in self.bound} - self.bound
        self.bound |= new
        return bool(new)

    def _inserted(self) -> Iterator[str]:
        """The table of an INSERT whose rows are not of the one ledger."""
        table = table_of(self.query)
        listed = next(iter(self.query.get_children("bracketed")), None)
        names = [] if listed is None else columns(listed)
        if LEDGER not in names:
            if table not in SHARED:
                yield table
            return
        value = value_at(self.query, names.index(LEDGER))
        if value not in PARAMETERS and not self._is_read(value):
            yield table

    def _is_read(self, value: str) -> bool:
        """Whether what an INSERT selects is the ledger of a table that is filtered."""
        for select in own(self.query, "select_statement"):
            read = _Scope(select, self.carried)
            list(read.unfiltered())
            if read._ledger_of(value) in read.bound:
                return True
        return False
