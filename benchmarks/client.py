"""A lean HTTP/1.1 client: one request at a time on each kept connection.

A general client costs more than the server that it would measure.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, cast

from typing_extensions import override

HEAD_END = b"\r\n\r\n"


class Answered(NamedTuple):
    """What the server said; header names in lower case."""

    status: int
    headers: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header that is there."""
        return self.headers.split(b"\r\n" + name + b": ", 1)[1].split(b"\r\n", 1)[0]


class Connection(asyncio.Protocol):
    """One kept connection."""

    def __init__(self) -> None:
        self._read = bytearray()
        self._transport: asyncio.WriteTransport | None = None
        self._waiting: asyncio.Future[Answered] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's own classes.
        self._transport = cast("asyncio.WriteTransport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._read += data
        answered = _whole(self._read)
        if answered is not None and self._waiting is not None:
            self._read.clear()
            self._waiting.set_result(answered)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server hung up"))

    async def ask(self, request: bytes) -> Answered:
        """Send a whole request, wait for the whole answer."""
        if self._transport is None:
            raise ConnectionError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _whole(read: bytearray) -> Answered | None:
    """The answer, once all of it has come; uvicorn always gives its length."""
    end = read.find(HEAD_END)
    if end < 0:
        return None
    head = bytes(read[:end]).lower()
    length = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
    start = end + len(HEAD_END)
    if len(read) < start + length:
        return None
    return Answered(int(head[9:12]), head, bytes(read[start : start + length]))


async def connect(port: int) -> Connection:
    """Open a connection to a server of this machine."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    return connection


def render(
    method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """A request as it goes out."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body
