"""What verification finds in a log that somebody has altered."""

from collections.abc import Callable

import pytest

from services.ledger.integrity.verification.alignment import WINDOW
from services.ledger.integrity.verification.heads import Head
from tests.altering import (
    DATA,
    ID,
    PARTNER,
    POSITION,
    RECORDED_AT,
    VERSION,
    Alter,
    Log,
    Row,
    log_of,
    renumber,
    stranger,
)

Told = set[tuple[str, int, int]]
KINDS_OF_ORDER = {"position", "version", "time", "id"}


@pytest.fixture(scope="module")
def log() -> Log:
    return log_of(100, [10, 20, 30, 90])


def edit(*positions: int) -> Alter:
    def alter(rows: list[Row]) -> None:
        for position in positions:
            rows[position - 1][DATA] = '{"channel":"visit"}'

    return alter


def swap(one: int, other: int) -> Alter:
    """Let two events exchange their positions."""

    def alter(rows: list[Row]) -> None:
        rows[one - 1], rows[other - 1] = rows[other - 1], rows[one - 1]
        renumber(rows)

    return alter


def remove(first: int, last: int, *, shift: bool) -> Alter:
    def alter(rows: list[Row]) -> None:
        del rows[first - 1 : last]
        if shift:
            renumber(rows)

    return alter


def insert(position: int, count: int = 1) -> Alter:
    def alter(rows: list[Row]) -> None:
        made = [stranger(position + n) for n in range(count)]
        rows[position - 1 : position - 1] = made
        renumber(rows)

    return alter


def found(log: Log, alter: Alter, *, with_tree: bool = False) -> Told:
    """What the tree and the heads tell, apart from the order of the log itself."""
    told = log.altered(alter, with_tree=with_tree).told()
    return {one for one in told if one[0] not in KINDS_OF_ORDER}


def test_an_honest_log_is_proven_up_to_its_newest_head(log: Log) -> None:
    report = log.verified()
    assert (report.findings, report.events, report.proven) == ([], 100, 90)


@pytest.mark.parametrize(
    ("alter", "expected"),
    [
        (edit(1), {("changed", 1, 1)}),
        (edit(90), {("changed", 90, 90)}),
        (edit(5, 6, 7, 40), {("changed", 5, 7), ("changed", 40, 40)}),
        (swap(12, 13), {("swapped", 12, 13)}),
        (swap(1, 90), {("swapped", 1, 90)}),
        (swap(89, 90), {("swapped", 89, 90)}),
        (remove(15, 17, shift=True), {("removed", 15, 17)}),
        (remove(15, 17, shift=False), {("removed", 15, 17)}),
        (remove(1, 1, shift=True), {("removed", 1, 1)}),
        (remove(61, 100, shift=False), {("removed", 61, 100)}),
        (insert(15), {("added", 15, 15)}),
        (insert(1, 3), {("added", 1, 3)}),
        (insert(90), {("added", 90, 90)}),
    ],
)
def test_what_was_altered_is_named_by_a_tree_that_a_head_vouches_for(
    log: Log, alter: Alter, expected: Told
) -> None:
    assert found(log, alter) == expected


@pytest.mark.parametrize(
    ("alter", "expected"),
    [
        (edit(15), {("altered", 11, 20)}),
        (edit(90), {("altered", 31, 90)}),
        (swap(5, 25), {("altered", 1, 10)}),
        (insert(25), {("altered", 21, 30)}),
        (remove(25, 25, shift=True), {("altered", 21, 30)}),
        (remove(61, 100, shift=False), {("removed", 61, 90)}),
    ],
)
def test_with_the_tree_altered_too_the_heads_say_between_which_positions(
    log: Log, alter: Alter, expected: Told
) -> None:
    assert found(log, alter, with_tree=True) == expected


