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

PROJECT: Final = Path(__file__).parents[1]
LEDGER: Final = "ledger_id"
PARAMETERS: Final = ("ledger", "s")
"""How `%(ledger)s` and `%s` stand in a parsed statement."""
QUERIES: Final = (
    "select_statement",
    "with_compound_statement",
    "insert_statement",
    "update_statement",
    "delete_statement",
)
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
            yield _table_of(segment)
    elif segment.is_type(*QUERIES):
        yield from _Scope(segment, carried).unfiltered()
    else:
        for child in segment.segments:
            yield from _visit(child, carried)


def _with(segment: BaseSegment, carried: Carried) -> Iterator[str]:
    known = dict(carried)
    for child in segment.segments:
        if child.is_type("common_table_expression"):
            name = _first(child, "naked_identifier").raw
            within = known | {name: True}  # for one that refers to itself
            found = [flaw for part in child.segments for flaw in _visit(part, within)]
            known[name] = not found
            yield from found
        else:
            yield from _visit(child, known)


def _own(segment: BaseSegment, *types: str) -> Iterator[BaseSegment]:
    """The segments of some types that belong to this query and to none within it."""
    for child in segment.segments:
        if child.is_type(*types):
            yield child
        elif not child.is_type(*QUERIES):
            yield from _own(child, *types)


def _first(segment: BaseSegment, kind: str) -> BaseSegment:
    return next(segment.recursive_crawl(kind))


def _table_of(segment: BaseSegment) -> str:
    return _first(segment, "table_reference").raw.strip('"')


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
        for within in _own(self.query, *QUERIES):
            yield from _visit(within, self.carried)
        if self.query.is_type("insert_statement"):
            yield from self._inserted()

    def _read_sources(self) -> None:
        for element in _own(self.query, "from_expression_element"):
            self._add(element)
        if self.query.is_type("update_statement", "delete_statement"):
            self._add(self.query)
            for used in self.query.get_children("table_expression"):
                self._add(used)

    def _add(self, element: BaseSegment) -> None:
        alias = next(_own_before_from(element, "alias_expression"), None)
        tables = list(_own_before_from(element, "table_reference"))
        called = None if alias is None else _first(alias, "naked_identifier").raw
        if not tables:  # a query in brackets, or a function
            if called is not None and not self._has_flaws(element):
                self.bound.add(called)
            return
        table = tables[0].raw.strip('"')
        name = called or table
        is_apart = table in SHARED or table.startswith("pg_catalog.")
        if is_apart or self.carried.get(table, False):
            self.bound.add(name)
        elif table not in self.carried:  # else its flaws are told where it is made
            self.tables[name] = table

    def _has_flaws(self, element: BaseSegment) -> bool:
        queries = list(_own(element, *QUERIES))
        is_function = not queries
        return is_function or any(list(_visit(q, self.carried)) for q in queries)

    def _read_conditions(self) -> None:
        for where in _own(self.query, "where_clause"):
            for left, right in _equalities(where):
                self._bind(left, right)
        for join in _own(self.query, "join_clause"):
            self._read_join(join)

    def _read_join(self, join: BaseSegment) -> None:
        words = {child.raw.upper() for child in join.get_children("keyword")}
        if words & {"FULL", "RIGHT"}:
            return
        joined = self._name_of(next(_own(join, "from_expression_element")))
        only = joined if "LEFT" in words else None
        for on in join.get_children("join_on_condition"):
            for left, right in _equalities(on):
                self._bind(left, right, only)

    def _name_of(self, element: BaseSegment) -> str:
        alias = next(_own(element, "alias_expression"), None)
        if alias is not None:
            return _first(alias, "naked_identifier").raw
        return _table_of(element)

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
        table = _table_of(self.query)
        columns = next(iter(self.query.get_children("bracketed")), None)
        names = [] if columns is None else _columns(columns)
        if LEDGER not in names:
            if table not in SHARED:
                yield table
            return
        value = _value_at(self.query, names.index(LEDGER))
        if value not in PARAMETERS:
            yield table


def _own_before_from(element: BaseSegment, kind: str) -> Iterator[BaseSegment]:
    """The same as `_own`, without the FROM of an UPDATE, which has its own elements."""
    for child in element.segments:
        if child.is_type(kind):
            yield child
        elif child.is_type("table_expression") and not element.is_type(
            "delete_statement"
        ):
            yield from _own(child, kind)


def _columns(brackets: BaseSegment) -> list[str]:
    return [column.raw for column in brackets.get_children("column_reference")]


def _value_at(insert: BaseSegment, place: int) -> str:
    """What an INSERT puts into a column."""
    values = next(iter(insert.get_children("values_clause")), None)
    if values is not None:
        row = _first(values, "bracketed")
        return row.get_children("expression")[place].raw
    element = list(
        _first(insert, "select_clause").get_children("select_clause_element")
    )
    return element[place].segments[0].raw


def _equalities(clause: BaseSegment) -> Iterator[tuple[str, str]]:
    """The equalities of two columns that a condition demands in any case."""
    for part in clause.get_children("expression", "bracketed"):
        pieces = [s for s in part.segments if s.is_code]
        operators = {s.raw.upper() for s in pieces if s.is_type("binary_operator")}
        if "OR" in operators:
            continue
        for at, piece in enumerate(pieces):
            if piece.is_type("bracketed"):
                yield from _equalities(piece)
            if piece.raw == "=" and _stands_alone(pieces, at):
                yield pieces[at - 1].raw, pieces[at + 1].raw
        if part.is_type("bracketed"):
            yield from _equalities(part)


def _stands_alone(pieces: list[BaseSegment], at: int) -> bool:
    """Whether an equality is a whole member of a chain of ANDs."""
    before, after = pieces[: at - 1], pieces[at + 2 :]
    ends = [*before[-1:], *after[:1]]
    sides = (pieces[at - 1], pieces[at + 1])
    return all(end.raw.upper() == "AND" for end in ends) and all(
        side.is_type("column_reference") for side in sides
    )
