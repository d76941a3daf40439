"""A way to PostgreSQL that breaks at the moment of a commit, when told to."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

COMMIT = b"COMMIT\0"
READY = b"Z\0\0\0\5"
CHUNK = 65536
LOOK_AGAIN = 0.05


class Cut(Enum):
    """Where the connection breaks."""

    BEFORE_COMMIT = "the server never sees COMMIT"
    AFTER_COMMIT = "the server commits, and its answer is lost"
    DURING_COMMIT = "the server may still be at it when the client sees the loss"


@dataclass
class Proxy:
    """Forwards to the server of a DSN; `dsn` leads through it."""

    dsn: str
    server: str
    listener: socket.socket
    armed: Cut | None = None
    hides: bool = False
    cuts_all: bool = False
    is_away: bool = False
    is_closed: bool = False
    cuts: list[Cut] = field(default_factory=list)
    pairs: set[tuple[socket.socket, socket.socket]] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def cut_next_commit(
        self, how: Cut, *, others_too: bool = False, then_away: bool = False
    ) -> None:
        """Break the connection that commits next; if told, all others at once.

        `then_away`: nor does any new one come through.
        """
        self.cuts_all, self.hides = others_too or then_away, then_away
        self.armed = how

    def come_back(self) -> None:
        """Let connections through again."""
        self.is_away = False

    def accept(self) -> None:
        """Take connections until closed."""
        while not self.is_closed:
            if not select.select([self.listener], [], [], LOOK_AGAIN)[0]:
                continue
            client, _ = self.listener.accept()
            if self.is_away:
                client.close()
                continue
            self._forward(client)

    def _forward(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.server)
        except OSError:  # it is down; the client is told as it would be without us
            client.close()
            server.close()
            return
        pair = client, server
        self.pairs.add(pair)
        thread = threading.Thread(target=self._pump, args=pair)
        self.threads.append(thread)
        thread.start()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while not self.is_closed:
                ready, _, _ = select.select([client, server], [], [], LOOK_AGAIN)
                for source in ready:
                    other = server if source is client else client
                    data = source.recv(CHUNK)
                    if not data or self._cuts(source is client, data, server):
                        return
                    other.sendall(data)

    def _cuts(self, from_client: bool, data: bytes, server: socket.socket) -> bool:  # noqa: FBT001
        """Whether the connection breaks here."""
        with self.lock:
            how = self.armed
            if how is None or not from_client or not data.endswith(COMMIT):
                return False
            self.armed = None
            if how is not Cut.BEFORE_COMMIT:
                server.sendall(data)
            if how is Cut.AFTER_COMMIT:
                _read_answer(server)
            self.is_away = self.hides
            self.cuts.append(how)
        if self.cuts_all:
            self.cut_all()
        return True

    def cut_all(self) -> None:
        """Break every connection."""
        for pair in list(self.pairs):
            for end in pair:
                with suppress(OSError):  # that one is closed already
                    end.shutdown(socket.SHUT_RDWR)


def _read_answer(server: socket.socket) -> None:
    answer = b""
    while READY not in answer:
        more = server.recv(CHUNK)
        if not more:
            raise ConnectionResetError  # it ends before it answers
        answer += more


@contextmanager
def a_proxy(dsn: str) -> Iterator[Proxy]:
    """A proxy before the server of a DSN, until the block ends."""
    found = conninfo_to_dict(dsn)
    path = Path(str(found["host"])) / f".s.PGSQL.{found['port']}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        through = make_conninfo(
            dsn, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable"
        )
        with forwarding(Proxy(through, str(path), listener)) as proxy:
            yield proxy


@contextmanager
def in_place_of(path: Path) -> Iterator[Proxy]:
    """A proxy at the very socket of a server, which stands aside meanwhile."""
    aside = path.with_name("aside")
    path.rename(aside)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            with forwarding(Proxy("", str(aside), listener)) as proxy:
                yield proxy
    finally:
        aside.rename(path)


@contextmanager
def forwarding(proxy: Proxy) -> Iterator[Proxy]:
    """Run a proxy; all its connections end with the block."""
    accepting = threading.Thread(target=proxy.accept)
    accepting.start()
    try:
        yield proxy
    finally:
        proxy.is_closed = True
        accepting.join()  # it starts no more threads
        for thread in proxy.threads:
            thread.join()
