"""Ports for servers that tests start as processes of their own."""

import fcntl
import os
import socket
import tempfile
from itertools import count
from pathlib import Path
from typing import Final

RANGE: Final = range(20_000, 30_000)
"""Below what Linux gives to connections that go out, so that none takes one."""
LOCKS: Final = Path(tempfile.gettempdir()) / f"ledger-test-ports-{os.getuid()}"
_turns: Final = count(os.getpid() * 97)
"""Each process begins elsewhere; the locks decide, this only saves tries."""
_held: Final[list[int]] = []


def free_port() -> int:
    """A port that nobody listens on and no other test is given.

    It is this process's until that ends: a server may be stopped and started again.
    """
    LOCKS.mkdir(exist_ok=True)
    for turn in _turns:
        port = RANGE[turn % len(RANGE)]
        if _is_ours(port) and _is_free(port):
            return port
    raise AssertionError  # the turns never end


def _is_ours(port: int) -> bool:
    lock = os.open(LOCKS / str(port), os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
