"""Waiting until something has reached a position, without holding a connection."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Any, Final

import psycopg
import structlog
from fastapi import Query
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from contracts.saying import Said
from services.foundation.problems import Problem

log = structlog.get_logger(__name__)
LOOK_AGAIN: Final = 0.25
"""Seconds between looks when no notification comes: polling is the truth."""
LISTEN_SECONDS: Final = 1.0
FOLLOWERS_LOOK_AGAIN: Final = 1.0
"""The same for those who follow a ledger for long; all of them look together."""
MOST: Final = 2**62

MinPosition = Annotated[int, Query(ge=0, le=MOST, description="Wait for this.")]
Wait = Annotated[float, Query(ge=0, le=30, description="Seconds to wait at most.")]

Read = Callable[[Connection[Any], str], int]
Waiter = tuple[int, asyncio.Event]
"""The position that somebody waits for, and how to wake them."""


@dataclass(slots=True)
class Positions:
    """The newest known positions of one kind of thing, by its name.

    A name is a ledger, or begins with one and a slash.
    """

    pool: ConnectionPool[Connection[Any]]
    read: Read
    known: dict[str, int] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    """When somebody last told of a name, or began to look for all who wait for it."""
    waiting: dict[str, set[Waiter]] = field(default_factory=dict)
    followers: dict[str, set[asyncio.Event]] = field(default_factory=dict)

    def tell(self, name: str, position: int) -> None:
        """Take in that something moved; wake whoever waits for that."""
        self.told_at[name] = time.monotonic()
        if position > self.known.get(name, -1):
            self.known[name] = position
            for wanted, reached in self.waiting.get(name, ()):
                if wanted <= position:
                    reached.set()
            for woken in self.followers.get(name.partition("/")[0], ()):
                woken.set()

    @contextmanager
    def following(self, ledger: str) -> Iterator[asyncio.Event]:
        """What is set when something of a ledger has moved, or may have."""
        woken = asyncio.Event()
        self.followers.setdefault(ledger, set()).add(woken)
        try:
            yield woken
        finally:
            self.followers[ledger].discard(woken)
            if not self.followers[ledger]:
                del self.followers[ledger]

    async def wake_followers(self) -> None:
        """Have the followers look now and then, for ever: a hint may be missed."""
        while True:
            await asyncio.sleep(FOLLOWERS_LOOK_AGAIN)
            for woken in chain.from_iterable(self.followers.values()):
                woken.set()

    async def reach(self, name: str, position: int, wait: float) -> None:
        """Return when the position is reached; 503 when it is not in time.

        While hints come, nobody looks: hundreds may wait for the next one.
        """
        deadline = time.monotonic() + wait
        while self.known.get(name, -1) < position:
            left = deadline - time.monotonic()
            if left <= 0 or self._is_silent(name):
                self.told_at[name] = time.monotonic()
                self.tell(name, await run_in_threadpool(self._look, name))
            if self.known.get(name, -1) >= position:
                return
            if left <= 0:
                raise not_yet(position)
            await self._told(name, position, min(LOOK_AGAIN, left))

    def _is_silent(self, name: str) -> bool:
        told = self.told_at.get(name)
        return told is None or time.monotonic() - told >= LOOK_AGAIN

    async def _told(self, name: str, position: int, most: float) -> None:
        """Wait to be told of a position, so many seconds at most."""
        waiter = (position, asyncio.Event())
        here = self.waiting.setdefault(name, set())
        here.add(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(most):
                    await waiter[1].wait()
        finally:
            here.discard(waiter)
            if not here and self.waiting.get(name) is here:
                del self.waiting[name]

    def _look(self, name: str) -> int:
        with self.pool.connection() as connection:
            return self.read(connection, name)


def not_yet(position: int) -> Problem:
    """The answer when freshness was not reached in time."""
    detail = Said(
        "Position {position} was not reached in time; ask again or wait longer.",
        position=position,
    )
    return Problem("not-yet", detail, headers={"Retry-After": "1"})


Heard = Callable[[str], None]


class Listener:
    """One LISTEN connection for a whole process, in its own thread.

    A notification is a hint and may be missed: a broken connection is opened again, and
    `look` is called when listening begins and every second from then on.
    """

    def __init__(
        self,
        dsn: str,
        channels: Mapping[str, Heard],
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._dsn, self._channels, self._look = dsn, channels, look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening")
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and wait until it has stopped."""
        self.ask_to_stop()
        self._thread.join()

    def ask_to_stop(self) -> None:
        """Stop listening soon."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.OperationalError as error:
                log.warning("listen_again", error=str(error))
                self._stop.wait(LISTEN_SECONDS)

    def _listen(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for channel in self._channels:
                listen = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
                connection.execute(listen)
            while not self._stop.is_set():
                self._look()  # something may have been missed meanwhile
                for notification in connection.notifies(timeout=LISTEN_SECONDS):
                    self._channels[notification.channel](notification.payload)
                    if self._stop.is_set():
                        return


def telling(positions: Positions) -> Heard:
    """Feed positions from notifications `<name> <position>`, on the running loop."""
    return on_this_loop(lambda payload: _tell(positions, payload))


def _tell(positions: Positions, payload: str) -> None:
    name, _, position = payload.rpartition(" ")
    positions.tell(name, int(position))


def on_this_loop(heard: Heard) -> Heard:
    """The same, for a listener's thread: it is called on the loop that runs now."""
    loop = asyncio.get_running_loop()

    def called(payload: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closing
            loop.call_soon_threadsafe(heard, payload)

    return called
