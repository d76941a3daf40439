"""kill -9 of projection workers under load: every event is applied exactly once."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import httpx2
import psycopg
import pytest

from services.foundation.ledgers import DEFAULT
from tests.admission import make_key, pepper_of
from tests.e2e.asking import event, record
from tests.faults.clients import Told, under_load
from tests.faults.refolding import assert_as_folded_afresh, wait_for_projections
from tests.faults.writing import make_ledgers, whole_log
from tests.ports import free_port
from tests.servers import Database

WORKERS: Final = 3
CLIENTS: Final = 8
PARTNERS: Final = ["shared", *(f"p{number}" for number in range(CLIENTS))]
SEED: Final = "KILL_SEED"
WITHIN: Final = 60.0
WORKER: Final = ("-m", "services.projections.worker")
LEDGER: Final = ("-m", "uvicorn", "services.ledger.app:create_app", "--factory")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="looks at processes under /proc"
)


def start(dsn: str, data_dir: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of ours that says only what is wrong."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("LEDGER_")}
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *arguments],
        env=kept | {"LEDGER_DSN": dsn, "LEDGER_DATA_DIR": str(data_dir)},
        stdin=subprocess.DEVNULL,
    )


@dataclass
class Workers:
    """Some workers; whichever is killed is started anew."""

    dsn: str
    data_dir: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        self.running = [start(self.dsn, self.data_dir, *WORKER) for _ in range(WORKERS)]

    def kill_one(self, rng: Random) -> None:
        """Kill one that is at work, as the system does when memory is short."""
        victim = rng.choice(self._at_work())
        victim.kill()
        assert victim.wait(WITHIN) == -signal.SIGKILL
        self.kills += 1
        self.running[self.running.index(victim)] = start(
            self.dsn, self.data_dir, *WORKER
        )

    def _at_work(self) -> list[subprocess.Popen[bytes]]:
        deadline = time.monotonic() + WITHIN
        while not (found := [w for w in self.running if is_connected(w.pid)]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return found

    def stop(self) -> None:
        """As an operator does; the newest may not have come so far as to notice."""
        for worker in self.running:
            worker.terminate()
        assert {worker.wait(WITHIN) for worker in self.running} <= {0, -signal.SIGTERM}


def is_connected(pid: int) -> bool:
    """Whether a worker has come so far as to talk to the database."""
    try:
        files = [file.readlink() for file in Path(f"/proc/{pid}/fd").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(str(file).startswith("socket:") for file in files)


@contextmanager
def serving(dsn: str, data_dir: Path) -> Iterator[str]:
    """The ledger service as a process of its own; its address."""
    port = free_port()
    options = ("--port", str(port), "--log-level", "warning")
    process = start(dsn, data_dir, *LEDGER, *options)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(WITHIN)


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)


@pytest.fixture
def workers(database: Database, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(database.service_dsn, tmp_path)
    yield made
    for worker in made.running:
        worker.kill()
        worker.wait(WITHIN)


def test_workers_killed_for_ten_seconds_apply_every_event_once(
    database: Database, workers: Workers
) -> None:
    kill_and_check(database, workers, seconds=10)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_workers_killed_for_two_minutes_apply_every_event_once(
    database: Database, workers: Workers
) -> None:
    kill_and_check(database, workers, seconds=120)


def kill_and_check(database: Database, workers: Workers, seconds: float) -> None:
    seed = int(os.environ.get(SEED) or secrets.randbelow(10**9))
    rng = Random(seed)  # noqa: S311 - repeatable
    make_ledgers(database)
    scopes, pepper = ["record", "read"], pepper_of(workers.data_dir)
    key = make_key(database.owner_dsn, scopes, pepper=pepper)
    workers.start()
    with serving(database.service_dsn, workers.data_dir) as url:
        told = identify(url, key)
        with under_load(lambda: (url, key), PARTNERS, seed) as load:
            with load.at_full_speed():
                deadline = time.monotonic() + seconds
                while time.monotonic() < deadline:
                    load.wait_for(rng.randint(1, 60))
                    workers.kill_one(rng)
            load.wait_for(20)
        acknowledged = load.acknowledged()
    wait_for_projections(database, DEFAULT)
    workers.stop()
    recorded = [*told, *(item for items in acknowledged.values() for item in items)]
    print(f"{SEED}={seed}: {workers.kills} kills, {len(recorded)} events")  # noqa: T201
    assert workers.kills >= seconds / 5
    assert_recorded(database, recorded)
    assert_applied_once(database, recorded)
    assert_as_folded_afresh(database)


def identify(url: str, key: str) -> Told:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=url, headers=headers, timeout=60) as client:
        return [record(client, event("PartnerIdentified", p, name=p)) for p in PARTNERS]


def assert_recorded(database: Database, recorded: Told) -> None:
    """The log is what was acknowledged, no more and no less."""
    log = {row.id: row.position for row in whole_log(database)}
    assert log == {item["id"]: item["position"] for item in recorded}


def assert_applied_once(database: Database, recorded: Told) -> None:
    """Each acknowledged promise is in the books once, and each act in one row."""
    expected = Counter(
        item["id"]
        for item in recorded
        if item["type"] in {"HelpOffered", "ResourceCommitted"}
    )
    query = "SELECT event_id::text FROM promises WHERE position = ANY(%s) AND count = 1"
    places = [item["position"] for item in recorded if item["id"] in expected]
    with psycopg.connect(database.owner_dsn) as connection:
        found = Counter(name for (name,) in connection.execute(query, (places,)))
        acts = Counter(p for (p,) in connection.execute("SELECT position FROM acts"))
    assert found == expected
    assert set(acts.values()) == {1}
