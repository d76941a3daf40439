"""A whole ledger on this machine: database, both services on one port, the worker."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx2
import psycopg
import structlog
import uvicorn
from fastapi import FastAPI

from services.cli.failing import CommandError
from services.foundation.access.sessions import link_for
from services.foundation.database import normalise_dsn
from services.foundation.embedded_postgres import kept_up, start
from services.foundation.ledgers import DEFAULT, ensure_default_ledger
from services.foundation.migrations.runner import migrate
from services.foundation.patience import Patient
from services.foundation.serving import (
    SWITCH_SECONDS,
    Dsns,
    Means,
    dsns_of,
    means_of,
    new_app,
)
from services.foundation.settings import Settings, SettingsError
from services.ledger import app as ledger
from services.ledger.privacy.erasures import Privacy, erase_again
from services.projections import app as projections

if TYPE_CHECKING:
    from services.foundation.sse import Streams

TITLE: Final = "Alliance Ledger"
ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 (read)
STOP_SECONDS: Final = 20
WORKERS: Final = ("services.projections.worker", "services.ledger.integrity.worker")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Database:
    """Where the database is, for its owner and for the services."""

    owner: str
    services: Dsns


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database of the settings, or our own server while the command runs."""
    if settings.dsn is not None:
        dsns = dsns_of(settings)
        yield Database(dsns.direct, dsns)
        return
    pg_bin = settings.pg_bin
    with start(settings.data_dir, pg_bin=pg_bin) as server, kept_up(server, pg_bin):
        service = server.service_dsn
        yield Database(server.dsn, Dsns(service, service))


def one_port(means: Means | None = None) -> FastAPI:
    """Both services as one application."""
    routers = (*ledger.ROUTERS, *projections.ROUTERS)
    return new_app(TITLE, means, routers, ledger.recording_facts, projections.answering)


@dataclass(frozen=True, slots=True)
class Service:
    """A ledger that serves: where, and the key that it is asked with."""

    url: str
    key: str


class Running:
    """The whole ledger, ready to serve in this thread or in another."""

    def __init__(self, settings: Settings, database: Database, port: int) -> None:
        migrate(database.owner)
        means = means_of(settings, database.services)
        key = ensure_default_ledger(
            database.owner, settings.time_zone, settings.data_dir, means.pepper
        )
        erase_again(database.owner, Privacy.of(settings))
        self._socket = _listen(settings.host, port)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.service = Service(f"http://{host}:{self._socket.getsockname()[1]}", key)
        self._dsns, self._owner, self._pepper = (
            database.services,
            database.owner,
            means.pepper,
        )
        self._app = one_port(means)
        config = uvicorn.Config(
            self._app,
            loop="uvloop",
            http=Patient,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        self._server = uvicorn.Server(config)

    def link(self) -> str | None:
        """An address with which one browser comes in as the owner, once.

        None when the owner's key is revoked.
        """
        with psycopg.connect(normalise_dsn(self._owner)) as connection:
            token = link_for(connection, self._pepper, DEFAULT, self.service.key)
        return None if token is None else f"{self.service.url}/login?token={token}"

    def serve(self) -> None:
        """Serve until stopped; the worker lives as long."""
        sys.setswitchinterval(SWITCH_SECONDS)
        _unwind_on_signals()
        with self._socket, ExitStack() as workers:  # uvicorn may end before it begins
            for module in WORKERS:
                workers.enter_context(_worker(module, self._dsns))
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Make `serve` return, which runs in another thread."""
        streams: Streams | None = getattr(self._app.state, "streams", None)
        if streams is not None:  # it has begun to serve
            streams.end()
        self._server.should_exit = True


def _unwind_on_signals() -> None:
    """Uvicorn raises a signal again when it has stopped: let the rest stop in order."""
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda _number, _frame: None)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        sentence = (
            f"Cannot listen on {host}:{port} ({error.strerror}); "
            "stop what runs there or set LEDGER_PORT."
        )
        raise CommandError(sentence) from None
    return listener


@contextmanager
def _worker(module: str, dsns: Dsns) -> Iterator[None]:
    """A worker in its own process, started anew should it die."""
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(module, dsns, stopping))
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep_worker(module: str, dsns: Dsns, stopping: threading.Event) -> None:
    while not stopping.is_set():
        worker = _start_worker(module, dsns)
        while worker.poll() is None and not stopping.wait(0.1):
            pass
        if worker.poll() is not None and not stopping.is_set():
            log.warning("worker_died", worker=module, code=worker.returncode)
            stopping.wait(0.5)
        worker.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(STOP_SECONDS)
        if worker.poll() is None:
            worker.kill()
        if worker.stdin is not None:
            worker.stdin.close()


def _start_worker(module: str, dsns: Dsns) -> subprocess.Popen[bytes]:
    """The worker ends when this end of the pipe closes, however this process ends."""
    environment = dict(os.environ)
    environment["LEDGER_DSN"] = dsns.service
    if dsns.prepared:
        environment.pop("LEDGER_DIRECT_DSN", None)
    else:
        environment["LEDGER_DIRECT_DSN"] = dsns.direct
    command = [sys.executable, "-m", module, "--with-parent"]
    return subprocess.Popen(  # noqa: S603 (our own module)
        command, stdin=subprocess.PIPE, env=environment, start_new_session=True
    )


def local_url(settings: Settings) -> str:
    """Where a service with these settings is reached from this machine."""
    return f"http://{ANYWHERE.get(settings.host, settings.host)}:{settings.port}"


@contextmanager
def some_service(
    settings: Settings, url: str | None, key: str | None
) -> Iterator[Service]:
    """The service that runs at the settings' address, or one of our own meanwhile.

    It is asked with the key given, or else the owner's.
    """
    address = url or local_url(settings)
    if url is not None or _answers(address):
        yield Service(address, key or _owner_key(settings))
        return
    with database(settings) as found:
        running = Running(settings, found, 0)
        thread = threading.Thread(target=running.serve)
        thread.start()
        try:
            wait_until_ready(running.service.url)
            yield Service(running.service.url, key or running.service.key)
        finally:
            running.stop()
            thread.join()


def wait_until_ready(url: str, seconds: float = 30.0) -> None:
    """Return when a service answers that it is ready."""
    deadline = time.monotonic() + seconds
    while not _answers(url):
        if time.monotonic() > deadline:
            sentence = f"The service at {url} did not become ready in time."
            raise CommandError(sentence)
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def _owner_key(settings: Settings) -> str:
    path = settings.data_dir / "owner.key"
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        sentence = f"There is no {path}: give a key with --key or LEDGER_KEY."
        raise SettingsError(sentence) from None
