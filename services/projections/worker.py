"""The projection worker: keeps every read model of every ledger up to the log.

Run any number of them: `python -m services.projections.worker`.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import FrameType
from typing import Final

import structlog

from services.foundation import telemetry
from services.foundation.database import open_pool
from services.foundation.freshness import Listener
from services.foundation.settings import load_settings
from services.projections.acts.view import ActsProjection
from services.projections.audit.auditor import auditing
from services.projections.engine.advance import EVENTS_A_STEP, Engine
from services.projections.engine.builders import Builders, give_way
from services.projections.engine.culprits import AWAY
from services.projections.engine.projection import Projection
from services.projections.postings.view import PostingsProjection
from services.projections.relationship.view import RelationshipProjection

PROJECTIONS: Final[Sequence[Projection]] = (
    PostingsProjection(),
    RelationshipProjection(),
    ActsProjection(),
)
LOOK_AGAIN: Final = 0.5
"""Seconds between looks when nobody notifies."""
GATHERING: Final = 0.008
"""Seconds between steps, well below the lag that readers notice."""
SWEEP_AGAIN: Final = 10.0
"""Seconds between looks for rows that nobody needs any more."""
BESIDE_READERS: Final = 1_000
"""Events in a step of a build while what readers use moves too: that must not wait."""
WITH_PARENT: Final = "--with-parent"
BUILDING: Final = "--building"
"""Build ranges until none is open, as long as standard input stays open."""
log = structlog.get_logger(__name__)


class Worker:
    """Advances whatever is behind until it is told to stop."""

    def __init__(self, dsn: str, direct_dsn: str, *, prepared: bool = True) -> None:
        self._pool = open_pool(
            dsn, min_size=1, max_size=2, name="worker", prepared=prepared
        )
        self._engine = Engine(self._pool)
        self._projections = {p.name: p for p in PROJECTIONS}
        self._prepared_until = self._swept_until = 0.0
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._listener = Listener(direct_dsn, {"ledger_events": self._wake})
        command = ("-m", __spec__.name, BUILDING)
        self._builders = Builders(command, {"LEDGER_DSN": dsn}, self._woken.set)

    def run(self) -> None:
        """Work until stopped; a database that is away is waited for."""
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                while self._advance_all() and not self._stopped.is_set():
                    self._gather()
            except AWAY as error:
                log.warning("database_away", error=type(error).__name__)
            self._woken.wait(LOOK_AGAIN)
            self._gather()
        self._builders.stop()
        self._listener.close()
        self._pool.close()

    def stop(self) -> None:
        """Finish the step at hand, then return from `run`."""
        self._stopped.set()
        self._woken.set()

    def _gather(self) -> None:
        """Let a moment's recordings make one batch: steps cost more than events."""
        self._stopped.wait(GATHERING)

    def _wake(self, _payload: str) -> None:
        self._woken.set()

    def _prepare(self) -> None:
        """Now and then, meet ledgers that are new, and clear away what was left."""
        now = time.monotonic()
        if now < self._prepared_until:
            return
        for projection in PROJECTIONS:
            self._engine.prepare(projection)
            if now >= self._swept_until:
                self._engine.sweep(projection)
        if now >= self._swept_until:
            self._swept_until = now + SWEEP_AGAIN
        self._prepared_until = time.monotonic() + LOOK_AGAIN

    def _advance_all(self) -> bool:
        """One step for each ledger that is behind; whether any may have more.

        Readers come first: between two such rounds one generation is built on.
        """
        self._prepare()
        more = False
        for behind in self._engine.find_behind(PROJECTIONS):
            projection = self._projections[behind.projection]
            more |= self._engine.advance(projection, behind.ledger)
            if self._stopped.is_set():
                return False
        return self._build_one(BESIDE_READERS if more else EVENTS_A_STEP) or more

    def _build_one(self, most: int) -> bool:
        """A step of the first generation that no other worker is building.

        Ranges of partners are for processes of their own: readers need this one.
        """
        for behind in self._engine.find_building(PROJECTIONS):
            projection = self._projections[behind.projection]
            if ranges := self._engine.ranges_left(projection, behind.ledger):
                self._builders.start(ranges)
            elif self._engine.build(projection, behind.ledger, most):
                return True
        return False


def build(dsn: str, stopped: threading.Event, *, prepared: bool = True) -> None:
    """Build ranges until none is open to us, or until told to stop."""
    size = {"min_size": 1, "max_size": 1}
    with open_pool(dsn, **size, name="builder", prepared=prepared) as pool:
        engine = Engine(pool)
        while not stopped.is_set() and any(
            engine.build_range(PROJECTIONS, behind.ledger)
            for behind in engine.find_building(PROJECTIONS)
        ):
            continue


def main() -> None:
    """Run a worker on the database of the settings."""
    telemetry.write_logs()
    settings = load_settings()
    if settings.dsn is None:
        sentence = "Set LEDGER_DSN, or run `alliance-ledger serve`."
        raise SystemExit(sentence)
    if BUILDING in sys.argv[1:]:
        _build(settings.dsn, prepared=not settings.is_pooled)
        return
    direct = settings.direct_dsn or settings.dsn
    worker = Worker(settings.dsn, direct, prepared=not settings.is_pooled)
    if WITH_PARENT in sys.argv[1:]:
        threading.Thread(target=_until_alone, args=(worker.stop,), daemon=True).start()
    every = timedelta(minutes=settings.audit_minutes)
    with auditing(settings.dsn, every, prepared=not settings.is_pooled):
        work(worker)


def _build(dsn: str, *, prepared: bool) -> None:
    """Build as long as the worker lives that started this process, and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_way()
    telemetry.settle_memory()
    gc.disable()  # up to a tenth of the time, and it finds nothing
    stopped = threading.Event()
    threading.Thread(target=_until_alone, args=(stopped.set,), daemon=True).start()
    try:
        build(dsn, stopped, prepared=prepared)
    except AWAY as error:
        log.warning("database_away", error=type(error).__name__)


def _until_alone(stop: Callable[[], None]) -> None:
    """Stop when the parent's end of standard input closes, however it ended."""
    while os.read(sys.stdin.fileno(), 1):  # unbuffered: nothing to lock at the end
        pass
    stop()


def work(worker: Worker) -> None:
    """Run a worker until SIGTERM or SIGINT."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    telemetry.settle_memory()
    worker.run()


if __name__ == "__main__":
    main()
