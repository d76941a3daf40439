"""A whole campaign: servers, clients, faults in a seeded order, and the judgement."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import psycopg
from typing_extensions import override

from services.foundation import embedded_postgres
from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.ledgers import DEFAULT
from tests.faults.campaign.faults import Fault, Harm
from tests.faults.campaign.journal import read_journals
from tests.faults.campaign.judging import check_balances, check_heads, check_requests
from tests.faults.campaign.recorders import Recorder, Scene
from tests.faults.campaign.watchers import Follower, Reader
from tests.faults.clients import Told
from tests.faults.processes import Ledger, a_ledger_in, another_server
from tests.faults.reading import whole_log
from tests.faults.refolding import assert_as_folded_afresh, wait_for_projections
from tests.servers import Database

RECORDERS: Final = 8
FOLLOWERS: Final = 3
SHARED: Final = tuple(f"shared-{number}" for number in range(30))
WITHIN: Final = 120.0
LOOK_AGAIN: Final = 0.02
SETTINGS: Final = {"LEDGER_HEAD_SECONDS": "0.2"}
# Commits take 10 ms, so that many a fault meets one; the log takes little of the disk.
SLOW_AND_SMALL: Final = (
    "ALTER SYSTEM SET commit_delay = 10000",
    "ALTER SYSTEM SET commit_siblings = 0",
    "ALTER SYSTEM SET max_wal_size = '96MB'",
    "ALTER SYSTEM SET min_wal_size = '32MB'",
    "SELECT pg_reload_conf()",
)


@dataclass
class Found:
    """What a campaign came to, in numbers."""

    numbers: dict[str, int] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    @override
    def __str__(self) -> str:
        told = (f"{count} {what}" for what, count in self.numbers.items())
        return f"{', '.join(told)}; streams: {dict(self.ends)}"


@dataclass
class Campaign:
    """Two servers on one data folder, the clients of both, and what they noted."""

    servers: list[Ledger]
    database: EmbeddedPostgres
    scene: Scene
    rng: Random
    recorders: list[Recorder]
    followers: list[Follower]
    reader: Reader

    @property
    def dsns(self) -> Database:
        return Database(self.database.dsn, self.database.service_dsn)

    def run(self, faults: Sequence[Fault]) -> None:
        """Let faults happen, each after some more was answered."""
        harm = Harm(self.servers, self.database, self.scene, self.rng)
        try:
            for fault in faults:
                self._wait_for(self.rng.randint(1, 40))
                harm.do(fault)
            self._wait_for(100)
        finally:
            harm.end()

    def _wait_for(self, more: int) -> None:
        wanted, deadline = self.scene.answered + more, time.monotonic() + WITHIN
        while self.scene.answered < wanted:
            assert self.scene.failures == []
            assert time.monotonic() < deadline, "nothing is answered any more"
            for server in self.servers:
                server.look_after()
            time.sleep(LOOK_AGAIN)

    def judge(self, data: Path) -> Found:
        """Everything is as the clients know it; what there was of it."""
        log = self._settle()
        requests = read_journals(self.scene.journals)
        check_requests(log, requests)
        balances = check_balances(log, self.reader.seen)
        heads = check_heads(self.dsns, data)
        assert_as_folded_afresh(self.dsns)
        fates = Counter(f"requests {sent.fate}" for sent in requests)
        forms = Counter(f"sent as {sent.form}" for sent in requests)
        ends = sum((each.ends for each in self.followers), Counter[str]())
        others = {
            "events": len(log),
            "answered again the same": self.scene.replayed,
            "refused or broken at some time": self.scene.troubled,
            "balances read": len(self.reader.seen),
            "of them different": balances,
            "signed heads": heads,
            "servers started again": sum(server.restarts for server in self.servers),
        }
        return Found({**fates, **forms, **others}, ends)

    def _settle(self) -> Told:
        """Wait until all that follows the log has come to its end; then stop serving.

        What is folded afresh must not be folded by workers at the same time.
        """
        for server in self.servers:
            server.wait_until_ready()
        with self.scene.client(0) as http:
            log = whole_log(http)
        wait_for_projections(self.dsns, DEFAULT)
        self._wait_for_the_tree(len(log))
        for follower in self.followers:
            self._wait_for_the_end(follower, log)
        for server in reversed(self.servers):
            server.leave()
        assert self.scene.failures == []
        return log

    def _wait_for_the_tree(self, size: int) -> None:
        deadline, query = time.monotonic() + WITHIN, "SELECT signed FROM trees"
        with psycopg.connect(self.dsns.owner_dsn, autocommit=True) as connection:
            while connection.execute(query).fetchone() != (size,):
                assert time.monotonic() < deadline
                time.sleep(LOOK_AGAIN)

    def _wait_for_the_end(self, follower: Follower, log: Told) -> None:
        deadline = time.monotonic() + WITHIN
        while len(follower.told) < len(log) and not self.scene.failures:
            assert time.monotonic() < deadline, follower.ends
            time.sleep(LOOK_AGAIN)
        follower.done.set()
        follower.join()
        assert follower.told == log

    def stop_clients(self) -> None:
        """No more is recorded or read."""
        self.scene.stopping.set()
        for thread in (*self.recorders, self.reader):
            thread.join()

    def end(self) -> None:
        """Leave no thread running when a campaign has failed."""
        self.stop_clients()
        for follower in self.followers:
            follower.done.set()
            follower.join()


@contextmanager
def a_campaign(data: Path, notes: Path, seed: int) -> Iterator[Campaign]:
    """Two servers of a data folder, and clients at work."""
    with (
        a_ledger_in(data, notes / "first.log", **SETTINGS) as first,
        another_server(first, notes / "second.log") as second,
        embedded_postgres.start(data) as database,
    ):
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            for setting in SLOW_AND_SMALL:
                connection.execute(setting)
        journals = notes / "journals"
        journals.mkdir()
        servers = [first, second]
        first.is_supervised = second.is_supervised = True
        urls = [server.url for server in servers]
        scene = Scene(urls, first.key, journals, SHARED)
        campaign = _clients(servers, database, scene, Random(seed))  # noqa: S311
        try:
            yield campaign
        finally:
            campaign.end()


def _clients(
    servers: list[Ledger], database: EmbeddedPostgres, scene: Scene, rng: Random
) -> Campaign:
    def own() -> Random:
        return Random(rng.random())  # noqa: S311 - repeatable

    first = Recorder(scene, "first", own())
    for name in scene.shared:
        first.identify(name)
    first.close()
    recorders = [Recorder(scene, f"r{place}", own()) for place in range(RECORDERS)]
    followers = [Follower(scene, f"f{place}", own()) for place in range(FOLLOWERS)]
    reader = Reader(scene, own())
    for thread in (*recorders, *followers, reader):
        thread.start()
    return Campaign(servers, database, scene, rng, recorders, followers, reader)
