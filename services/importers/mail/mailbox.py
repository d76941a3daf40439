"""The headers of each message of an mbox file; bodies pass by unread.

Python's own `mailbox` takes every line that begins with "From " for a new message and
reads lines and messages whole, whatever their size.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

LONGEST: Final = 64 * 1024
MOST_BYTES: Final = 512 * 1024
_SEPARATOR: Final = re.compile(rb"From .*\d\d:\d\d.* \d{4}\b.*")


@dataclass(slots=True)
class Headers:
    """The header lines of a message as they are, and where the message begins."""

    number: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    fault: str = ""

    @property
    def content(self) -> bytes:
        """The header lines as one piece."""
        return b"".join(self.lines)


def messages(file: BinaryIO) -> Iterator[Headers]:
    """Every message, in order; nothing when the file is no mbox."""
    message: Headers | None = None
    in_headers, after_blank = False, True
    for number, line in _lines(file):
        blank = not line.strip(b"\r\n")
        if after_blank and _SEPARATOR.match(line):
            if message is not None:
                yield message
            message, in_headers = Headers(number), True
        elif message is None:
            if not blank:
                return
        elif in_headers and not blank:
            _keep(message, number, line)
        else:
            in_headers = False
        after_blank = blank
    if message is not None:
        yield message


def _keep(message: Headers, number: int, line: bytes) -> None:
    message.size += len(line)
    if len(line) > LONGEST:
        message.fault = f"line {number} is longer than {LONGEST} bytes"
    elif message.size > MOST_BYTES:
        message.fault = f"its headers are longer than {MOST_BYTES} bytes"
    else:
        message.lines.append(line)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; of one that is too long, a beginning too long."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        rest = line
        while len(rest) > LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST + 1)
        yield number, line if line.endswith(b"\n") else line + b"\n"
