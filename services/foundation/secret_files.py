"""Secrets in files that only their owner reads, made once whoever comes first."""

import os
from collections.abc import Callable
from pathlib import Path


def made_once(path: Path, make: Callable[[], str]) -> str:
    """The text of a file of ours, which is made with mode 0600 when it is not there.

    It is written whole and on disk before it has its name, so that a crash leaves all
    of it or nothing; of several who make it at once all get what the first made.
    """
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    text, new = make(), path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # whoever is first wins; the others read that
    except FileExistsError:
        return path.read_text("utf-8").strip()
    finally:
        new.unlink()
    return text
