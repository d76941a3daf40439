"""Clients of event streams, and a service whose streams have another pace."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import httpx2
import psycopg
import uvicorn
from fastapi import FastAPI

from services.cli.running import one_port, wait_until_ready
from services.foundation.ledgers import DEFAULT
from services.foundation.sse import Pace
from tests.admission import make_key, means
from tests.e2e.asking import Json
from tests.servers import Database

EVENTS: Final = "/v1/events/stream"
CHANGES: Final = "/v1/changes/stream"
WITHIN: Final = 10.0
LOOK_AGAIN: Final = 0.02


@dataclass(frozen=True)
class Block:
    """What came between two empty lines."""

    id: str | None
    data: str | None
    comment: str | None

    @property
    def event(self) -> Json:
        """The data as JSON."""
        assert self.data is not None
        told: Json = json.loads(self.data)
        return told


class Stream:
    """An open stream, block by block."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._blocks = _blocks(answer.iter_lines())

    def block(self) -> Block:
        """The next block; the client's time-out ends the wait."""
        return next(self._blocks)

    def messages(self, count: int) -> list[Block]:
        """The next blocks that have data."""
        return list(islice((b for b in self._blocks if b.data is not None), count))

    def events(self, count: int) -> list[Json]:
        """The data of the next messages."""
        return [block.event for block in self.messages(count)]

    def rest(self) -> list[Block]:
        """All that still comes until the service ends the stream."""
        return list(self._blocks)


def _blocks(lines: Iterator[str]) -> Iterator[Block]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            assert name not in fields, line
            fields[name] = value.removeprefix(" ")
        elif fields:
            yield Block(fields.get("id"), fields.get("data"), fields.get(""))
            fields = {}


@contextmanager
def listening(
    client: httpx2.Client,
    path: str = EVENTS,
    *,
    last: str | int | None = None,
    **query: Any,
) -> Iterator[Stream]:
    """Open a stream on a connection of its own; leaving closes it."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with client.stream(
        "GET", path, params=query, headers=headers, timeout=WITHIN
    ) as answer:
        assert answer.status_code == 200, answer.read()
        yield Stream(answer)


def stalled(url: str, key: str, path: str) -> socket.socket:
    """A connection that asks for a stream, with a small buffer, and never reads."""
    host, _, port = url.removeprefix("http://").partition(":")
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lines = (f"GET {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {key}")
    try:
        made.connect((host, int(port)))
        made.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    except OSError:
        made.close()
        raise
    return made


@dataclass(frozen=True)
class Paced:
    """Both services in this process, without a worker."""

    url: str
    key: str
    app: FastAPI
    database: Database
    server: uvicorn.Server

    def connections(self) -> int:
        """How many connections of clients are open."""
        return len(self.server.server_state.connections)

    def client(self, key: str | None = None) -> httpx2.Client:
        """A client with the owner's key, or another."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=WITHIN)

    def make_key(self, *scopes: str, ledger: str = DEFAULT) -> str:
        """A new key of a ledger, which is made when it does not exist."""
        return make_key(self.database.owner_dsn, scopes, ledger)

    def execute(self, text: str) -> None:
        """Change the database as its owner."""
        with psycopg.connect(self.database.owner_dsn) as connection:
            connection.execute(text.encode())


@contextmanager
def paced_service(database: Database, pace: Pace) -> Iterator[Paced]:
    """Serve on a free port with streams of a given pace."""
    app = one_port(means(database))
    app.state.pace = pace
    key = make_key(database.owner_dsn, ("record", "read"))
    config = uvicorn.Config(app, loop="uvloop", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            wait_until_ready(url)
            yield Paced(url, key, app, database, server)
        finally:
            app.state.streams.end()
            server.should_exit = True
            thread.join(WITHIN)
            assert not thread.is_alive()


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when a condition holds; fail when it does not in time."""
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(LOOK_AGAIN)
