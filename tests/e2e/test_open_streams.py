"""Streams cost little while they are open, and end when they should."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.foundation import freshness, serving
from services.foundation.freshness import Heard, Listener
from services.foundation.sse import Pace
from tests.admission import make_key, pepper_of
from tests.e2e.asking import (
    contact,
    event,
    fresh,
    head,
    new_partner,
    problem,
    record,
    send_lines,
)
from tests.e2e.listening import (
    CHANGES,
    EVENTS,
    Paced,
    listening,
    paced_service,
    stalled,
    wait_until,
)
from tests.e2e.test_services_apart import serving as service_alone
from tests.running import running_service
from tests.servers import Database

QUICK = Pace(heartbeat=0.2, patience=0.5, recheck=0.1, most=4, most_a_ledger=3)


@pytest.fixture
def paced(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paced]:
    monkeypatch.setattr(freshness, "LISTEN_SECONDS", 0.05)
    with paced_service(database, QUICK) as made:
        yield made


@pytest.fixture
def quick(paced: Paced) -> Iterator[httpx2.Client]:
    with paced.client() as client:
        yield client


def measured(client: httpx2.Client, name: str, **labels: str) -> float:
    """A value of the service's metrics."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    found = [s for f in families for s in f.samples if s.name == name]
    return sum(s.value for s in found if labels.items() <= s.labels.items())


def ended(client: httpx2.Client, why: str) -> float:
    return measured(client, "ledger_streams_ended_total", why=why)


def test_silence_is_broken_by_comments_that_say_where_to_go_on(
    quick: httpx2.Client,
) -> None:
    partner = new_partner(quick)
    with listening(quick, type="GoalAsked") as stream:
        blocks = [stream.block() for _ in range(3)]
        record(quick, contact(partner))
        while blocks[-1].id != "2":
            blocks.append(stream.block())
    assert all(block.data is None for block in blocks)
    assert [block.comment for block in blocks[1:]] == ["alive"] * (len(blocks) - 1)
    with listening(quick, CHANGES) as stream:
        assert "alive" in [stream.block().comment for _ in range(9)]


def test_an_open_stream_holds_no_connection_of_the_database(
    paced: Paced, quick: httpx2.Client
) -> None:
    with listening(quick) as one, listening(quick, CHANGES) as two:
        one.block(), two.block()

        def all_are_free() -> bool:
            stats = paced.app.state.pool.get_stats()
            return bool(stats["pool_available"] == stats["pool_size"])

        wait_until(all_are_free)


def test_nothing_is_missed_when_notifications_are(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listen_badly(dsn: str, _channels: Mapping[str, Heard]) -> Listener:
        return Listener(dsn, {"another_channel": lambda _payload: None})

    monkeypatch.setattr(serving, "Listener", listen_badly)
    with paced_service(database, Pace()) as paced, paced.client() as client:
        partner = new_partner(client)
        with listening(client) as stream:
            told = [record(client, contact(partner)) for _ in range(3)]
            assert stream.events(3) == told


def test_a_stream_outlives_the_connections_to_the_database(
    paced: Paced, quick: httpx2.Client
) -> None:
    partner = new_partner(quick)
    with listening(quick) as stream:
        stream.block()
        paced.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'ledger_service' AND datname = current_database()"
        )
        recorded = record(quick, contact(partner))
        assert stream.events(1) == [recorded]


def fill(client: httpx2.Client) -> int:
    """Record far more than a connection buffers."""
    partner, text = new_partner(client), "x" * 4000
    goal = event("GoalShared", partner, whose="us", statement=text)
    for _ in range(3):
        send_lines(client, [{**goal, "key": fresh()} for _ in range(800)])
    return head(client)


