"""How long a client may take to say what it wants."""

import asyncio
from typing import Any, Final

from starlette.types import Message, Receive
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 15.0
HEAD_BYTES: Final = 128 * 1024
BYTES_A_SECOND: Final = 16 * 1024
"""Who sends faster than this may go on for as long as its body lasts."""
LEFT: Final[Message] = {"type": "http.disconnect"}


class Patient(HttpToolsProtocol):
    """Uvicorn's protocol, which closes a connection whose request never begins.

    A request line and headers must come within 15 seconds and 128 KiB: uvicorn itself
    would wait and collect for ever.
    """

    head_seconds = HEAD_SECONDS
    _closing: asyncio.TimerHandle | None = None
    _head_bytes = 0

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_bytes += len(data)
        if self._closing is not None and self._head_bytes > HEAD_BYTES:
            self.send_400_response("The request's head is too large.")

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    @override
    def on_headers_complete(self) -> None:
        self._head_is_there()
        super().on_headers_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._closing is None:
            self._head_bytes = 0
            close = self.transport.close
            self._closing = self.loop.call_later(self.head_seconds, close)

    def _head_is_there(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None


class InTime:
    """What a client sends; one whose body does not come in time has left.

    It has so many seconds, and more as long as it sends at a sensible rate. What comes
    after the body, which is only that the client leaves, may take any time.
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._is_whole = False

    @property
    def transport(self) -> Any:
        """The connection, as uvicorn's own has it; None for other servers."""
        return getattr(getattr(self._receive, "__self__", None), "transport", None)

    async def receive(self) -> Message:
        """The next piece."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            return LEFT
        self._is_whole = not message.get("more_body", False)
        self._deadline += len(message.get("body", b"")) / BYTES_A_SECOND
        return message
