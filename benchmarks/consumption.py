"""What processes take, as Linux tells it; nothing where `/proc` is not."""

import os
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
KIBIBYTES_A_MEBIBYTE: Final = 1024
PARENT, USED_FROM, USED_TO = 1, 11, 15
"""Places in `/proc/<pid>/stat` after the name; used, by itself and ended children."""


def children(pid: int) -> list[int]:
    """The processes that a process has started and that run."""
    threads = (PROC / str(pid) / "task").glob("*/children")
    return [int(child) for told in threads for child in _read(told).split()]


def parent(pid: int) -> int:
    """The process that has started a process."""
    return int((_stat(pid) or ["0"] * USED_TO)[PARENT])


def seconds(pid: int) -> float:
    """The processor time of a process and its children, those that ended too."""
    ticks = sum(
        int(used)
        for each in (pid, *children(pid))
        for used in _stat(each)[USED_FROM:USED_TO]
    )
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def most_mebibytes(pid: int) -> float:
    """The memory of the largest of a process and its children."""
    return max(_resident(each) for each in (pid, *children(pid)))


def _resident(pid: int) -> float:
    for line in _read(PROC / str(pid) / "status").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / KIBIBYTES_A_MEBIBYTE
    return 0.0


def _stat(pid: int) -> list[str]:
    return _read(PROC / str(pid) / "stat").rpartition(")")[2].split()


def _read(path: Path) -> str:
    """What a file says; nothing once its process has ended."""
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""
