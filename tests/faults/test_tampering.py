"""Events altered by a superuser of the database: found by a head that was kept.

The triggers are off, the positions and versions of what follows are put right, and the
ledger's own count as well, as somebody would do who does not want to be found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.signed_ledgers import (
    OLDER,
    SIZES,
    Found,
    Signed,
    a_copy,
    a_signed_ledger,
    as_superuser,
    empty,
    forge_tree,
)

SIZE = SIZES[-1]
Alter = Callable[[Connection[Any], Signed], None]


@pytest.fixture(scope="module")
def honest(
    server: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    folder = tmp_path_factory.mktemp("data")
    with a_signed_ledger(server.dsn, migrated, folder) as made:
        yield made


@pytest.fixture
def signed(server: EmbeddedPostgres, honest: Signed) -> Iterator[Signed]:
    with a_copy(server.dsn, honest) as made:
        yield made


@pytest.fixture
def kept(honest: Signed, tmp_path: Path) -> Path:
    """The newest head, as somebody far away kept it."""
    path = tmp_path / "kept.txt"
    path.write_text(honest.notes[-1], "utf-8")
    return path


def edit(connection: Connection[Any], _: Signed) -> None:
    connection.execute(
        "UPDATE events SET data = replace(data, 'phone', 'in_person')"
        " WHERE position = 257"
    )


def edit_who(connection: Connection[Any], _: Signed) -> None:
    connection.execute("UPDATE events SET recorded_by = 'eve' WHERE position = 600")


def swap(connection: Connection[Any], _: Signed) -> None:
    """Let two events of one partner exchange what they say; all else stays."""
    connection.execute(
        "UPDATE events SET data = other.data FROM events AS other"
        " WHERE (events.position, other.position) IN ((121, 412), (412, 121))"
    )


def swap_whole(connection: Connection[Any], _: Signed) -> None:
    """Let two events exchange their positions."""
    connection.execute("UPDATE events SET position = -1 WHERE position = 121")
    connection.execute("UPDATE events SET position = 121 WHERE position = 412")
    connection.execute("UPDATE events SET position = 412 WHERE position = -1")


def cut_tail(connection: Connection[Any], _: Signed) -> None:
    connection.execute("DELETE FROM events WHERE position > 550")
    recount(connection)


def remove(connection: Connection[Any], _: Signed) -> None:
    connection.execute("DELETE FROM events WHERE position BETWEEN 350 AND 352")
    shift(connection, 350, -3)
    recount(connection)


def insert(connection: Connection[Any], _: Signed) -> None:
    shift(connection, 350, 1)
    invent(connection, 350)
    recount(connection)


def insert_last(connection: Connection[Any], _: Signed) -> None:
    invent(connection, SIZE + 1)


def restore(connection: Connection[Any], signed: Signed) -> None:
    """Put back an older copy of the events, as a restore of that table does."""
    connection.execute("DELETE FROM events")
    with connection.cursor().copy("COPY events FROM STDIN") as copy:
        copy.write(signed.older)
    recount(connection)


def shift(connection: Connection[Any], first: int, by: int) -> None:
    """Give all events from a position on new positions, by way of negative ones."""
    connection.execute(
        "UPDATE events SET position = -position WHERE position >= %s", (first,)
    )
    connection.execute(
        "UPDATE events SET position = %s - position WHERE position < 0", (by,)
    )


def invent(connection: Connection[Any], position: int) -> None:
    """An event that was never recorded, first of a new partner, at a position."""
    connection.execute(
        "INSERT INTO events SELECT ledger_id, %s, gen_random_uuid(), 'eve', 1, type,"
        " schema, occurred_at, occurred_from, occurred_to, recorded_at, recorded_by,"
        " causation, correlation, source_system, source_ref, data, completed"
        " FROM events WHERE position = %s",
        (position, position - 1),
    )


def recount(connection: Connection[Any]) -> None:
    connection.execute(
        "UPDATE ledger_heads SET position = (SELECT max(position) FROM events)"
    )


@dataclass(frozen=True)
class Attack:
    """What is done; what the tree names; between which heads it is without the tree."""

    alter: Alter
    exactly: Found
    between: tuple[int, int] | None


ORDER = {"position", "version", "time", "id"}
ATTACKS = [
    Attack(edit, {("changed", 257, 257)}, (201, 300)),
    Attack(edit_who, {("changed", 600, 600)}, (513, 600)),
    Attack(swap, {("changed", 121, 121), ("changed", 412, 412)}, (101, 200)),
    Attack(swap_whole, {("swapped", 121, 412)}, (101, 200)),
    Attack(remove, {("removed", 350, 352)}, (301, 512)),
    Attack(insert, {("added", 350, 350)}, (301, 512)),
    Attack(cut_tail, {("removed", 551, 600)}, None),
    Attack(restore, {("removed", OLDER + 1, 600)}, None),
]
every_attack = pytest.mark.parametrize(
    "attack", ATTACKS, ids=[attack.alter.__name__ for attack in ATTACKS]
)


def told(found: Found) -> Found:
    """What tree and heads tell, apart from what the order of the log tells too."""
    return {one for one in found if one[0] not in ORDER}


def test_an_honest_ledger_is_proven(honest: Signed, kept: Path) -> None:
    result = honest.verified("--checkpoint", str(kept), "--key", honest.verifier)
    assert result.code == 0
    assert result.ledger["proven"] == SIZE
    assert result.ledger["remarks"] == []


@every_attack
def test_altered_events_are_named_with_their_positions(
    signed: Signed,
    kept: Path,
    tmp_path: Path,
    attack: Attack,
) -> None:
    with as_superuser(signed.database) as connection:
        attack.alter(connection, signed)
    words = ("--checkpoint", str(kept), "--key", signed.verifier)
    result = signed.verified(*words, data_dir=tmp_path)
    assert result.code == 1
    assert told(result.found) == attack.exactly


@every_attack
def test_with_tree_and_heads_forged_too_the_heads_kept_outside_still_find_it(
    signed: Signed,
    kept: Path,
    tmp_path: Path,
    attack: Attack,
) -> None:
    with as_superuser(signed.database) as connection:
        attack.alter(connection, signed)
    forge_tree(signed, tmp_path / "forger")
    words = ("--checkpoint", str(kept), "--key", signed.verifier)
    by_one = told(signed.verified(*words, data_dir=tmp_path).found)
    by_all = told(signed.verified(*words).found)
    if attack.between is None:
        assert by_one == by_all == attack.exactly
    else:
        assert by_one & {("altered", 1, SIZE), ("removed", 598, 600)}
        assert ("altered", *attack.between) in by_all


@every_attack
def test_without_a_head_from_outside_a_whole_forgery_is_not_found(
    signed: Signed,
    tmp_path: Path,
    attack: Attack,
) -> None:
    with as_superuser(signed.database) as connection:
        attack.alter(connection, signed)
    forge_tree(signed, tmp_path / "forger")
    result = signed.verified(data_dir=tmp_path)
    assert told(result.found) == set()
    assert result.ledger["proven"] == 0


def test_an_event_added_at_the_end_is_found_by_the_count_of_the_ledger(
    signed: Signed, kept: Path
) -> None:
    with as_superuser(signed.database) as connection:
        insert_last(connection, signed)
    result = signed.verified("--checkpoint", str(kept))
    assert result.found == {("count", SIZE + 1, SIZE + 1)}


def test_an_event_added_at_the_end_is_found_by_whoever_knows_that_nothing_was_recorded(
    signed: Signed, kept: Path
) -> None:
    with as_superuser(signed.database) as connection:
        insert_last(connection, signed)
        recount(connection)
    checked = signed.verified("--checkpoint", str(kept))
    assert (checked.code, checked.ledger["proven"]) == (0, SIZE)
    assert checked.ledger["events"] == SIZE + 1
    at_rest = signed.verified("--checkpoint", str(kept), "--at-rest")
    assert at_rest.found == {("added", SIZE + 1, SIZE + 1)}


def test_a_ledger_that_was_deleted_whole_is_missed(signed: Signed) -> None:
    tables = ("events", "tree_tiles", "tree_heads", "trees", "ledger_heads", "ledgers")
    with as_superuser(signed.database) as connection:
        empty(connection, *tables)
    result = signed.verified("--key", signed.verifier)
    assert ("removed", 1, SIZE) in result.found
