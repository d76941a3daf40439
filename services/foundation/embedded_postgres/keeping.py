"""Keeping our server up while it is used: it is started anew when it was killed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import structlog

from services.foundation.embedded_postgres.failure import EmbeddedPostgresError
from services.foundation.embedded_postgres.postmaster import find_postmaster
from services.foundation.embedded_postgres.server import EmbeddedPostgres, start

LOOK_AGAIN = 0.5
log = structlog.get_logger(__name__)


@contextmanager
def kept_up(server: EmbeddedPostgres, pg_bin: Path | None) -> Iterator[None]:
    """Look after a server for as long as the block runs."""
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=(server, pg_bin, stopping))
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep(
    server: EmbeddedPostgres, pg_bin: Path | None, stopping: threading.Event
) -> None:
    while not stopping.wait(LOOK_AGAIN):
        if find_postmaster(server.cluster) is not None:
            continue
        log.warning("postgresql_died")
        try:
            start(server.cluster.data, pg_bin=pg_bin).close()
        # It may be killed again while it starts, or find its disk full: keep trying.
        except (EmbeddedPostgresError, psycopg.Error, OSError) as error:
            log.warning("postgresql_not_started", error=str(error))
