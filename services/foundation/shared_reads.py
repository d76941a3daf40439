"""One read for all who ask the same at the same time."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

import structlog
from psycopg import OperationalError
from starlette.concurrency import run_in_threadpool

READS_AT_ONCE: Final = 4
"""However many follow, most connections stay free for those who ask and record."""
T = TypeVar("T")
log = structlog.get_logger(__name__)


class SharedReads:
    """Runs reads on threads, a few at a time; those of the same key share one.

    Whoever joins a read may get an answer that is older than the asking.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._turn = asyncio.Semaphore(READS_AT_ONCE)

    async def ask(self, key: Hashable, read: Callable[[], T]) -> T:
        """What the read of a key gives; it goes on when the one who asked leaves."""
        task: asyncio.Task[T] | None = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._run(read))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._is_over(key, done))
        return await asyncio.shield(task)

    async def _run(self, read: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await run_in_threadpool(read)
            except OperationalError as error:
                log.warning("database_away", error=type(error).__name__)
                raise

    def _is_over(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # seen, though everybody who asked may have left
