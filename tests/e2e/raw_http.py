"""Bytes to a server and back, where an HTTP client would be too polite."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

PATIENCE: Final = 20.0
QUIET: Final = 0.3
"""An answer that has begun is over when nothing has come for so long."""
BLANK: Final = b"\r\n\r\n"
LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")
ENDLESS: Final = b"text/event-stream"
CONTINUE: Final = b"HTTP/1.1 100"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back until the server had answered or closed."""

    said: bytes

    @property
    def status(self) -> int | None:
        """The status of the first answer; None when nothing came back."""
        final = self.said
        while final.startswith(CONTINUE):
            final = final.partition(BLANK)[2]
        line = final.partition(b"\r\n")[0].split(b" ")
        return int(line[1]) if line[0].startswith(b"HTTP/") else None


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """A connection to where a URL leads."""
    address = urlsplit(url)
    place = (address.hostname or "", address.port or 80)
    with socket.create_connection(place, timeout=PATIENCE) as connection:
        yield connection


def ask_raw(url: str, content: bytes, *, patience: float = PATIENCE) -> Answered:
    """Send bytes and hear the server out; if it is silent, say that no more comes.

    A server may close while bytes still go out: what it said before is read all the
    same.
    """
    with connected(url) as connection:
        with suppress(ConnectionError):
            connection.sendall(content)
        said = heard(connection, patience)
        if not said:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            said = heard(connection, PATIENCE)
        return Answered(said)


def heard(connection: socket.socket, patience: float) -> bytes:
    """What comes until an answer is whole, the server closes, or nothing comes."""
    said = b""
    connection.settimeout(patience)
    with suppress(ConnectionError, TimeoutError):
        while not _is_whole(said) and (piece := connection.recv(65536)):
            said += piece
            connection.settimeout(QUIET)
    return said


def _is_whole(said: bytes) -> bool:
    head, blank, body = said.partition(BLANK)
    length = LENGTH.search(head + b"\r\n")
    if not blank or head.startswith(CONTINUE):
        return False
    return ENDLESS in head or (length is not None and len(body) >= int(length[1]))
