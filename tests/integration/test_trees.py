"""Trees grow with their logs, are signed, and stop at whatever is altered."""

import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from prometheus_client import REGISTRY

from services.foundation.event_log import read_after
from services.ledger.integrity.growing import Grower, Pool
from services.ledger.integrity.heads import Signing, file_of, read_heads
from services.ledger.integrity.notes import Signer
from services.ledger.integrity.reading import Halted, TreeReader
from services.ledger.integrity.records import record
from services.ledger.integrity.store import StoredTree, read_leaves
from services.ledger.integrity.watching import measure
from tests.independent_proofs import hash_leaf, mth, read_note
from tests.ledger_in_process import Books, InProcess, books
from tests.servers import Database

LEDGER = "default"
CHANCE = random.Random(1)  # noqa: S311
ANOTHER_FOURTH = """
INSERT INTO events SELECT ledger_id,
4, gen_random_uuid(), 'other', version, type, schema, occurred_at,
occurred_from, occurred_to, recorded_at, recorded_by, causation, correlation,
source_system, source_ref, data, completed FROM events
WHERE position = 3; UPDATE ledger_heads SET position = 4
"""


class Trees:
    """A ledger, its tree, and the folder of its heads."""

    def __init__(self, own: Books, ledger: InProcess, folder: Path) -> None:
        self.books, self.ledger, self.folder = own, ledger, folder
        self.signer = Signer.of(folder / "signing.key", "guild.example")
        self.grower = self.new_grower()
        self.recorded = 0

    @property
    def pool(self) -> Pool:
        return self.books.pool

    def new_grower(self) -> Grower:
        return Grower(self.pool, Signing(self.signer, self.folder))

    def record(self, count: int) -> None:
        for _ in range(count):
            name = f"p{self.recorded}"
            self.ledger.record(
                {"type": "PartnerIdentified", "partner": name, "data": {"name": "P"}}
            )
            self.recorded += 1

    def grow(self) -> None:
        while self.grower.grow(LEDGER):
            pass
        self.grower.sign(LEDGER)

    def heads(self) -> list[tuple[str, int, bytes]]:
        notes = read_heads(file_of(self.folder, LEDGER))
        vkey = self.signer.verifier(LEDGER).text
        return [read_note(note.encode(), vkey) for note in notes]

    def halted(self) -> str | None:
        with self.pool.connection() as connection:
            row = connection.execute("SELECT halted FROM trees").fetchone()
        assert row is not None
        why: str | None = row[0]
        return why

    def alter(self, sql: str) -> None:
        """As whoever owns the database may."""
        with psycopg.connect(self.books.owner_dsn) as connection:
            connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
            connection.execute(sql.encode())
            connection.execute("ALTER TABLE events ENABLE TRIGGER ALL")


@pytest.fixture
def trees(database: Database, tmp_path: Path) -> Iterator[Trees]:
    with books(database) as own:
        yield Trees(own, own.ledger(LEDGER, "UTC"), tmp_path)


def test_the_head_of_every_size_is_that_of_the_log(trees: Trees) -> None:
    for count in (1, 2, 7, 250, 3):
        trees.record(count)
        trees.grow()
    with trees.pool.connection() as connection:
        leaves = list(read_leaves(connection, LEDGER, 0, trees.recorded))
        assert StoredTree(connection, LEDGER).root(trees.recorded) == mth(leaves)
    heads = trees.heads()
    assert [size for _, size, _ in heads] == [1, 3, 10, 260, 263]
    assert [root for _, _, root in heads] == [mth(leaves[:n]) for _, n, _ in heads]


def test_two_workers_never_grow_one_tree_twice(trees: Trees) -> None:
    trees.record(300)
    growers = [trees.new_grower() for _ in range(4)]

    def work(grower: Grower) -> None:
        for _ in range(20):
            grower.grow(LEDGER)
            grower.sign(LEDGER)

    threads = [Thread(target=work, args=(grower,)) for grower in growers]
    for thread in threads:
        thread.start()
    trees.record(50)
    for thread in threads:
        thread.join()
    trees.grow()
    with trees.pool.connection() as connection:
        leaves = list(read_leaves(connection, LEDGER, 0, trees.recorded))
        assert StoredTree(connection, LEDGER).root(trees.recorded) == mth(leaves)
    for _, size, root in trees.heads():
        assert root == mth(leaves[:size])


