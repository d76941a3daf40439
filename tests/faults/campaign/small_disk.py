"""A disk small enough to be filled: a tmpfs of a test's own, where one may be made."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers import data_folder

MOUNT: Final = "/bin/mount"
UNMOUNT: Final = "/bin/umount"
MEGABYTES: Final = 768
BLOCK: Final = b"\1" * 65536


@contextmanager
def smallest_disk() -> Iterator[Path]:
    """A folder on a small disk; on the usual one where none can be mounted."""
    with data_folder() as folder:
        disk = folder / "data"
        disk.mkdir(mode=0o711)
        is_mounted = _mount(disk)
        try:
            yield disk
        finally:
            if is_mounted:
                _unmount(disk)


def _mount(folder: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not Path(MOUNT).exists():
        return False
    options = f"size={MEGABYTES}m,mode=711"
    command = (MOUNT, "-t", "tmpfs", "-o", options, "ledger-tests", str(folder))
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ours
    return done.returncode == 0


def _unmount(folder: Path) -> None:
    """Free its memory, and let go of it even if the dead still hold it a moment."""
    for inside in folder.iterdir():
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()
    subprocess.run((UNMOUNT, "-l", str(folder)), check=True)  # noqa: S603 - ours


def fill(descriptor: int) -> None:
    """Write until the disk takes no more."""
    try:
        while os.write(descriptor, BLOCK):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
