"""Workers and builders are killed again and again while everything is built anew."""

import os
import signal
import time
from collections.abc import Iterator
from random import Random

import httpx2
import psycopg
import pytest
from psycopg import sql

from services.foundation import embedded_postgres
from services.projections.worker import PROJECTIONS
from tests.e2e.asking import Json, contact, event, send
from tests.faults.processes import Kind, Ledger, a_ledger, children

WITHIN = 60.0
PARTNERS, CONTACTS, KILLS = 130, 99, 6


def projections(client: httpx2.Client) -> list[Json]:
    items: list[Json] = client.get("/v1/projections").json()["items"]
    return items


def wait_until_settled(client: httpx2.Client, position: int) -> list[Json]:
    """How the projections are once none is being built and all have caught up."""
    deadline = time.monotonic() + WITHIN
    while True:
        items = projections(client)
        settled = [i for i in items if i["rebuild"] is None]
        if len(settled) == len(PROJECTIONS) and all(
            item["position"] == position for item in items
        ):
            return items
        assert time.monotonic() < deadline, items
        time.sleep(0.05)


def fill(client: httpx2.Client) -> int:
    """Record enough for a rebuild to have ranges; the last position."""
    for number in range(PARTNERS):
        name = f"p-{number}"
        met = event("PartnerIdentified", name, name="Acme")
        answer = send(client, [met, *[contact(name) for _ in range(CONTACTS)]])
        assert answer.status_code == 201, answer.text
    return PARTNERS * (CONTACTS + 1)


def rows_by_generation(ledger: Ledger, table: str, left_out: str) -> list[list[str]]:
    """What the rows of each generation say, in some fixed order."""
    query = sql.SQL(
        "SELECT generation, (to_jsonb(t) - 'generation' - %s)::text FROM {} AS t"
        " ORDER BY 1, 2"
    ).format(sql.Identifier(table))
    with (
        embedded_postgres.start(ledger.data) as server,
        psycopg.connect(server.dsn) as connection,
    ):
        found: dict[int, list[str]] = {}
        for generation, row in connection.execute(query, (left_out,)):
            found.setdefault(generation, []).append(row)
        return list(found.values())


def builders(ledger: Ledger) -> Iterator[int]:
    """The processes that build for the worker."""
    for worker in children(ledger.serve.pid, "services.projections.worker"):
        yield from children(worker, "--building")


def kill_a_builder(ledger: Ledger) -> None:
    """Kill one once there is one; none when everything is built before."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for pid in builders(ledger):
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.02)


@pytest.mark.slow
def test_a_rebuild_outlives_its_worker_and_ends_equal() -> None:
    rng = Random(7)  # noqa: S311 (when to kill)
    with a_ledger() as ledger:
        headers = {"Authorization": f"Bearer {ledger.key}"}
        with httpx2.Client(base_url=ledger.url, headers=headers, timeout=60) as client:
            position = fill(client)
            wait_until_settled(client, position)
            for projection in PROJECTIONS:
                answer = client.post(f"/v1/projections/{projection.name}/rebuild")
                assert answer.status_code == 202
            for _ in range(KILLS // 2):
                time.sleep(rng.uniform(0.1, 0.6))  # anywhere in a build
                kill_a_builder(ledger)
                time.sleep(rng.uniform(0.1, 0.6))
                ledger.kill(Kind.WORKER)
            items = wait_until_settled(client, position)
            assert [item["last_error"] for item in items] == [None] * len(items)
            assert all(item["generation"] == 2 for item in items), items
        for projection in PROJECTIONS:
            for table in projection.tables:
                left_out = next(iter(projection.of_batches), "")
                generations = rows_by_generation(ledger, table, left_out)
                assert len(generations) in {0, 2}
                assert not generations or generations[0] == generations[1]
