"""Parts of a parsed statement."""

from collections.abc import Iterator
from typing import Final

from sqlfluff.core.parser import BaseSegment

QUERIES: Final = (
    "select_statement",
    "with_compound_statement",
    "insert_statement",
    "update_statement",
    "delete_statement",
)


def own(segment: BaseSegment, *types: str) -> Iterator[BaseSegment]:
    """The segments of some types that belong to this query and to none within it."""
    for child in segment.segments:
        if child.is_type(*types):
            yield child
        elif not child.is_type(*QUERIES):
            yield from own(child, *types)


def first(segment: BaseSegment, kind: str) -> BaseSegment:
    return next(segment.recursive_crawl(kind))


def table_of(segment: BaseSegment) -> str:
    return first(segment, "table_reference").raw.strip('"')


def own_before_from(element: BaseSegment, kind: str) -> Iterator[BaseSegment]:
    """The same as `own`, without the FROM of an UPDATE, which has its own elements."""
    for child in element.segments:
        if child.is_type(kind):
            yield child
        elif child.is_type("table_expression") and not element.is_type(
            "delete_statement"
        ):
            yield from own(child, kind)


def columns(brackets: BaseSegment) -> list[str]:
    return [column.raw for column in brackets.get_children("column_reference")]


def value_at(insert: BaseSegment, place: int) -> str:
    """What an INSERT puts into a column."""
    values = next(iter(insert.get_children("values_clause")), None)
    if values is not None:
        row = first(values, "bracketed")
        return row.get_children("expression")[place].raw
    element = list(first(insert, "select_clause").get_children("select_clause_element"))
    return element[place].segments[0].raw


def equalities(clause: BaseSegment) -> Iterator[tuple[str, str]]:
    """The equalities of two columns that a condition demands in any case."""
    for part in clause.get_children("expression", "bracketed"):
        pieces = [s for s in part.segments if s.is_code]
        operators = {s.raw.upper() for s in pieces if s.is_type("binary_operator")}
        if "OR" in operators:
            continue
        for at, piece in enumerate(pieces):
            if piece.is_type("bracketed"):
                yield from equalities(piece)
            if piece.raw == "=" and _stands_alone(pieces, at):
                yield pieces[at - 1].raw, pieces[at + 1].raw
        if part.is_type("bracketed"):
            yield from equalities(part)


def _stands_alone(pieces: list[BaseSegment], at: int) -> bool:
    """Whether an equality is a whole member of a chain of ANDs."""
    before, after = pieces[: at - 1], pieces[at + 2 :]
    ends = [*before[-1:], *after[:1]]
    sides = (pieces[at - 1], pieces[at + 1])
    return all(end.raw.upper() == "AND" for end in ends) and all(
        side.is_type("column_reference") for side in sides
    )