def test_without_a_head_from_outside_a_consistent_forgery_is_not_found(
    log: Log,
) -> None:
    forged = log.altered(edit(15), with_tree=True)
    forged.heads = []
    report = forged.verified()
    assert (report.findings, report.proven) == ([], 0)


def test_behind_the_newest_head_nobody_can_say_whether_log_or_tree_was_altered(
    log: Log,
) -> None:
    assert found(log, edit(95)) == {("differs", 95, 95)}


def test_an_altered_tree_is_told_from_an_altered_log(log: Log) -> None:
    stored = [*log.stored]
    stored[14] = b"x" * 32
    altered = Log(log.rows, stored, heads=log.heads)
    assert altered.told() == {("tree", 15, 15)}
    assert altered.verified().proven == 90


def test_a_tree_that_was_cut_short_is_found(log: Log) -> None:
    short = Log(log.rows, log.stored[:50], heads=log.heads)
    assert short.told() == {("tree", 51, 90)}


def test_two_signed_heads_of_one_size_are_found(log: Log) -> None:
    other = Head(30, b"y" * 32, "other.txt", outside=True)
    both = Log(log.rows, log.stored, heads=[*log.heads, other])
    assert {kind for kind, *_ in both.told()} == {"heads"}


def test_a_smaller_head_of_another_history_is_found(log: Log) -> None:
    other = Head(25, b"y" * 32, "other.txt", outside=True)
    both = Log(log.rows, log.stored, heads=[*log.heads, other])
    assert both.told() == {("heads", 25, 25)}


def put(position: int, member: int, value: object) -> Alter:
    def alter(rows: list[Row]) -> None:
        rows[position - 1][member] = value

    return alter


@pytest.mark.parametrize(
    ("alter", "expected"),
    [
        (put(95, POSITION, 96), ("position", 96)),
        (put(95, VERSION, 7), ("version", 95)),
        (put(95, PARTNER, "stranger"), ("version", 95)),
        (put(95, RECORDED_AT, "2025-01-01T00:00:00.000000Z"), ("time", 95)),
        (put(95, ID, "01890a5d-ac96-774b-bcce-000000000007"), ("id", 95)),
        (put(95, 0, "other"), ("ledger", 95)),
        (put(95, VERSION, None), ("unreadable", 95)),
    ],
)
def test_a_log_that_contradicts_itself_is_found_without_any_head(
    log: Log, alter: Alter, expected: tuple[str, int]
) -> None:
    bare = log.altered(alter, with_tree=True)
    bare.heads = []
    assert expected in {(kind, first) for kind, first, _ in bare.told()}


def test_an_honest_log_of_any_size_has_nothing_wrong() -> None:
    for size in range(20):
        honest = log_of(size, list(range(size + 1)))
        assert honest.told() == set(), size


@pytest.mark.parametrize("count", [WINDOW - 1, WINDOW])
def test_an_insertion_is_named_up_to_the_window(count: int) -> None:
    log = log_of(3000, [3000])
    assert found(log, insert(500, count)) == {("added", 500, 499 + count)}


@pytest.mark.parametrize("shift", [True, False])
def test_a_removal_is_named_up_to_the_window(shift: bool) -> None:  # noqa: FBT001
    log = log_of(3000, [3000])
    gone = remove(500, 499 + WINDOW, shift=shift)
    assert found(log, gone) == {("removed", 500, 499 + WINDOW)}


def everywhere(rows: list[Row]) -> None:
    edit(*range(1, len(rows) + 1))(rows)


def every_other(rows: list[Row]) -> None:
    edit(*range(1, len(rows) + 1, 2))(rows)


@pytest.mark.parametrize("alter", [everywhere, every_other])
def test_a_log_altered_everywhere_is_soon_verified(
    alter: Callable[[list[Row]], None],
) -> None:
    log = log_of(5000, [5000])
    kinds = {kind for kind, *_ in found(log, alter)}
    assert kinds == {"changed"}
    assert log.altered(alter).verified().proven == 0
