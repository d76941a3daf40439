"""Audits in the background: those asked for, and every ledger now and then."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import structlog

from services.foundation.database import open_pool
from services.projections.audit import results
from services.projections.audit.audit import AWAY, Audit, Auditing, Interrupted
from services.projections.audit.findings import Bounds
from services.projections.audit.reading import Pool

LOOK_AGAIN: Final = 1.0
"""Seconds between looks for audits that somebody asks for."""
LOOK_FOR_DUE: Final = 30.0
AFTER_FAILURE: Final = 60.0
STOPS_WITHIN: Final = 15.0
log = structlog.get_logger(__name__)


class Auditor:
    """Makes one audit at a time; any number of them share the work."""

    def __init__(self, pool: Pool, every: timedelta, bounds: Bounds) -> None:
        self._pool = pool
        self._every = every
        self._bounds = bounds
        self._due_from = 0.0
        self._stopped = threading.Event()

    def run(self) -> None:
        """Audit until stopped; a database that is away is waited for."""
        while not self._stopped.wait(LOOK_AGAIN):
            try:
                self.look()
            except Interrupted:
                return
            except AWAY as error:
                log.warning("audit_waits", error=type(error).__name__)
            except Exception:
                log.exception("audit_failed")
                self._stopped.wait(AFTER_FAILURE)

    def stop(self) -> None:
        """End soon; what is under way is given back."""
        self._stopped.set()

    def look(self) -> None:
        """Make the audits that are due or asked for."""
        with self._pool.connection() as connection:
            if self._every and monotonic() >= self._due_from:
                for ledger in results.find_due(connection, self._every):
                    results.request(connection, ledger)
                self._due_from = monotonic() + LOOK_FOR_DUE
            waiting = results.find_unfinished(connection)
        for ledger in waiting:
            self._audit(ledger)

    def _audit(self, ledger: str) -> None:
        """The claim is a row lock: it ends with the transaction, or with the worker."""
        with self._pool.connection() as connection, connection.transaction():
            asked = results.claim(connection, ledger)
            if asked is None:
                return
            rest = self._stopped.wait
            made = Auditing(self._pool, ledger, asked.seed, rest, self._bounds).run()
            results.finish(connection, ledger, asked, made)
        _tell(ledger, made)


def _tell(ledger: str, made: Audit) -> None:
    told: dict[str, Any] = {"ledger": ledger, "position": made.position}
    told |= {"seed": made.seed, **made.found.checked}
    if made.ok:
        log.info("audit_found_nothing", **told)
        return
    kinds = sorted({finding.kind for finding in made.found.findings})
    log.error("audit_found_problems", **told, found=made.found.count, kinds=kinds)


@contextmanager
def auditing(dsn: str, every: timedelta, *, prepared: bool = True) -> Iterator[None]:
    """Audit in a thread of its own, on connections that it closes when idle."""
    pool: Pool = open_pool(
        dsn, min_size=1, max_size=2, name="auditor", prepared=prepared
    )
    auditor = Auditor(pool, every, Bounds())
    thread = threading.Thread(target=auditor.run, name="auditor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        auditor.stop()
        thread.join(STOPS_WITHIN)
        pool.close()
