"""Answers that go on: server-sent events until one side leaves.

FastAPI's own give no limit to the time of a write or the number of streams, and do not
end when the server stops.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from fastapi.sse import format_sse_event
from prometheus_client import Counter, Gauge
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from contracts.saying import Said
from services.foundation.problems import Problem
from services.foundation.shared_reads import SharedReads

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": MEDIA_TYPE,
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    # So that the server closes it at the end, and a stop need not wait for the client.
    "Connection": "close",
}
RETRY_MILLISECONDS: Final = 1_000
ASK_AGAIN_SECONDS: Final = 0.2
LAST_SECONDS: Final = 1.0
"""How long a connection has to send what was written when its stream ends."""
OPEN: Final = Gauge("ledger_streams_open", "Streams of server-sent events")
ENDED: Final = Counter("ledger_streams_ended", "Streams that ended, and why", ["why"])
log = structlog.get_logger(__name__)


def message(position: int, text: str) -> bytes:
    """One event: a position as its id, and one line of data."""
    return format_sse_event(data_str=text, id=str(position))


def opening(position: int | None) -> bytes:
    """What a stream begins with: no event, but where to go on from if it breaks now."""
    return format_sse_event(id=_id(position), retry=RETRY_MILLISECONDS)


def heartbeat(position: int | None) -> bytes:
    """A sign of life, and where to go on from, which filters may leave untold."""
    return format_sse_event(comment="alive", id=_id(position))


def _id(position: int | None) -> str | None:
    return None if position is None else str(position)


@dataclass(frozen=True, slots=True)
class Pace:
    """The times, in seconds, and numbers that streams keep to."""

    heartbeat: float = 15.0
    patience: float = 20.0
    """How long a reader may take nothing before it is dropped."""
    recheck: float = 5.0
    """How long a stream goes on before its key is looked at again."""
    most: int = 1_000
    most_a_ledger: int = 200


class Streams:
    """The open streams of a process: how many there may be, and when all end."""

    def __init__(self, pace: Pace) -> None:
        self.pace, self.reads, self.ending = pace, SharedReads(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._open = Tally[str]()

    def end(self) -> None:
        """Have all streams end soon, from whatever thread."""
        with suppress(RuntimeError):  # the loop is closed: they have ended
            self._loop.call_soon_threadsafe(self.ending.set)

    @contextmanager
    def admitted(self, ledger: str) -> Iterator[None]:
        """Count a stream while it is open; a Problem when there are too many."""
        if self.ending.is_set() or self._open.total() >= self.pace.most:
            raise _refusal(
                "unavailable", Said("No further stream can be opened here now.")
            )
        if self._open[ledger] >= self.pace.most_a_ledger:
            raise _refusal("too-many", Said("The ledger has too many open streams."))
        self._open[ledger] += 1
        try:
            with OPEN.track_inprogress():
                yield
        finally:
            self._open[ledger] -= 1
            self._open += Tally()  # forgets the ledgers that have none


def _refusal(code: str, detail: Said) -> Problem:
    return Problem(code, detail, headers={"Retry-After": "5"})


class SlowReaderError(Exception):
    """The client has taken nothing for too long."""


class EventStream(StreamingResponse):
    """Sends what is told until the client leaves, is too slow, or the server stops."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        streams: Streams,
        ledger: str,
        told: AsyncGenerator[bytes, None],
        position: int | None = None,
    ) -> None:
        at = {} if position is None else {"Ledger-Position": str(position)}
        super().__init__(told, headers={**HEADERS, **at})
        self._streams, self._ledger, self._told = streams, ledger, told

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream; what refuses it is raised before anything is sent."""
        with self._streams.admitted(self._ledger):
            why = await self._serve(receive, send)
            ENDED.labels(why).inc()
            if why != "left":
                await _finish(receive, send, at_once=why in {"slow", "failed"})

    async def _serve(self, receive: Receive, send: Send) -> str:
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_left(receive))
        ending = asyncio.create_task(self._streams.ending.wait())
        tasks: list[asyncio.Task[Any]] = [sending, leaving, ending]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(tasks)
        if sending.cancelled():
            return "stopped" if self._streams.ending.is_set() else "left"
        return _why(sending.exception())

    async def _send_all(self, send: Send) -> None:
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with aclosing(self._told) as told:
            async for piece in told:
                await self._send(send, piece)

    async def _send(self, send: Send, piece: bytes) -> None:
        """Write a piece as soon as what was written before has almost gone."""
        try:
            async with asyncio.timeout(self._streams.pace.patience):
                await send(_body(piece, more=True))
        except TimeoutError:
            raise SlowReaderError from None


async def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """End tasks, asking again: what one awaits may swallow the first cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=ASK_AGAIN_SECONDS)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _why(error: BaseException | None) -> str:
    match error:
        case None:
            return "over"
        case SlowReaderError():
            return "slow"
        case Problem():
            return "refused"
        case _:
            log.error("stream_failed", exc_info=error)
            return "failed"


async def _finish(receive: Receive, send: Send, *, at_once: bool) -> None:
    """End the answer, and the connection even when the client reads no more.

    ASGI has no word for that, and closing waits for the client: reach for uvicorn's
    connection. A server without one closes in its own way.
    """
    connection = getattr(getattr(receive, "__self__", None), "transport", None)
    if connection is not None and at_once:
        connection.abort()
    elif connection is not None:
        asyncio.get_running_loop().call_later(LAST_SECONDS, connection.abort)
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_SECONDS + 1):
            await send(_body(b"", more=False))


def _body(piece: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": more}
