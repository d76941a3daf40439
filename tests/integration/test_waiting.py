"""Many who wait for a position are woken when it is told of; not all of them look."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import open_pool
from services.foundation.freshness import Positions
from services.foundation.problems import Problem
from tests.servers import Database

MANY = 40


class Place:
    """Something that moves, and how often somebody looked where it is."""

    def __init__(self) -> None:
        self.position = self.looks = 0

    def read(self, _: Connection[Any], __: str) -> int:
        self.looks += 1
        return self.position


@pytest.fixture
def pool(database: Database) -> Iterator[ConnectionPool[Connection[Any]]]:
    with open_pool(database.owner_dsn, min_size=1, max_size=2, name="waiting") as made:
        yield made


def test_while_hints_come_one_looks_for_all_who_wait(
    pool: ConnectionPool[Connection[Any]],
) -> None:
    place = Place()

    async def all_wait() -> None:
        positions = Positions(pool, place.read)
        waits = [positions.reach("a", n, 30.0) for n in range(1, MANY + 1)]
        waiting = asyncio.gather(*waits)
        for place.position in range(1, MANY + 1):
            await asyncio.sleep(0)  # the others go on
            positions.tell("a", place.position)
        await waiting
        assert not positions.waiting

    asyncio.run(all_wait())
    assert place.looks < MANY / 2


def test_what_nobody_tells_of_is_found_by_looking_again(
    pool: ConnectionPool[Connection[Any]],
) -> None:
    place = Place()

    def read(connection: Connection[Any], name: str) -> int:
        place.position = place.looks
        return place.read(connection, name)

    asyncio.run(Positions(pool, read).reach("a", 1, 30.0))
    assert place.looks == 2


def test_nobody_is_told_not_yet_before_somebody_looked(
    pool: ConnectionPool[Connection[Any]],
) -> None:
    place = Place()
    positions = Positions(pool, place.read)
    positions.tell("a", 1)
    place.position = 2
    asyncio.run(positions.reach("a", 2, 0.0))
    with pytest.raises(Problem):
        asyncio.run(positions.reach("a", 3, 0.0))
    assert place.looks == 2
