"""kill -9 of every process under load: what was acknowledged is there exactly once."""

import os
import secrets
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import httpx2
import psycopg
import pytest

from services.foundation import embedded_postgres
from tests.e2e.asking import event, head, read, record
from tests.faults.clients import Told, under_load
from tests.faults.processes import Kind, Ledger, a_ledger
from tests.faults.reading import exact, whole_log
from tests.faults.writing import assert_gapless
from tests.oracle.balance import balance

CLIENTS: Final = 16
PARTNERS: Final = ["shared", *(f"p{number}" for number in range(CLIENTS))]
AS_OF: Final = "2024-12-31"
END: Final = datetime(2024, 12, 31, 23, 59, 59, 999999, UTC)
SEED: Final = "KILL_SEED"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="finds the processes under /proc"
)


# As on a disk that takes 10 ms: many a kill meets a commit that nobody has heard of.
SLOW_DISK: Final = (
    "ALTER SYSTEM SET commit_delay = 10000",
    "ALTER SYSTEM SET commit_siblings = 0",
    "SELECT pg_reload_conf()",
)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with a_ledger() as made:
        with (
            embedded_postgres.start(made.data) as server,
            psycopg.connect(server.dsn, autocommit=True) as connection,
        ):
            for setting in SLOW_DISK:
                connection.execute(setting)
        yield made


@pytest.fixture
def client(ledger: Ledger) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {ledger.key}"}
    with httpx2.Client(base_url=ledger.url, headers=headers, timeout=60) as made:
        yield made


def test_killing_each_process_under_load_loses_and_doubles_nothing(
    ledger: Ledger, client: httpx2.Client
) -> None:
    kill_and_check(ledger, client, list(Kind))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_kills_under_load_lose_and_double_nothing(
    ledger: Ledger, client: httpx2.Client
) -> None:
    kill_and_check(ledger, client, [*list(Kind) * 2, Kind.SERVE, Kind.POSTMASTER])


def test_serve_brings_its_killed_postgresql_up_again(ledger: Ledger) -> None:
    ledger.kill(Kind.POSTMASTER)
    ledger.wait_until_ready(10)


def kill_and_check(
    ledger: Ledger, client: httpx2.Client, victims: Sequence[Kind]
) -> None:
    seed = int(os.environ.get(SEED) or secrets.randbelow(10**9))
    rng = Random(seed)  # noqa: S311 - repeatable
    order = rng.sample(victims, len(victims))
    print(f"{SEED}={seed}: {[kind.name for kind in order]}")  # noqa: T201 - to repeat it
    told = [record(client, event("PartnerIdentified", p, name=p)) for p in PARTNERS]
    with under_load(lambda: (ledger.url, ledger.key), PARTNERS, seed) as load:
        for kind in order:
            load.wait_for(60)
            with load.at_full_speed():
                load.wait_for(rng.randint(1, 150))
                ledger.kill(kind, rng=rng)
        load.wait_for(100)
    retries = sum(each.retries for each in load.clients)
    replays = sum(each.replays for each in load.clients)
    print(f"{retries} retries, {replays} replays")  # noqa: T201
    check_log(ledger, client, told, load.acknowledged())
    check_balances(client)


def check_log(
    ledger: Ledger, client: httpx2.Client, first: Told, acknowledged: dict[str, Told]
) -> None:
    """The log is exactly what was acknowledged, each at the place that was told."""
    log = whole_log(client)
    answers = [item for told in acknowledged.values() for item in told]
    assert log == sorted([*first, *answers], key=lambda item: int(item["position"]))
    assert [item["position"] for item in log] == list(range(1, len(log) + 1))
    assert_gapless((item["partner"], item["version"]) for item in log)
    assert len({item["id"] for item in log}) == len(log)
    keys = stored_keys(ledger)
    positions = [[item["position"] for item in told] for told in acknowledged.values()]
    assert sorted(keys) == sorted(positions)


def stored_keys(ledger: Ledger) -> list[list[int]]:
    with (
        embedded_postgres.start(ledger.data) as server,
        psycopg.connect(server.dsn) as connection,
    ):
        rows = connection.execute("SELECT positions FROM idempotency").fetchall()
    return [list(positions) for (positions,) in rows]


def check_balances(client: httpx2.Client) -> None:
    """Every read model lives, and every balance is the brute-force one."""
    newest = head(client)
    streams: dict[str, Told] = defaultdict(list)
    for item in whole_log(client):
        streams[item["partner"]].append(item)
    for partner, log in streams.items():
        path = f"/v1/partners/{partner}/balance"
        answer = read(client, path, as_of=AS_OF, wait=30)
        expected = balance(
            log, as_of=END, position=newest, zone=ZoneInfo("UTC"), partner=partner
        )
        assert exact(answer["items"]) == expected["items"], partner
    states = client.get("/v1/projections").json()["items"]
    assert {(item["state"], item["position"]) for item in states} == {("live", newest)}
