"""A projection that cannot go on, in a ledger that serves: who is told, what helps."""

import time
from collections.abc import Iterator

import httpx2
import psycopg
import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.foundation import embedded_postgres
from tests.e2e.asking import Json, contact, event, send
from tests.faults.processes import Ledger, a_ledger

WITHIN = 60.0
METRIC = 'ledger_projection_halted{projection="postings"}'
REFUSE = "ALTER TABLE postings ADD CONSTRAINT p CHECK (partner = '') NOT VALID"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with a_ledger() as running:
        yield running


def until(client: httpx2.Client, state: str) -> Json:
    """What is told of the postings once they are in a state."""
    deadline = time.monotonic() + WITHIN
    while (item := told(client)) is None or item["state"] != state:
        assert time.monotonic() < deadline, item
        time.sleep(0.02)
    return item


def told(client: httpx2.Client) -> Json | None:
    items = client.get("/v1/projections").json()["items"]
    return next((item for item in items if item["name"] == "postings"), None)


def wait_for_metric(client: httpx2.Client, line: str) -> None:
    deadline = time.monotonic() + WITHIN
    while line not in client.get("/metrics").text:
        assert time.monotonic() < deadline, line
        time.sleep(0.1)


def resume(ledger: Ledger) -> Result:
    asked = ["rebuild", "postings", "--resume", "--url", ledger.url]
    return CliRunner().invoke(app, asked, env={"LEDGER_DATA_DIR": str(ledger.data)})


def test_a_halt_is_told_to_readers_and_in_the_metrics_until_it_is_resumed(
    ledger: Ledger,
) -> None:
    headers = {"Authorization": f"Bearer {ledger.key}"}
    with (
        httpx2.Client(base_url=ledger.url, headers=headers, timeout=60) as client,
        embedded_postgres.start(ledger.data) as server,
        psycopg.connect(server.dsn, autocommit=True) as connection,
    ):
        until(client, "live")
        connection.execute(REFUSE)  # nothing of this read model can be written
        delivered = event("HelpDelivered", "acme", by="us", kind="space")
        met = event("PartnerIdentified", "acme", name="Acme")
        send(client, [met, contact("acme"), delivered, contact("acme")])
        item = until(client, "halted")
        assert (item["position"], item["halted_at"]) == (2, 3)
        assert item["last_error"].startswith("CheckViolation")
        found = client.get(f"/v1/events/{item['halted_event']}").json()
        assert (found["position"], found["type"]) == (3, "HelpDelivered")
        assert client.get("/v1/balances").headers["projection-halted"] == "true"
        assert "projection-halted" not in client.get("/v1/wheel").headers
        wait_for_metric(client, f"{METRIC} 1.0")
        assert resume(ledger).exit_code == 1
        connection.execute("ALTER TABLE postings DROP CONSTRAINT p")
        result = resume(ledger)
        assert result.exit_code == 0, result.output
        assert until(client, "live")["position"] == 4
        wait_for_metric(client, f"{METRIC} 0.0")
        assert "ledger_projection_lag_seconds" in client.get("/metrics").text
        assert "projection_halted" in ledger.said()
