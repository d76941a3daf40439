"""Processes that build ranges of generations beside a worker, one for each core."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

MOST: Final = 4
"""Processes of one worker: each takes memory for the partners of a range."""
END_SECONDS: Final = 5.0
log = structlog.get_logger(__name__)


class Builders:
    """Starts processes while there are ranges to build; they end by themselves.

    Each holds the other end of its standard input: however the worker ends, they see
    that and end after the range at hand.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        ended: Callable[[], None],
    ) -> None:
        self._command = [sys.executable, *command]
        self._environment = {**os.environ, **environment}
        self._ended = ended
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, ranges: int) -> None:
        """Have a process for each core, or each range if these are fewer."""
        self._processes = [p for p in self._processes if p.poll() is None]
        while len(self._processes) < min(MOST, _cores(), ranges):
            process = subprocess.Popen(  # noqa: S603 (our own module)
                self._command, env=self._environment, stdin=subprocess.PIPE
            )
            threading.Thread(target=self._await, args=(process,), daemon=True).start()
            self._processes.append(process)

    @property
    def running(self) -> int:
        """How many there are."""
        return sum(process.poll() is None for process in self._processes)

    def stop(self) -> None:
        """Have them finish the range at hand, and wait for that, but not for ever.

        What is cut short was never there: it is all one transaction.
        """
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        deadline = time.monotonic() + END_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        if process.wait():
            log.warning("builder_failed", exit_code=process.returncode)
        if process.stdin is not None:
            process.stdin.close()
        self._ended()


def give_way() -> None:
    """Let everything else go first: what is built has no readers yet."""
    if hasattr(os, "nice"):
        os.nice(10)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
