"""kill -9 of the workers of trees under load: no head contradicts another."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import psycopg
import pytest

from services.ledger.integrity.heads import file_of, read_heads
from services.ledger.integrity.store import read_leaves
from tests.independent_proofs import mth, read_note
from tests.ledger_in_process import InProcess, books
from tests.servers import Database

LEDGER: Final = "default"
WITHIN: Final = 60.0
SECONDS: Final = 8.0
KILLS: Final = 6
AT_ONCE: Final = 2


class TreeWorkers:
    """Two workers of one ledger's tree; whichever is killed is started anew."""

    def __init__(self, dsn: str, data_dir: Path) -> None:
        self.data_dir = data_dir
        kept = {n: v for n, v in os.environ.items() if not n.startswith("LEDGER_")}
        self._environment = kept | {
            "LEDGER_DSN": dsn,
            "LEDGER_DATA_DIR": str(data_dir),
            "LEDGER_HEAD_SECONDS": "0.05",
        }
        self.running = [self._start() for _ in range(AT_ONCE)]
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "services.ledger.integrity.worker"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
        )

    def kill_one(self, rng: Random) -> None:
        place = rng.randrange(AT_ONCE)
        self.running[place].kill()
        assert self.running[place].wait(WITHIN) == -signal.SIGKILL
        self.running[place] = self._start()
        self.kills += 1

    def stop(self) -> None:
        for worker in self.running:
            worker.terminate()
        assert {worker.wait(WITHIN) for worker in self.running} <= {0, -signal.SIGTERM}

    def file_heads(self) -> list[str]:
        return read_heads(file_of(self.data_dir, LEDGER))


@pytest.fixture
def workers(database: Database, tmp_path: Path) -> Iterator[TreeWorkers]:
    made = TreeWorkers(database.service_dsn, tmp_path)
    yield made
    for worker in made.running:
        worker.kill()
        worker.wait(WITHIN)


def test_no_head_contradicts_another_however_often_workers_are_killed(
    database: Database, workers: TreeWorkers
) -> None:
    rng = Random(5)  # noqa: S311 - repeatable
    with books(database) as own:
        ledger = own.ledger(LEDGER, "UTC")
        recorded = record_and_kill(ledger, workers, rng)
        wait_for(lambda: signed(database) == recorded)
        workers.stop()
        with own.pool.connection() as connection:
            leaves = list(read_leaves(connection, LEDGER, 0, recorded))
    stored, vkey = heads_of(database)
    in_file = workers.file_heads()
    assert set(stored) <= set(in_file)
    assert max(read_note(note.encode(), vkey)[1] for note in stored) == recorded
    assert len(in_file) >= workers.kills >= KILLS
    for note in in_file:
        _, size, root = read_note(note.encode(), vkey)
        assert root == mth(leaves[:size])


def record_and_kill(ledger: InProcess, workers: TreeWorkers, rng: Random) -> int:
    """Record for some seconds; kill a worker whenever another few heads were signed.

    So there is a head for each kill at least.
    """
    recorded = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or workers.kills < KILLS:
        heads = len(workers.file_heads())
        while len(workers.file_heads()) <= heads + rng.randrange(3):
            names = [f"p{recorded + place}" for place in range(rng.randrange(1, 80))]
            ledger.record(*map(identified, names))
            recorded += len(names)
            assert time.monotonic() < end + WITHIN
        workers.kill_one(rng)
    return recorded


def identified(name: str) -> dict[str, object]:
    return {"type": "PartnerIdentified", "partner": name, "data": {"name": "P"}}


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def signed(database: Database) -> int:
    with psycopg.connect(database.owner_dsn) as connection:
        row = connection.execute("SELECT signed FROM trees").fetchone()
    return row[0] if row else 0


def heads_of(database: Database) -> tuple[list[str], str]:
    """The heads that the database holds, and the one key that they are signed with."""
    with psycopg.connect(database.owner_dsn) as connection:
        notes = connection.execute("SELECT note FROM tree_heads").fetchall()
        (key,) = connection.execute("SELECT verifier FROM tree_keys").fetchall()
        assert connection.execute("SELECT halted FROM trees").fetchall() == [(None,)]
    return [note for (note,) in notes], key[0]
