"""What a log tells of itself: positions, versions, times and ids that must agree."""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from typing import IO, Final

from services.ledger.integrity.verification.findings import Few, Finding
from services.ledger.integrity.verification.lines import Line

PARTS: Final = 64
ID: Final = 16
ROW: Final = ID + 8


class Order:
    """Follows a log line by line; what it keeps grows with the partners only."""

    def __init__(self, ledger: str, found: Few) -> None:
        self._ledger = ledger
        self._found = found
        self._position = 0
        self._recorded_at = ""
        self._versions: dict[str, int] = {}
        self._ids = _Ids()

    def take(self, line: Line) -> None:
        """Check the next line against those before it."""
        if not line.position:
            self._say("unreadable", line.place, f"Line {line.place:,} is no record.")
            return
        self._check_place(line)
        if line.recorded_at < self._recorded_at:
            self._say("time", line.position, _earlier(line))
        self._recorded_at = line.recorded_at
        version = self._versions.get(line.partner, 0) + 1
        if line.version != version:
            self._say("version", line.position, _version(line, version))
        self._versions[line.partner] = line.version
        self._ids.add(line)

    def _check_place(self, line: Line) -> None:
        if line.ledger != self._ledger:
            told = f"Position {line.position:,} is of another ledger."
            self._say("ledger", line.position, told)
        if line.position != self._position + 1:
            told = f"Position {line.position:,} follows {self._position:,}."
            self._say("position", line.position, told)
        self._position = line.position

    def finish(self) -> None:
        """Look for ids that came twice, now that all were seen."""
        for first, second in self._ids.repeated():
            told = f"Position {second:,} has the id of the event at {first:,}."
            self._say("id", second, told)

    def _say(self, kind: str, position: int, sentence: str) -> None:
        self._found.add(Finding(kind, position, position, sentence))


def _earlier(line: Line) -> str:
    return f"Position {line.position:,} was recorded before the one that it follows."


def _version(line: Line, version: int) -> str:
    place = f"Position {line.position:,}"
    return f"{place} is version {line.version:,} of its partner, not {version:,}."


class _Ids:
    """Which ids come twice, however many there are: they wait in files, not in memory.

    An id is always in the same of the files, so that each can be looked at alone.
    """

    def __init__(self) -> None:
        self._parts: list[IO[bytes]] = [
            tempfile.TemporaryFile()  # noqa: SIM115 (closed as each is looked at)
            for _ in range(PARTS)
        ]

    def add(self, line: Line) -> None:
        digest = sha256(line.event.encode()).digest()[:ID]
        part = self._parts[digest[0] % PARTS]
        part.write(digest + line.position.to_bytes(8, "big", signed=True))

    def repeated(self) -> Iterator[tuple[int, int]]:
        """The positions of both, for each id that comes again."""
        for part in self._parts:
            seen: dict[bytes, int] = {}
            with part:
                part.seek(0)
                while row := part.read(ROW):
                    position = int.from_bytes(row[ID:], "big", signed=True)
                    if row[:ID] in seen:
                        yield seen[row[:ID]], position
                    seen[row[:ID]] = position
