"""Files that appear whole or not at all, for their owner only."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from services.cli.failing import CommandError


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there when it is whole and on disk.

    Raises CommandError when the folder cannot be written to.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _keep_names(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a folder beside its place, and put it there when it is whole.

    Raises CommandError when there is something at its place already.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise CommandError(f"There is something at {path} already.")
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from None
    try:
        yield made
        made.replace(path)
    except BaseException:
        shutil.rmtree(made)
        raise
    _keep_names(path.parent)


def _keep_names(folder: Path) -> None:
    """Have a new name survive a crash of the machine too, where folders can be synced.

    Windows opens no folders, and some file systems do not sync them.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
