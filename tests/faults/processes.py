"""The processes of a served ledger, so that any of them can be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import Final

import httpx2

from services.cli.failing import FOUND_WRONG
from services.foundation import embedded_postgres
from tests.ports import free_port
from tests.servers import data_folder

PROJECT: Final = Path(__file__).parents[2]
SERVE: Final = (sys.executable, "-m", "services.cli.main", "serve")
WITHIN: Final = 60.0
LOOK_AGAIN: Final = 0.02
NO_DATABASE: Final = ("The database does not answer", "PostgreSQL does not start")


class Kind(Enum):
    """What can be killed."""

    SERVE = "serve"
    WORKER = "the projection worker"
    POSTMASTER = "PostgreSQL's first process"
    BACKEND = "one backend of PostgreSQL"
    TREE = "the worker of the trees"


@dataclass
class Ledger:
    """A ledger on a data folder, at one address however often it is started."""

    data: Path
    port: int
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    is_supervised: bool = False
    restarts: int = 0
    serve: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Serve, at the same address as before."""
        self.serve = _start(self.data, self.port, self.log, self.settings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return (self.data / "owner.key").read_text("utf-8").strip()

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait_until_ready(self, seconds: float = WITHIN) -> None:
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            self.look_after()
            assert time.monotonic() < deadline, self.said()[-5000:]
            time.sleep(LOOK_AGAIN)

    def look_after(self) -> None:
        """It runs; or it said that it found no database, and its supervisor acts."""
        if self.serve.poll() is None:
            return
        last_words = self.said()[-5000:]
        assert self.is_supervised, last_words
        assert self.serve.returncode == FOUND_WRONG, last_words
        assert any(words in last_words for words in NO_DATABASE), last_words
        self.restarts += 1
        self.start()

    def _is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False

    def kill(self, kind: Kind, *, rng: Random | None = None) -> None:
        """Kill one process, as the system does when memory is short."""
        found = self.wait_for(kind)
        pid = rng.choice(found) if rng else found[0]
        os.kill(pid, signal.SIGKILL)
        if kind is Kind.SERVE:
            self.serve.wait(WITHIN)
            self.start()
        if kind is Kind.POSTMASTER:
            wait_until_dead(pid)

    def wait_for(self, kind: Kind) -> list[int]:
        deadline = time.monotonic() + WITHIN
        while not (found := self._find(kind)):
            self.look_after()
            assert time.monotonic() < deadline, (kind, self.said()[-5000:])
            time.sleep(LOOK_AGAIN)
        return found

    def _find(self, kind: Kind) -> list[int]:
        match kind:
            case Kind.SERVE:
                return [self.serve.pid]
            case Kind.WORKER:
                return children(self.serve.pid, "services.projections.worker")
            case Kind.TREE:
                return children(self.serve.pid, "services.ledger.integrity.worker")
            case Kind.POSTMASTER:
                return self._postmaster()
            case Kind.BACKEND:
                parents = self._postmaster()
                return [p for x in parents for p in children(x, "ledger_service")]

    def _postmaster(self) -> list[int]:
        try:
            pid = int((self.data / "pg/postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return []
        return [pid] if str(self.data) in command_line(pid) else []

    def stop(self) -> None:
        """As a user does; everything of it must end."""
        everything = [
            pid for kind in Kind if kind is not Kind.SERVE for pid in self._find(kind)
        ]
        self.leave()
        for pid in everything:
            wait_until_dead(pid)

    def leave(self) -> None:
        """Stop this `serve`, whoever else uses the database."""
        self.serve.terminate()
        code = self.serve.wait(WITHIN)
        assert code == 0, self.said()[-5000:]

    def end(self) -> None:
        """Leave no `serve` running when a test has failed."""
        if self.serve.poll() is None:
            self.serve.kill()
            self.serve.wait(WITHIN)


def command_line(pid: int) -> str:
    """The arguments of a process; none when it is dead or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(parent: int, word: str) -> list[int]:
    """The children of a process that have a word among their arguments."""
    try:
        threads = list(Path(f"/proc/{parent}/task").iterdir())
        texts = [(thread / "children").read_text() for thread in threads]
    except (FileNotFoundError, ProcessLookupError):
        return []
    pids = [int(pid) for text in texts for pid in text.split()]
    return sorted(pid for pid in pids if word in command_line(pid))


def wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + WITHIN
    while command_line(pid):
        assert time.monotonic() < deadline, pid
        time.sleep(LOOK_AGAIN)


def _start(
    data: Path, port: int, log: Path, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("LEDGER_")}
    own = {"LEDGER_DATA_DIR": str(data), "LEDGER_PORT": str(port), **settings}
    environment: Mapping[str, str] = {**kept, "PYTHONPATH": str(PROJECT), **own}
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            SERVE,
            cwd=data.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@contextmanager
def a_ledger() -> Iterator[Ledger]:
    """Serve from an empty folder; nothing is left running, come what may."""
    with data_folder() as folder, a_ledger_in(folder / "data", folder / "log") as made:
        yield made


@contextmanager
def a_ledger_in(data: Path, log: Path, **settings: str) -> Iterator[Ledger]:
    """Serve from a data folder, with `LEDGER_*` settings."""
    ledger = Ledger(data, free_port(), log, settings)
    try:
        ledger.wait_until_ready()
        yield ledger
        ledger.stop()
    finally:
        ledger.end()
        # Joining as the last user and leaving stops the server.
        embedded_postgres.start(data).close()


@contextmanager
def another_server(first: Ledger, log: Path) -> Iterator[Ledger]:
    """A second `serve` on the data of the first."""
    second = Ledger(first.data, free_port(), log, first.settings)
    try:
        second.wait_until_ready()
        yield second
        second.leave()
    finally:
        second.end()
