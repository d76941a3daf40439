"""More requests than a server keeps: those turned away are told so, none is lost."""

import asyncio
import json
import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import httpx2
import pytest

from services.foundation import embedded_postgres
from services.ledger.store.writer import QUEUED_AT_MOST
from tests.e2e.asking import Json, contact, event, record
from tests.faults.processes import Ledger, a_ledger
from tests.faults.reading import whole_log
from tests.faults.writing import head_locked
from tests.servers import Database

MORE: Final = QUEUED_AT_MOST + 400
FILES: Final = 2 * MORE
Answer = tuple[int, Json]


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process and its children hold a connection for each request."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES:
        if hard < FILES:
            pytest.skip(f"needs {FILES} open files, and {hard} are allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_who_finds_the_queue_full_is_told_and_whoever_is_answered_is_recorded() -> None:
    with a_ledger() as ledger, embedded_postgres.start(ledger.data) as server:
        headers = {"Authorization": f"Bearer {ledger.key}"}
        with httpx2.Client(base_url=ledger.url, headers=headers, timeout=60) as client:
            record(client, event("PartnerIdentified", "acme", name="Acme"))
            database = Database(server.dsn, server.service_dsn)
            answers = asyncio.run(overflow(ledger, database))
            assert Counter(status for status, _ in answers).keys() == {201, 503}
            assert {a["code"] for s, a in answers if s == 503} == {"unavailable"}
            recorded = [body for status, body in answers if status == 201]
            assert len(recorded) >= QUEUED_AT_MOST
            assert by_position(whole_log(client)[1:]) == by_position(recorded)
            record_the_rest(client, answers)


def by_position(items: Sequence[Json]) -> list[Json]:
    return sorted(items, key=lambda item: int(item["position"]))


def record_the_rest(client: httpx2.Client, answers: Sequence[Answer]) -> None:
    """Who was turned away is recorded when asking again, and nobody twice."""
    for number, (status, _) in enumerate(answers):
        if status == 503:
            record(client, request(number), {"Idempotency-Key": f"k{number}"})
    names = Counter(item["correlation"] for item in whole_log(client)[1:])
    assert names == Counter(str(number) for number in range(MORE))


def request(number: int) -> Json:
    return contact("acme", correlation=str(number))


async def overflow(ledger: Ledger, database: Database) -> list[Answer]:
    """Ask all at once while nothing can be recorded, until somebody is turned away."""
    turned_away = asyncio.Event()

    async def ask(number: int) -> Answer:
        answer = await post(ledger, number)
        if answer[0] == 503:
            turned_away.set()
        return answer

    with head_locked(database):
        asking = [asyncio.create_task(ask(number)) for number in range(MORE)]
        await asyncio.wait_for(turned_away.wait(), 60)
    return await asyncio.gather(*asking)


async def post(ledger: Ledger, number: int) -> Answer:
    """One request on a connection of its own: a pool of them would queue by itself."""
    body = json.dumps(request(number))
    head = (
        "POST /v1/events HTTP/1.1",
        f"Host: 127.0.0.1:{ledger.port}",
        f"Authorization: Bearer {ledger.key}",
        f"Idempotency-Key: k{number}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", ledger.port)
    writer.write("\r\n".join([*head, "", body]).encode())
    told = await reader.read()
    writer.close()
    await writer.wait_closed()
    status, _, content = told.partition(b"\r\n\r\n")
    return int(status.split()[1]), json.loads(content)
