"""Following a ledger: tell what is new, wait until there may be more."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from psycopg import OperationalError

from services.foundation.freshness import FOLLOWERS_LOOK_AGAIN, Positions
from services.foundation.sse import Pace, heartbeat, opening

GATHERING: Final = 0.02
"""Seconds in which what is recorded meanwhile comes with one read."""


@dataclass(frozen=True, slots=True)
class News:
    """What a look brought, in pieces to send; whether the next one may bring more."""

    pieces: Sequence[bytes] = ()
    more: bool = False


class Source(Protocol):
    """Where a stream is, and what comes next."""

    @property
    def position(self) -> int | None:
        """The id to go on from, as far as there is one."""

    async def read(self) -> News:
        """What is new since the last read; moves the position."""

    def is_behind(self) -> bool:
        """Whether it is known by hearsay that there is more."""


class Following:
    """One follower of a ledger; it holds a connection only while it reads.

    `check` raises a Problem when the follower may no longer read.
    """

    def __init__(
        self,
        source: Source,
        positions: Positions,
        ledger: str,
        pace: Pace,
        check: Callable[[], Awaitable[object]],
    ) -> None:
        self._source, self._positions, self._ledger = source, positions, ledger
        self._pace, self._check = pace, check
        self._now = asyncio.get_running_loop().time
        self._sent = self._checked = self._now()

    async def told(self) -> AsyncGenerator[bytes, None]:
        """The opening, then all that is new, with signs of life in between."""
        with self._positions.following(self._ledger) as woken:
            yield opening(self._source.position)
            while True:
                woken.clear()
                news = await self._look()
                for piece in news.pieces:
                    yield piece
                if self._is_silent(news):
                    yield heartbeat(self._source.position)
                await self._check_now_and_then()
                if not news.more:
                    await self._wait(woken)

    async def _look(self) -> News:
        """A database that is away is waited for: clients would come back at once."""
        try:
            return await self._source.read()
        except OperationalError:
            await asyncio.sleep(FOLLOWERS_LOOK_AGAIN)
            return News()

    def _is_silent(self, news: News) -> bool:
        """Whether it is time for a sign of life."""
        silent = not news.pieces and self._now() - self._sent >= self._pace.heartbeat
        if silent or news.pieces:
            self._sent = self._now()
        return silent

    async def _check_now_and_then(self) -> None:
        if self._now() - self._checked < self._pace.recheck:
            return
        with suppress(OperationalError):  # nothing can be read meanwhile either
            await self._check()
        self._checked = self._now()

    async def _wait(self, woken: asyncio.Event) -> None:
        if not self._source.is_behind():
            with suppress(TimeoutError):
                # Not wait_for: before 3.12 it may swallow a cancellation.
                async with asyncio.timeout(self._pace.heartbeat):
                    await woken.wait()
        await asyncio.sleep(GATHERING)
