"""The faults of a campaign, each done to a ledger that is at work."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
from psycopg import Connection

from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.embedded_postgres.cluster import SOCKET_FILE
from tests.e2e.listening import EVENTS, stalled
from tests.faults.campaign.recorders import Scene
from tests.faults.campaign.small_disk import fill
from tests.faults.processes import Kind, Ledger, children, wait_until_dead
from tests.faults.proxy import Cut, in_place_of

WITHIN: Final = 120.0
LOOK_AGAIN: Final = 0.02
LONGEST_STALL: Final = 1.0
HELPERS: Final = ("walwriter", "checkpointer", "background writer", "ledger_service")
MEANWHILE: Final = 8.0
"""Seconds after which a fault ends that no client was troubled by."""


class Fault(Enum):
    """What can happen to a ledger."""

    KILL_SERVE = "kill -9 of a server"
    KILL_WORKER = "kill -9 of a projection worker"
    KILL_TREE = "kill -9 of a worker of the trees"
    KILL_BACKEND = "kill -9 of a backend of PostgreSQL"
    KILL_POSTMASTER = "kill -9 of PostgreSQL's first process"
    RESTART = "PostgreSQL is told to stop, and comes back"
    CUT_BEFORE = "a connection breaks, and the server never sees COMMIT"
    CUT_AFTER = "a connection breaks after a commit, before its answer"
    CUT_DURING = "a connection breaks while the server commits"
    FULL_DISK = "no byte is left on the disk"
    CLOCK_BACK = "the database's clock jumps back by four minutes"
    CLOCK_FAR_BACK = "the database's clock jumps back by an hour, then is mended"
    SLOW_DISK = "processes of PostgreSQL stand still"
    STALLED = "clients ask for streams and take nothing"


KILLS: Final = {
    Fault.KILL_SERVE: Kind.SERVE,
    Fault.KILL_WORKER: Kind.WORKER,
    Fault.KILL_TREE: Kind.TREE,
    Fault.KILL_BACKEND: Kind.BACKEND,
    Fault.KILL_POSTMASTER: Kind.POSTMASTER,
}
CUTS: Final = {
    Fault.CUT_BEFORE: Cut.BEFORE_COMMIT,
    Fault.CUT_AFTER: Cut.AFTER_COMMIT,
    Fault.CUT_DURING: Cut.DURING_COMMIT,
}
HELD: Final = "UPDATE ledger_heads SET recorded_at = greatest(recorded_at, {})"
FOUR_MINUTES: Final = HELD.format("clock_timestamp() + '4 minutes'").encode()
AN_HOUR: Final = HELD.format("clock_timestamp() + '1 hour'").encode()
CUT_OFF: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'ledger_service'"
)


@dataclass
class Harm:
    """Does faults to the servers of a ledger."""

    servers: list[Ledger]
    database: EmbeddedPostgres
    scene: Scene
    rng: Random
    stalled: list[socket.socket] = field(default_factory=list)

    def do(self, fault: Fault) -> None:
        """Let a fault happen; it is over on return, its consequences are not."""
        if fault in KILLS:
            self.rng.choice(self.servers).kill(KILLS[fault], rng=self.rng)
        elif fault in CUTS:
            self._cut(CUTS[fault])
        else:
            self._others[fault]()

    @property
    def _others(self) -> Mapping[Fault, Callable[[], None]]:
        return {
            Fault.RESTART: self._restart,
            Fault.FULL_DISK: self._fill_disk,
            Fault.CLOCK_BACK: self._jump,
            Fault.CLOCK_FAR_BACK: self._jump_far,
            Fault.SLOW_DISK: self._stall_postgresql,
            Fault.STALLED: self._stall_streams,
        }

    def end(self) -> None:
        """The clients that took nothing leave."""
        for each in self.stalled:
            each.close()

    def _connect(self) -> Connection[Any]:
        """A connection of the owner, once the server takes one."""
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                return psycopg.connect(self.database.dsn, autocommit=True)
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self._said()
                time.sleep(LOOK_AGAIN)

    def _said(self) -> str:
        logs = [server.said()[-3000:] for server in self.servers]
        server_log = self.database.cluster.log.read_text("utf-8", errors="replace")
        return "\n".join([*logs, server_log[-3000:]])

    def _cut(self, how: Cut) -> None:
        """All connections come anew, through a proxy that breaks the next commit."""
        self._connect().close()  # so that the socket is there
        with in_place_of(self.database.socket_folder / SOCKET_FILE) as proxy:
            with self._connect() as connection:
                connection.execute(CUT_OFF)
            proxy.cut_next_commit(how, others_too=self.rng.random() < 0.5)
            self._wait_until(lambda: bool(proxy.cuts))

    def _restart(self) -> None:
        (postmaster,) = self.servers[0].wait_for(Kind.POSTMASTER)
        os.kill(postmaster, self.rng.choice([signal.SIGINT, signal.SIGQUIT]))
        wait_until_dead(postmaster)

    def _fill_disk(self) -> None:
        """Until clients are told of it; then there is room again.

        Every other time the log of PostgreSQL needs room too, and it goes down.
        """
        ballast = self.database.cluster.data / "ballast"
        needs_room = self.rng.random() < 0.5
        with ballast.open("wb", buffering=0) as file, self._trouble() as is_trouble:
            deadline = time.monotonic() + MEANWHILE
            while not is_trouble() and time.monotonic() < deadline:
                fill(file.fileno())
                if needs_room:
                    self._end_wal_segment()
                time.sleep(LOOK_AGAIN)
        ballast.unlink()

    def _end_wal_segment(self) -> None:
        with (
            suppress(psycopg.Error),  # it is down already
            psycopg.connect(self.database.dsn, autocommit=True) as connection,
        ):
            connection.execute("SELECT pg_switch_wal()")

    def _jump(self) -> None:
        """Times are held until the clock has caught up: recording goes on."""
        with self._connect() as connection:
            connection.execute(FOUR_MINUTES)

    def _jump_far(self) -> None:
        """Nothing is recorded until the clock is mended."""
        with self._connect() as connection, self._trouble() as is_trouble:
            with connection.transaction():
                query = "SELECT ledger_id, recorded_at FROM ledger_heads FOR UPDATE"
                before = connection.execute(query).fetchall()
                connection.execute(AN_HOUR)
            self._wait_until(is_trouble)
            mend = "UPDATE ledger_heads SET recorded_at = %s WHERE ledger_id = %s"
            for ledger, recorded_at in before:
                connection.execute(mend, (recorded_at, ledger))

    def _stall_postgresql(self) -> None:
        """Stop and continue processes, as when the disk does not answer."""
        (postmaster,) = self.servers[0].wait_for(Kind.POSTMASTER)
        found = [pid for word in HELPERS for pid in children(postmaster, word)]
        some = self.rng.sample(found, self.rng.randint(1, max(1, len(found))))
        for pid in some:
            _send(pid, signal.SIGSTOP)
        try:
            self.scene.stopping.wait(self.rng.random() * LONGEST_STALL)
        finally:
            for pid in some:
                _send(pid, signal.SIGCONT)

    def _stall_streams(self) -> None:
        for server in self.servers:
            with suppress(ConnectionError):  # it was killed a moment ago
                self.stalled.append(stalled(server.url, server.key, EVENTS))

    @contextmanager
    def _trouble(self) -> Iterator[Callable[[], bool]]:
        """Tells whether a client was troubled since."""
        before = self.scene.troubled
        yield lambda: self.scene.troubled > before

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN
        while not is_so():
            assert self.scene.failures == []
            assert time.monotonic() < deadline, self._said()
            time.sleep(LOOK_AGAIN)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended meanwhile
        os.kill(pid, number)


def faults_of(data: Path) -> list[Fault]:
    """What can happen to a ledger in a folder: only a small disk may be filled."""
    is_small = data.is_mount()
    return [fault for fault in Fault if is_small or fault is not Fault.FULL_DISK]
