"""Starting the embedded server, sharing it, and stopping it with its last user."""

import atexit
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

from services.foundation.database import statement
from services.foundation.embedded_postgres.account import account_for
from services.foundation.embedded_postgres.binaries import find_binaries
from services.foundation.embedded_postgres.cluster import (
    OWNER,
    PORT,
    Cluster,
    make_cluster,
)
from services.foundation.embedded_postgres.failure import EmbeddedPostgresError
from services.foundation.embedded_postgres.postmaster import bring_up, stop

if sys.platform != "win32":
    import fcntl

DATABASE = "ledger"
SERVICE = "ledger_service"
RECOVERY_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass
class EmbeddedPostgres:
    """A use of the server of a data folder; closing the last use stops the server."""

    cluster: Cluster
    socket_folder: Path
    turn: int = field(repr=False)
    use: int = field(repr=False)
    is_closed: bool = False

    @property
    def dsn(self) -> str:
        """Connects as `ledger`, a superuser, who owns the database."""
        return _dsn(self.socket_folder, OWNER, DATABASE)

    @property
    def service_dsn(self) -> str:
        """Connects as `ledger_service`, who may only do what migrations grant."""
        return _dsn(self.socket_folder, SERVICE, DATABASE)

    def close(self) -> None:
        """Leave the server; the last one to leave stops it."""
        if self.is_closed:
            return
        self.is_closed = True
        atexit.unregister(self.close)
        try:
            with _taking(self.turn):
                self._leave()
        finally:
            os.close(self.turn)

    def _leave(self) -> None:
        try:
            if _is_last(self.use):
                stop(self.cluster)
        finally:
            # Within our turn: the next who leaves must not count us any more.
            os.close(self.use)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(
    data_dir: Path, *, durable: bool = True, pg_bin: Path | None = None
) -> EmbeddedPostgres:
    """Start the server of a data folder, or join the one that runs.

    The first start makes the folder and the cluster. `durable=False` is for tests: a
    crash of the machine may lose data. `pg_bin` rules out every other installation.
    Each process that uses the server starts it for itself and closes its use; a
    process that is killed counts as gone. Raises EmbeddedPostgresError.
    """
    if sys.platform == "win32":
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL does not run on Windows: set LEDGER_DSN to a"
            " server, or run this under WSL."
        )
    cluster = _open(data_dir.resolve())
    turn, use = _lock_file(cluster, "lock"), _lock_file(cluster, "users")
    try:
        with _taking(turn):
            fcntl.flock(use, fcntl.LOCK_SH)
            socket_folder = _run(cluster, pg_bin, durable=durable)
    except BaseException:
        os.close(use)
        os.close(turn)
        raise
    server = EmbeddedPostgres(cluster, socket_folder, turn, use)
    atexit.register(server.close)
    return server


def _open(data: Path) -> Cluster:
    cluster = Cluster(data, account_for(data / "pg"))
    # Whoever the server runs as must walk through; secrets in it have their own mode.
    mode = 0o711 if cluster.account.switches else 0o700
    try:
        data.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedPostgresError(f"{data} cannot be made: {error}.") from error
    return cluster


def _lock_file(cluster: Cluster, name: str) -> int:
    try:
        return cluster.account.open_own(cluster.data / name, os.O_RDWR)
    except OSError as error:
        sentence = f"{cluster.data} cannot be used by this user: {error}."
        raise EmbeddedPostgresError(sentence) from error


def _run(cluster: Cluster, pg_bin: Path | None, *, durable: bool) -> Path:
    made_by = cluster.made_by()
    binaries = find_binaries(cluster.account, pg_bin, made_by)
    if made_by is None:
        make_cluster(cluster, binaries, durable=durable)
    socket_folder = bring_up(cluster, binaries, durable=durable)
    _prepare(_dsn(socket_folder, OWNER, "postgres"))
    return socket_folder


def _prepare(dsn: str) -> None:
    """Make the database and the services' role, unless an earlier start did."""
    with _connected(dsn) as connection:
        connection.execute(_sql("create_service_login"))
        if connection.execute(_sql("find_database")).fetchone() is None:
            connection.execute(_sql("create_database"))


def _connected(dsn: str) -> psycopg.Connection[Any]:
    """A connection; a server that recovers after a crash is waited for."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            return psycopg.connect(dsn, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_AGAIN_SECONDS)


def _sql(name: str) -> str:
    return statement("services.foundation.embedded_postgres", name)


def _dsn(socket_folder: Path, user: str, database: str) -> str:
    host = quote(str(socket_folder), safe="")
    return f"postgresql://{user}@/{database}?host={host}&port={PORT}"


@contextmanager
def _taking(turn: int) -> Iterator[None]:
    """Start and stop one at a time, whatever the process."""
    fcntl.flock(turn, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(turn, fcntl.LOCK_UN)


def _is_last(use: int) -> bool:
    """Try to use the server alone; works when every other use has ended."""
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
