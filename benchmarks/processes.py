"""The processes of the system under test, each started and ended here."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from benchmarks.places import Place
from services.cli.running import wait_until_ready

END_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Served:
    """An application that answers, the owner's key to it, and its process."""

    port: int
    key: str
    pid: int


@contextmanager
def served(place: Place) -> Iterator[Served]:
    """Serve a place in a process of its own."""
    with _program(os.environ.get("NOOP", "benchmarks.noop"), place) as process:
        if process.stdout is None:
            raise ValueError(process)
        port = int(process.stdout.readline())
        wait_until_ready(f"http://127.0.0.1:{port}")
        yield Served(port, place.key, process.pid)


@contextmanager
def worker(place: Place) -> Iterator[int]:
    """A projection worker in a process of its own; its process id."""
    with _program("services.projections.worker", place) as process:
        yield process.pid


@contextmanager
def tree_worker(place: Place) -> Iterator[int]:
    """A worker of trees in a process of its own; its process id."""
    with _program("services.ledger.integrity.worker", place) as process:
        yield process.pid


@contextmanager
def _program(module: str, place: Place) -> Iterator[subprocess.Popen[bytes]]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("LEDGER_")}
    environment = kept | {
        "LEDGER_DSN": place.service_dsn,
        "LEDGER_DATA_DIR": str(place.folder / "data"),
    }
    command = [sys.executable, "-m", module]
    with subprocess.Popen(  # noqa: S603 (our own modules)
        command, env=environment, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(END_SECONDS)
