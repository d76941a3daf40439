"""The process that keeps the trees: `python -m services.ledger.integrity.worker`."""

import os
import random
import signal
import sys
import threading
import time
from types import FrameType
from typing import Final

import structlog
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from services.foundation import telemetry
from services.foundation.database import open_pool
from services.foundation.settings import Settings, load_settings
from services.ledger.integrity.growing import Grower
from services.ledger.integrity.heads import Signing
from services.ledger.integrity.notes import Signer

LOOK_AGAIN: Final = 0.5
CHECK_AGAIN: Final = 10.0
WITH_PARENT: Final = "--with-parent"
AWAY: Final = (OperationalError, InterfaceError, PoolTimeout)
log = structlog.get_logger(__name__)


class Worker:
    """Grows trees as events come, and signs them every few seconds."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        prepared = not settings.is_pooled
        self._pool = open_pool(
            dsn, min_size=1, max_size=2, name="tree", prepared=prepared
        )
        signer = Signer.of(settings.signing_key_path, settings.installation)
        self._grower = Grower(self._pool, Signing(signer, settings.data_dir))
        self._every = settings.head_seconds
        self._sign_at = self._check_at = 0.0
        self._stopped = threading.Event()

    def run(self) -> None:
        """Work until stopped; a database that is away is waited for."""
        while not self._stopped.is_set():
            try:
                self._step()
            except AWAY as error:
                log.warning("database_away", error=type(error).__name__)
            self._stopped.wait(LOOK_AGAIN)
        self._pool.close()

    def stop(self) -> None:
        """Finish the step at hand, then return from `run`."""
        self._stopped.set()

    def _step(self) -> None:
        behind = self._grower.find_behind()
        signs = time.monotonic() >= self._sign_at
        for ledger in behind:
            while self._grower.grow(ledger) and not self._stopped.is_set():
                pass
            if signs:
                self._grower.sign(ledger)
        if signs and behind:
            self._sign_at = time.monotonic() + self._every
        if time.monotonic() >= self._check_at:
            chance = random.Random()  # noqa: S311 (which to look at)
            pause = CHECK_AGAIN if self._grower.check_some(chance) else 0.0
            self._check_at = time.monotonic() + pause


def main() -> None:
    """Run a worker on the database of the settings."""
    telemetry.write_logs()
    settings = load_settings()
    if settings.dsn is None:
        sentence = "Set LEDGER_DSN, or run `alliance-ledger serve`."
        raise SystemExit(sentence)
    worker = Worker(settings, settings.dsn)
    if WITH_PARENT in sys.argv[1:]:
        threading.Thread(target=_until_alone, args=(worker,), daemon=True).start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    telemetry.settle_memory()
    worker.run()


def _until_alone(worker: Worker) -> None:
    """Stop when the parent's end of standard input closes, however it ended."""
    while os.read(sys.stdin.fileno(), 1):  # unbuffered: nothing to lock at the end
        pass
    worker.stop()


if __name__ == "__main__":
    main()
