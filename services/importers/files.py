"""What kind a file is, by its name, and opening it, plain or gzipped."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from services.importers.refusals import FileUnusable

Kind = Literal["contacts", "table", "calendar", "mail"]
Progress = Callable[[int], None]
BLOCK: Final = 256 * 1024
SUFFIXES: Final[dict[str, Kind]] = {
    ".vcf": "contacts",
    ".vcard": "contacts",
    ".ics": "calendar",
    ".ical": "calendar",
    ".mbox": "mail",
    ".mbx": "mail",
}
BEGINNINGS: Final[dict[bytes, Kind]] = {
    b"BEGIN:VCARD": "contacts",
    b"BEGIN:VCALENDAR": "calendar",
    b"FROM ": "mail",
}


def kind_of(path: Path) -> Kind:
    """The kind of a file by its name, or without a suffix by how it begins.

    Mail programs name mailboxes `Inbox`. Whatever is none of the others is a table.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    if suffixes:
        return SUFFIXES.get(suffixes[-1], "table")
    with opened(path) as file:
        begins = file.read(len("BEGIN:VCALENDAR")).upper()
    found = (kind for words, kind in BEGINNINGS.items() if begins.startswith(words))
    return next(found, "table")


@contextmanager
def opened(path: Path, on_progress: Progress | None = None) -> Iterator[BinaryIO]:
    """The bytes of a file; FileUnusable when they cannot be read."""
    try:
        with path.open("rb") as raw:
            counted = _Counted(raw, on_progress)
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile(fileobj=cast("BinaryIO", counted)) as plain:
                    yield cast("BinaryIO", plain)
            else:
                yield cast("BinaryIO", counted)
    except (OSError, EOFError, zlib.error) as wrong:
        raise FileUnusable(f"{path.name}: {wrong}") from wrong


class _Counted:
    """A file that tells how much of it was read, now and then."""

    def __init__(self, raw: BinaryIO, on_progress: Progress | None) -> None:
        self._raw = raw
        self._on_progress = on_progress or (lambda _count: None)
        self._untold = 0

    def read(self, size: int = -1) -> bytes:
        return self._tell(self._raw.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._tell(self._raw.readline(size))

    def _tell(self, piece: bytes) -> bytes:
        self._untold += len(piece)
        if self._untold >= BLOCK or not piece:
            self._on_progress(self._untold)
            self._untold = 0
        return piece
