"""The services as docker-compose runs them: apart, on a server that is not ours."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.servers import Database


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
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["uvicorn", f"services.{app}.app:create_app", "--factory"]
    with running([*command, "--port", str(port), "--log-level", "warning"], settings):
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
        ledger = stack.enter_context(serving("ledger", settings))
        answers = stack.enter_context(serving("projections", settings))
        stack.enter_context(running(["services.projections.worker"], settings))
        recorded = httpx2.post(
            f"{ledger}/v1/events",
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