def test_a_reader_that_takes_nothing_is_dropped_and_others_go_on(
    paced: Paced, quick: httpx2.Client
) -> None:
    count, dropped = fill(quick), ended(quick, "slow")
    with stalled(paced.url, paced.key, f"{EVENTS}?after=0") as slow:
        with listening(quick, after=0) as stream:
            assert len(stream.messages(count)) == count
        wait_until(lambda: ended(quick, "slow") == dropped + 1)
        # Only the one that asks, which it keeps open by asking.
        wait_until(lambda: bool(ended(quick, "slow")) and paced.connections() == 1)
        slow.settimeout(5)
        taken = b"".join(iter(lambda: slow.recv(1 << 20), b""))
    assert 0 < taken.count(b"\ndata: ") + taken.count(b"\r\ndata: ") < count
    assert not taken.endswith(b"0\r\n\r\n")


def test_a_stream_ends_when_its_key_is_revoked(
    paced: Paced, quick: httpx2.Client
) -> None:
    key = paced.make_key("read")
    with paced.client(key) as other, listening(other) as stream:
        paced.execute(
            "UPDATE keys SET revoked_at = now() WHERE cardinality(scopes) = 1"
        )
        assert all(block.data is None for block in stream.rest())
        problem(other.get(EVENTS), "unauthorized")
    wait_until(lambda: ended(quick, "refused") >= 1)


def test_a_client_that_leaves_makes_room(quick: httpx2.Client) -> None:
    for _ in range(3 * QUICK.most):
        with listening(quick) as stream:
            stream.block()
        wait_until(lambda: measured(quick, "ledger_streams_open") == 0)


def refuses(client: httpx2.Client, path: str, code: str) -> None:
    answer = client.get(path)
    problem(answer, code)
    assert int(answer.headers["Retry-After"]) > 0


def test_there_is_a_limit_to_the_streams_of_a_ledger_and_of_a_process(
    paced: Paced, quick: httpx2.Client
) -> None:
    foreign = paced.make_key("read", ledger="another")
    with ExitStack() as opened, paced.client(foreign) as other:
        of_ledger = [listening(quick) for _ in range(QUICK.most_a_ledger)]
        streams = [opened.enter_context(each) for each in of_ledger]
        refuses(quick, EVENTS, "too-many")
        streams.append(opened.enter_context(listening(other, CHANGES)))
        refuses(other, EVENTS, "unavailable")
        assert [stream.block().data for stream in streams] == [None] * QUICK.most
    wait_until(lambda: measured(quick, "ledger_streams_open") == 0)
    with listening(quick) as stream:
        stream.block()


def test_a_service_stops_soon_and_cleanly_with_open_streams() -> None:
    with ExitStack() as opened:
        with running_service() as service:
            fill(service.client)
            slow = stalled(service.url, service.key, f"{EVENTS}?after=0")
            opened.enter_context(slow)
            client = opened.enter_context(service.with_key(service.key))
            paths = [EVENTS, CHANGES] * 10
            streams = [opened.enter_context(listening(client, p)) for p in paths]
            for stream in streams:
                stream.block()
            begun = time.monotonic()
        assert time.monotonic() - begun < 5
        for stream in streams:
            stream.rest()  # an answer that breaks off would raise


@pytest.mark.parametrize(
    ("app", "path"), [("ledger", EVENTS), ("projections", CHANGES)]
)
def test_a_service_on_its_own_stops_with_open_streams(
    database: Database, tmp_path: Path, app: str, path: str
) -> None:
    key = make_key(database.owner_dsn, ("read",), pepper=pepper_of(tmp_path))
    headers = {"Authorization": f"Bearer {key}"}
    settings = {
        "LEDGER_DSN": database.service_dsn,
        "LEDGER_DATA_DIR": str(tmp_path),
    }
    with ExitStack() as opened:
        with service_alone(app, settings) as url:
            client = opened.enter_context(httpx2.Client(base_url=url, headers=headers))
            stream = opened.enter_context(listening(client, path))
            stream.block()
            begun = time.monotonic()
        assert time.monotonic() - begun < 5
        stream.rest()
