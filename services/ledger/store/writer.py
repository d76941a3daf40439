"""Group commit: what queues for a ledger while it is busy becomes one transaction."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from services.foundation.telemetry import APPEND_SECONDS, BATCH
from services.ledger.privacy.erasures import Privacy
from services.ledger.store import recordings as r
from services.ledger.store.append import (
    UnknownLedgerError,
    begin_batch,
    decide_all,
    find_zone,
    write,
)
from services.ledger.store.attempt import Attempt, is_lost, took_effect
from services.ledger.store.batch import Batch
from services.ledger.store.states import LedgerStates

QUEUED_AT_MOST: Final = 2_000
ITEMS_A_TRANSACTION: Final = 500
CROWD: Final = 8
GATHERING: Final = 0.002
"""Seconds in which a crowd of clients asks again, to share the next commit."""
PATIENCE: Final = 10.0
"""Seconds that a writer looks for a connection that works before it gives up."""

Answer = r.Outcomes | BaseException
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Waiting:
    """A submission in the queue, and whom to tell."""

    submission: r.Submission
    future: "asyncio.Future[r.Outcomes] | Future[r.Outcomes]"


@dataclass(slots=True)
class LedgerQueue:
    """What waits for one ledger; at most one job works on it."""

    waiting: deque[Waiting] = field(default_factory=deque)
    busy: bool = False
    states: LedgerStates | None = None


class Writer:
    """The one way into the log.

    `record` is awaited by endpoints, `append` waited for by threads. Each ledger has
    its own queue, so that a slow one does not stall another.
    """

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        means: Privacy,
        threads: int = 4,
    ) -> None:
        self._pool, self._privacy = pool, means
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="writer")
        self._lock = Lock()
        self._queues: dict[str, LedgerQueue] = {}
        self._without_thread = 0
        self._closing = False

    async def record(self, submission: r.Submission) -> r.Outcomes:
        """Record a submission; raises WriterError when its fate is not an outcome."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[r.Outcomes] = loop.create_future()
        self._enqueue(Waiting(submission, future))
        return await future

    def append(self, submission: r.Submission) -> r.Outcomes:
        """The same, for a thread that waits."""
        future: Future[r.Outcomes] = Future()
        self._enqueue(Waiting(submission, future))
        return future.result()

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._lock:
            self._closing = True
        self._threads.shutdown(wait=True)

    def _enqueue(self, waiting: Waiting) -> None:
        ledger = waiting.submission.ledger
        with self._lock:
            queue = self._queues.setdefault(ledger, LedgerQueue())
            if len(queue.waiting) >= QUEUED_AT_MOST:
                raise r.QueueFull
            queue.waiting.append(waiting)
            if not queue.busy:
                queue.busy = True
                self._start(ledger, queue)

    def _start(self, ledger: str, queue: LedgerQueue) -> None:
        self._without_thread += 1
        self._threads.submit(self._drain, ledger, queue)

    def _drain(self, ledger: str, queue: LedgerQueue) -> None:
        """Work until the ledger's queue is empty, or another has waited its turn."""
        with self._lock:
            self._without_thread -= 1
        while taken := self._take(queue):
            submissions = [w.submission for w in taken]
            answers = self._answers(ledger, queue, submissions)
            _tell(taken, answers)
            if len(taken) >= CROWD:
                time.sleep(GATHERING)
            if self._gives_way(ledger, queue):
                return

    def _gives_way(self, ledger: str, queue: LedgerQueue) -> bool:
        """Line up again when another ledger has no thread to work on it."""
        with self._lock:
            if self._closing or not self._without_thread:
                return False
            self._start(ledger, queue)
            return True

    def _take(self, queue: LedgerQueue) -> list[Waiting]:
        taken: list[Waiting] = []
        size = 0
        with self._lock:
            while queue.waiting and size < ITEMS_A_TRANSACTION:
                taken.append(queue.waiting.popleft())
                size += sum(len(x.items) for x in taken[-1].submission.recordings)
            queue.busy = bool(taken)
        return taken

    def _answers(
        self, ledger: str, queue: LedgerQueue, submissions: Sequence[r.Submission]
    ) -> list[Answer]:
        try:
            return list(self._commit(ledger, queue, submissions))
        except (r.WriterError, UnknownLedgerError) as error:
            return [error] * len(submissions)
        except Exception as error:
            queue.states = None
            if len(submissions) == 1:
                log.exception("recording_failed", ledger=ledger)
                return [error]
        # One of them is at fault: alone, it cannot fail the others.
        return [self._answers(ledger, queue, [s])[0] for s in submissions]

    def _commit(
        self, ledger: str, queue: LedgerQueue, submissions: Sequence[r.Submission]
    ) -> list[r.Outcomes]:
        """Decide and append in one transaction.

        When the connection breaks, learn first what became of it: what was recorded is
        answered so, and what was not is tried anew.
        """
        attempt, give_up_at = Attempt(submissions), time.monotonic() + PATIENCE
        while True:
            try:
                with self._pool.connection(PATIENCE) as connection:
                    if took_effect(connection, ledger, attempt):
                        return attempt.outcomes()
                    attempt = Attempt(submissions)
                    return self._attempt(connection, ledger, queue, attempt)
            except OperationalError as error:
                queue.states = None
                log.warning("connection_lost", ledger=ledger, sent=len(attempt.ids))
                if time.monotonic() > give_up_at or not is_lost(error):
                    raise attempt.fate() from error

    def _attempt(
        self,
        connection: Connection[Any],
        ledger: str,
        queue: LedgerQueue,
        attempt: "Attempt",
    ) -> list[r.Outcomes]:
        with APPEND_SECONDS.time(), connection.transaction():
            states = self._states(connection, ledger, queue)
            batch = begin_batch(
                connection, states, attempt.submissions, self._privacy.keyring
            )
            attempt.decided = decide_all(batch, attempt.submissions)
            attempt.position = batch.position
            if batch.rows:
                attempt.ids = [row.id for row in batch.rows]
                write(connection, ledger, batch.rows)
            batch.claims.write()
            batch.vault.write()
        self._privacy.note(ledger, batch.vault.erasures)
        BATCH.observe(len(batch.rows))
        _remember(states, batch)
        return attempt.outcomes()

    def _states(
        self, connection: Connection[Any], ledger: str, queue: LedgerQueue
    ) -> LedgerStates:
        if queue.states is None:
            queue.states = LedgerStates(ledger, find_zone(connection, ledger))
        return queue.states


def _remember(states: LedgerStates, batch: Batch) -> None:
    states.keep(batch.changed, batch.events)
    for partner in batch.raw:
        states.known.pop(partner, None)
    states.position = batch.position


def _tell(taken: Sequence[Waiting], answers: Sequence[Answer]) -> None:
    """Resolve the futures; those of one event loop in one call."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Any, Answer]]] = {}
    for waiting, answer in zip(taken, answers, strict=True):
        if isinstance(waiting.future, Future):
            _resolve([(waiting.future, answer)])
        else:
            loop = waiting.future.get_loop()
            loops.setdefault(loop, []).append((waiting.future, answer))
    for loop, resolved in loops.items():
        loop.call_soon_threadsafe(_resolve, resolved)


def _resolve(resolved: Sequence[tuple[Any, Answer]]) -> None:
    for future, answer in resolved:
        if future.done():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