def test_a_crash_between_file_and_database_leaves_no_contradiction(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.record(5)
    monkeypatch.setattr("services.ledger.integrity.heads.keep_head", crash)
    with pytest.raises(CrashError):
        trees.grow()
    monkeypatch.undo()
    trees.grow()
    trees.record(1)
    trees.grow()
    first, again, later = trees.heads()
    assert first == again
    assert (first[1], later[1]) == (5, 6)


class CrashError(Exception):
    """The process ends here."""


def crash(*_: object) -> None:
    raise CrashError


def test_a_tree_that_is_not_what_was_signed_is_signed_no_more(trees: Trees) -> None:
    trees.record(5)
    trees.grow()
    trees.alter("UPDATE tree_tiles SET nodes = overlay(nodes PLACING '\\x00' FROM 40)")
    trees.record(1)
    trees.grow()
    assert len(trees.heads()) == 1
    assert trees.halted() == "The tree is not what was signed at size 5."
    with pytest.raises(Halted):
        TreeReader(trees.pool).newest(LEDGER)


def test_a_tree_that_lost_leaves_is_signed_no_more(trees: Trees) -> None:
    trees.record(5)
    trees.grow()
    trees.alter("UPDATE tree_tiles SET nodes = substring(nodes FROM 1 FOR 64)")
    trees.grower.check_some(CHANCE)
    assert trees.halted() == "The tree lacks some of the 5 leaves that were signed."


def test_a_log_that_is_not_what_the_tree_holds_is_found_with_its_position(
    trees: Trees,
) -> None:
    trees.record(9)
    trees.grow()
    trees.grower.check_some(CHANCE)
    assert trees.halted() is None
    trees.alter("UPDATE events SET recorded_by = 'someone' WHERE position = 4")
    trees.grower.check_some(CHANCE)
    assert trees.halted() == "The log is not what the tree holds at position 4."


def test_every_head_has_its_turn(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ledger.integrity.growing.HEADS_A_CHECK", 2)
    for _ in range(5):
        trees.record(1)
        trees.grow()
    note_bytes = len(read_heads(file_of(trees.folder, LEDGER))[0].encode())
    monkeypatch.setattr("services.ledger.integrity.heads.BLOCK", note_bytes * 2 + 9)
    seen: list[int] = []

    def note_size(tree: StoredTree, note: str, _verifiers: object) -> None:
        seen.append(int(note.splitlines()[1]))
        tree.root(seen[-1])

    monkeypatch.setattr("services.ledger.integrity.growing.check_head", note_size)
    done = [trees.grower.check_some(CHANCE) for _ in range(4)]
    assert seen == [1, 2, 1, 2, 3, 4, 3, 4, 5, 5, 1, 2, 1, 2]
    assert done == [False, False, True, True]


def test_a_head_in_the_database_cannot_be_changed(trees: Trees) -> None:
    trees.record(1)
    trees.grow()
    for sql in ("UPDATE tree_heads SET note = ''", "DELETE FROM tree_heads"):
        with (
            psycopg.connect(trees.books.owner_dsn) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(sql.encode())


def test_a_ledger_without_events_has_no_head(trees: Trees) -> None:
    assert trees.grower.find_behind() == [LEDGER]
    trees.grow()
    assert trees.heads() == []
    assert trees.grower.find_behind() == []
    assert TreeReader(trees.pool).newest(LEDGER) is None


def test_a_database_from_before_the_newest_head_is_signed_no_more(
    trees: Trees,
) -> None:
    trees.record(3)
    trees.grow()
    trees.record(2)
    trees.grow()
    trees.alter(
        "ALTER TABLE tree_heads DISABLE TRIGGER ALL;"
        "DELETE FROM tree_heads WHERE size > 3; DELETE FROM events WHERE position > 3;"
        "UPDATE trees SET size = 3, signed = 3; UPDATE ledger_heads SET position = 3;"
        "UPDATE tree_tiles SET nodes = substring(nodes FROM 1 FOR 96)"
    )
    trees.alter(ANOTHER_FOURTH)
    trees.grow()
    assert trees.halted() == "The tree lacks some of the 5 leaves that were signed."
    assert [size for _, size, _ in trees.heads()] == [3, 5]


def test_another_history_of_the_same_size_is_not_signed(trees: Trees) -> None:
    trees.record(3)
    trees.grow()
    file_of(trees.folder, LEDGER).write_text(
        trees.signer.sign(LEDGER, 2, b"r" * 32), "utf-8"
    )
    trees.record(1)
    trees.grow()
    assert trees.halted() == "The tree is not what was signed at size 2."


def test_a_log_with_a_gap_is_not_taken_in(trees: Trees) -> None:
    trees.record(5)
    trees.alter("DELETE FROM events WHERE position = 3")
    trees.grow()
    assert trees.halted() == "The log lacks position 3."
    with pytest.raises(Halted):
        TreeReader(trees.pool).newest(LEDGER)


def test_a_log_that_lost_its_end_is_found(trees: Trees) -> None:
    trees.record(300)
    trees.grow()
    trees.alter("DELETE FROM events WHERE position > 298")
    trees.grower.check_some(CHANCE)
    assert trees.halted() == "The log is not what the tree holds at position 299."


def test_a_head_that_no_key_has_signed_stops_the_signing(trees: Trees) -> None:
    trees.record(2)
    trees.grow()
    trees.alter(
        "ALTER TABLE tree_heads DISABLE TRIGGER ALL;"
        "UPDATE tree_heads SET note = replace(note, E'/default\n2', E'/default\n1')"
    )
    trees.grower.check_some(CHANCE)
    told = "A head that is kept was signed by none of the ledger's keys."
    assert trees.halted() == told


def test_heads_of_an_earlier_key_still_hold(trees: Trees) -> None:
    trees.record(2)
    trees.grow()
    trees.signer = Signer.of(trees.folder / "another.key", "guild.example")
    trees.grower = trees.new_grower()
    trees.record(2)
    trees.grow()
    trees.grower.check_some(CHANCE)
    assert trees.halted() is None
    assert len(TreeReader(trees.pool).verifiers(LEDGER)) == 2
    trees.alter("UPDATE tree_tiles SET nodes = overlay(nodes PLACING '\\x00' FROM 40)")
    trees.grower.check_some(CHANCE)
    assert trees.halted() == "The tree is not what was signed at size 2."


def test_what_a_crash_cut_off_spoils_no_other_head(trees: Trees) -> None:
    path = file_of(trees.folder, LEDGER)
    for cut in (3, 30, 60, 100, 140):
        trees.record(1)
        trees.grow()
        whole = path.read_bytes()
        trees.record(1)
        trees.grow()
        path.write_bytes(whole + path.read_bytes()[len(whole) :][:cut])
    trees.record(1)
    trees.grow()
    assert trees.halted() is None
    assert [size for _, size, _ in trees.heads()] == [1, 3, 5, 7, 9, 11]


def test_a_file_that_cannot_be_written_loses_no_head(trees: Trees) -> None:
    trees.record(1)
    (trees.folder / "heads").write_text("in the way")
    trees.grow()
    assert TreeReader(trees.pool).newest(LEDGER) is None
    (trees.folder / "heads").unlink()
    trees.grow()
    assert [size for _, size, _ in trees.heads()] == [1]


def test_metrics_tell_how_the_trees_stand(trees: Trees) -> None:
    trees.record(3)
    measure(trees.pool)
    assert told_of("ledger_tree_head_age_seconds") > 0
    trees.grow()
    measure(trees.pool)
    assert told_of("ledger_tree_leaves") == 3
    assert told_of("ledger_tree_signed_leaves") == 3
    assert told_of("ledger_tree_head_age_seconds") == 0
    assert told_of("ledger_tree_halted") == 0
    trees.alter("UPDATE events SET recorded_by = 'someone' WHERE position = 2")
    trees.grower.check_some(CHANCE)
    measure(trees.pool)
    assert told_of("ledger_tree_halted") == 1


def told_of(metric: str) -> float:
    value = REGISTRY.get_sample_value(metric)
    assert value is not None
    return value


def test_leaves_are_those_of_the_records_that_the_api_hands_out(trees: Trees) -> None:
    trees.record(2)
    trees.alter("UPDATE events SET recorded_at = '2026-01-01Z' WHERE position = 1")
    with trees.pool.connection() as connection:
        leaves = list(read_leaves(connection, LEDGER, 0, 2))
        rows = read_after(connection, LEDGER, 0, 2)
    records = [record(LEDGER, row) for row in rows]
    assert b'"2026-01-01T00:00:00.000000Z"' in records[0]
    assert leaves == [hash_leaf(sha256(told).digest()) for told in records]
