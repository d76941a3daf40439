"""The services as docker-compose runs them: apart, on a server that is not ours."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import yaml  # type: ignore[import-untyped]
from fastapi.routing import iter_route_contexts

from services.foundation.patience import HEAD_BYTES
from services.ledger import app as ledger
from services.projections import app as projections
from tests.ports import free_port
from tests.servers import Database

PROJECT = Path(__file__).parents[2]
AT_THE_LEDGER = re.compile(r"location ~ (\S+) {\s+proxy_pass http://ledger;")


def composed(service: str) -> list[str]:
    """What docker-compose runs for a service."""
    with (PROJECT / "docker-compose.yml").open(encoding="utf-8") as file:
        command: list[str] = yaml.safe_load(file)["services"][service]["command"]
    return command


@contextmanager
def running(command: list[str], settings: Mapping[str, str]) -> Iterator[None]:
    environment = {**os.environ, **settings}
    python = [sys.executable, "-m"]
    process = subprocess.Popen([*python, *command], env=environment)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) in {0, -15}


@contextmanager
def serving(app: str, settings: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    here = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    with running([*composed(app), *here], settings):  # the last of an option counts
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url)
        yield url


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)


def test_what_one_service_records_the_other_answers(
    empty_database: Database, tmp_path: Path
) -> None:
    environment = os.environ | {
        "LEDGER_DSN": empty_database.owner_dsn,
        "LEDGER_DATA_DIR": str(tmp_path),
    }
    migrate = [sys.executable, "-m", "services.cli.main", "migrate"]
    subprocess.run(migrate, env=environment, check=True)  # noqa: S603
    key = {"Authorization": "Bearer " + (tmp_path / "owner.key").read_text().strip()}
    settings = {
        "LEDGER_DSN": empty_database.service_dsn,
        "LEDGER_DATA_DIR": str(tmp_path),
    }
    with ExitStack() as stack:
        recording = stack.enter_context(serving("ledger", settings))
        answers = stack.enter_context(serving("projections", settings))
        stack.enter_context(running(["services.projections.worker"], settings))
        recorded = httpx2.post(
            f"{recording}/v1/events",
            headers=key,
            json=[
                {"type": "PartnerIdentified", "partner": "acme", "data": {"name": "A"}},
                {
                    "type": "HelpDelivered",
                    "partner": "acme",
                    "data": {"by": "partner", "kind": "goods"},
                },
            ],
        )
        assert recorded.status_code == 201
        position = recorded.headers["Ledger-Position"]
        answer = httpx2.get(
            f"{answers}/v1/partners/acme/balance?min_position={position}&wait=10",
            headers=key,
        )
        assert answer.json()["items"][0]["received"]["acknowledged"] == "1"
        assert httpx2.get(f"{answers}/v1/events", headers=key).status_code == 404
        for url in (recording, answers):
            check_limits(url)


def check_limits(url: str) -> None:
    """The same as of `serve`: a head that never ends is ended, a maker not told."""
    assert "Server" not in httpx2.get(f"{url}/livez").headers
    host, _, port = url.removeprefix("http://").partition(":")
    endless = b"GET /livez HTTP/1.1\r\nX-Long: " + b"a" * (HEAD_BYTES + 1)
    with socket.create_connection((host, int(port)), timeout=30) as stalled:
        stalled.sendall(endless)
        assert stalled.recv(100).startswith(b"HTTP/1.1 400 ")


def test_the_proxy_sends_every_path_to_the_service_that_has_it() -> None:
    text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (pattern,) = AT_THE_LEDGER.findall(text)
    for routers, at_the_ledger in (
        (ledger.ROUTERS, True),
        (projections.ROUTERS, False),
    ):
        routes = [each for router in routers for each in router.routes]
        paths = [str(route.path) for route in iter_route_contexts(routes)]
        assert paths
        for path in paths:
            assert bool(re.match(pattern, path)) == at_the_ledger, path
