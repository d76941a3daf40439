"""A law of verification: whatever was done to what was signed, it is found."""

from hypothesis import given
from hypothesis import strategies as st

from tests.altering import Row, log_of, renumber, stranger

KINDS_OF_ORDER = {"position", "version", "time", "id"}
MOVES = st.lists(
    st.tuples(st.sampled_from(["edit", "swap", "cut", "add"]), st.integers(0, 39)),
    min_size=1,
    max_size=4,
)


@given(MOVES, st.booleans(), st.sets(st.integers(1, 40), min_size=1))
def test_whatever_is_done_to_what_was_signed_is_found(
    moves: list[tuple[str, int]],
    with_tree: bool,  # noqa: FBT001
    sizes: set[int],
) -> None:
    log = log_of(40, sorted(sizes))
    signed = max(sizes)

    def alter(rows: list[Row]) -> None:
        for name, place in moves:
            at = place % max(len(rows), 1)
            match name:
                case "edit":
                    rows[at : at + 1] = [
                        [*one[:-1], "{}!"] for one in rows[at : at + 1]
                    ]
                case "swap":
                    rows[at:] = [*rows[at + 1 :], *rows[at : at + 1]]
                case "cut":
                    del rows[at]
                case _:
                    rows.insert(at, stranger(at + 1))
            renumber(rows)

    altered = log.altered(alter, with_tree=with_tree)
    is_same = altered.rows[:signed] == log.rows[:signed]
    report = altered.verified()
    kinds = {finding.kind for finding in report.findings} - KINDS_OF_ORDER
    assert (report.proven == signed) == is_same
    assert kinds or is_same
