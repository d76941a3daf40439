"""The real thing for tests: `serve` as its own process, over HTTP, on its own data."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from services.foundation import embedded_postgres
from tests import documented
from tests.admission import make_key, pepper_of
from tests.ports import free_port
from tests.servers import data_folder

PROJECT: Final = Path(__file__).parents[1]
SERVE: Final = (sys.executable, "-m", "services.cli.main", "serve")
STARTS_WITHIN: Final = 60.0
STOPS_WITHIN: Final = 30.0
LOOK_AGAIN: Final = 0.05
CHECKED: Final[dict[str, list[Callable[..., Any]]]] = {"response": [documented.check]}
"""Whatever a test is answered must be documented."""


@dataclass(frozen=True)
class RunningService:
    """A service that is ready, the owner's key, and a client that sends it."""

    url: str
    key: str
    client: httpx2.Client
    process: subprocess.Popen[bytes]
    data_dir: Path
    log: Path

    def anonymous(self, **headers: str) -> httpx2.Client:
        """A client without the owner's key."""
        return httpx2.Client(
            base_url=self.url, headers=headers, timeout=60, event_hooks=CHECKED
        )

    def with_key(self, key: str) -> httpx2.Client:
        """A client with another key."""
        return self.anonymous(Authorization=f"Bearer {key}")

    def make_key(self, *scopes: str, ledger: str = "default") -> str:
        """A new key of a ledger, which is made when it does not exist."""
        pepper = pepper_of(self.data_dir)
        with embedded_postgres.start(self.data_dir) as server:
            return make_key(server.dsn, scopes, ledger, pepper=pepper)

    def said(self) -> str:
        """All that the process has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_service(**settings: str) -> Iterator[RunningService]:
    """Serve on a free port from an empty folder; `LEDGER_*` settings may be added.

    Stopped with SIGTERM, it must end cleanly: no traceback, no process left behind.
    """
    with data_folder() as folder, running_from(folder, **settings) as service:
        yield service


@contextmanager
def running_from(folder: Path, **settings: str) -> Iterator[RunningService]:
    """Serve from a folder that may hold a ledger already."""
    port, data_dir, log = free_port(), folder / "data", folder / "serve.log"
    environment = _environment(
        LEDGER_DATA_DIR=str(data_dir), LEDGER_PORT=str(port), **settings
    )
    process = _start(environment, folder, log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, log)
        yield from _serving(url, process, data_dir, log)
        _stop(process, data_dir, log)
    finally:
        _end(process, data_dir)


def _serving(
    url: str, process: subprocess.Popen[bytes], data_dir: Path, log: Path
) -> Iterator[RunningService]:
    key = (data_dir / "owner.key").read_text(encoding="utf-8").strip()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(
        base_url=url, headers=headers, timeout=60, event_hooks=CHECKED
    ) as client:
        yield RunningService(url, key, client, process, data_dir, log)


def _environment(**settings: str) -> Mapping[str, str]:
    """This process's, without the ledger settings of whoever runs the tests."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("LEDGER_")}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **settings}


def _start(
    environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    """In a session of its own and away from any `.env` of the project."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            SERVE,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _is_ready(url):
        assert process.poll() is None, f"serve ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"never ready:\n{log.read_text()}"
        time.sleep(LOOK_AGAIN)


def _is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes], data_dir: Path, log: Path) -> None:
    assert process.poll() is None, f"serve ended by itself:\n{log.read_text()}"
    process.send_signal(signal.SIGTERM)
    code = process.wait(STOPS_WITHIN)
    said = log.read_text(encoding="utf-8", errors="replace")
    assert not _group_lives(process.pid), "serve left a process behind"
    assert not _postmasters(data_dir), f"serve left PostgreSQL behind (exit {code})"
    assert code == 0, f"serve exited with {code}:\n{said[-5000:]}"
    assert "Traceback" not in said, said[-5000:]


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _postmasters(data_dir: Path) -> list[int]:
    """The PostgreSQL servers that run on the data, or were killed."""
    files = data_dir.rglob("postmaster.pid")
    return [int(file.read_text(encoding="utf-8").split()[0]) for file in files]


def _end(process: subprocess.Popen[bytes], data_dir: Path) -> None:
    """Leave nothing running when a test, the start or the stop has failed."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOPS_WITHIN)
    for postmaster in _postmasters(data_dir):
        with suppress(ProcessLookupError):
            os.kill(postmaster, signal.SIGQUIT)
