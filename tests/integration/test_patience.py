"""Clients that never say what they want are not waited for."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from services.foundation.patience import HEAD_BYTES, InTime, Patient
from tests.e2e.raw_http import ask_raw, connected, heard

SHORT = 0.3


class Hasty(Patient):
    head_seconds = SHORT


async def reader(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells how much of a body came in time."""
    request = Request(scope, InTime(receive, SHORT).receive)
    try:
        told = str(len(await request.body()))
    except ClientDisconnect:
        told = "late"
    await PlainTextResponse(told)(scope, receive, send)


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose patience is short."""
    config = uvicorn.Config(reader, http=Hasty, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with listening() as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def head(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length


def test_a_body_that_comes_is_read(url: str) -> None:
    assert ask_raw(url, head(5) + b"hello").said.endswith(b"5")


def test_a_body_that_never_comes_is_given_up(url: str) -> None:
    assert ask_raw(url, head(5) + b"he").said.endswith(b"late")


def test_a_body_that_trickles_is_given_up(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(head(1000))
        connection.settimeout(0.01)
        end = time.monotonic() + 10
        while not (said := heard(connection, 0.02)):
            connection.sendall(b"x")
            assert time.monotonic() < end
    assert said.endswith(b"late")


def test_a_body_that_goes_on_may_take_longer(url: str) -> None:
    piece, count = b"x" * 16 * 1024, 6
    with connected(url) as connection:
        connection.sendall(head(count * len(piece)))
        for _ in range(count - 1):
            connection.sendall(piece)
            assert heard(connection, SHORT / 2) == b""
        connection.sendall(piece)
        assert heard(connection, 5).endswith(b"%d" % (count * len(piece)))


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: "])
def test_a_request_that_never_begins_is_closed(url: str, begun: bytes) -> None:
    with connected(url) as connection:
        connection.sendall(begun)
        assert connection.recv(1) == b""


def test_a_second_request_that_never_begins_is_closed(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(head(0))
        assert heard(connection, 5).endswith(b"0")
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(5)
        assert connection.recv(1) == b""


def test_headers_without_end_are_closed(url: str) -> None:
    lines = b"GET / HTTP/1.1\r\n" + b"X-More: %b\r\n" % (b"x" * 1000) * 200
    assert len(lines) > HEAD_BYTES
    assert ask_raw(url, lines).status in {400, None}
