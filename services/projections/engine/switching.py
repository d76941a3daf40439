"""The switch: what was built takes the place of what readers use."""

from typing import Any, Final

import structlog
from psycopg import Connection, InterfaceError, OperationalError
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.foundation.failures import kind_of
from services.projections.engine.batches import Batches
from services.projections.engine.generations import (
    BUILT,
    Generation,
    lock_generations,
    read_generations,
    switch_generations,
)
from services.projections.engine.partitions import analyze_partitions
from services.projections.engine.projection import Projection, Target

HERE: Final = "services.projections.engine"
WITHIN: Final = 5_000
"""Events that one generation may lag behind the other and catch up in the switch."""
Generations = dict[str, Generation]
log = structlog.get_logger(__name__)


class Switching:
    """Switches a ledger's readers to what was built for them.

    Both generations are locked for the time it takes, so the read model does not move
    meanwhile; readers wait for nothing. What they see never goes back: the new rows are
    at least as far as the old.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]], batches: Batches) -> None:
        self._pool = pool
        self._batches = batches

    def attempt(self, projection: Projection, ledger: str) -> bool:
        """Switch if what was built is ready; whether readers now use it."""
        with self._pool.connection() as connection:
            ready = _ready(
                read_generations(connection, ledger, projection.name), projection
            )
        if ready is None:
            return False
        analyze_partitions(self._pool, projection, ready.number)
        try:
            with self._pool.connection() as connection, connection.transaction():
                return self._switch(connection, projection, ledger)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (told where people look)
            self._fail(projection, ledger, ready, error)
            return False

    def _switch(
        self, connection: Connection[Any], projection: Projection, ledger: str
    ) -> bool:
        found = lock_generations(connection, ledger, projection.name)
        built = _ready(found, projection)
        if built is None:
            return False
        live = found["live"]
        position = max(live.position, built.position)
        self._bring(connection, projection, ledger, built, position)
        if _comparable(live, built):
            self._bring(connection, projection, ledger, live, position)
            differences = compare(connection, projection, ledger, live, built)
            if differences:
                _keep_live(connection, projection, ledger, built, differences)
                return False
        switch_generations(connection, ledger, projection.name, built)
        told = (f"{ledger}/{projection.name} {position}",)
        connection.execute(statement(HERE, "notify"), told)
        log.info(
            "generation_switched",
            projection=projection.name,
            ledger=ledger,
            generation=built.number,
            version=built.version,
            position=position,
        )
        return True

    def _bring(
        self,
        connection: Connection[Any],
        projection: Projection,
        ledger: str,
        generation: Generation,
        position: int,
    ) -> None:
        """Apply the last few events that one generation lacks, all of them."""
        at, number = generation.position, generation.number
        target = Target(ledger, self._batches.zone(connection, ledger), number)
        while at < position:
            # What is remembered may be fewer than there are by now.
            most = position - at
            events = self._batches.after(connection, ledger, at, most)
            projection.apply(connection, target, events)
            at = events[-1].position
            moved = (at, ledger, projection.name, number)
            connection.execute(statement(HERE, "move_checkpoint"), moved)

    def _fail(
        self, projection: Projection, ledger: str, built: Generation, error: Exception
    ) -> None:
        """Stop trying until somebody looks; the readers keep what they have."""
        named = {"projection": projection.name, "ledger": ledger}
        log.error("switch_failed", **named, exc_info=error)
        told = f"The switch failed: {kind_of(error)}"
        failed = {**named, "generation": built.number, "error": told}
        with self._pool.connection() as connection:
            connection.execute(statement(HERE, "fail_switch"), failed)


def compare(
    connection: Connection[Any],
    projection: Projection,
    ledger: str,
    live: Generation,
    built: Generation,
) -> list[str]:
    """In which tables two generations at the same position have other rows."""
    differences = []
    for table in projection.tables:
        asked = {
            "table": table,
            "ledger": ledger,
            "ignored": list(projection.of_batches),
        }
        old, new = (
            connection.execute(
                statement(HERE, "rows_checksum"), {**asked, "generation": g.number}
            ).fetchone()
            or (0, 0)
            for g in (live, built)
        )
        if old[0] != new[0]:
            differences.append(f"{table} has {new[0]} rows and not {old[0]}")
        elif old != new:
            differences.append(f"{table} has other content in its {new[0]} rows")
    return differences


def _ready(found: Generations, projection: Projection) -> Generation | None:
    """What was built, once it is close enough to what readers use."""
    built = next((found[state] for state in BUILT if state in found), None)
    if built is None or built.error or built.version != projection.version:
        return None
    if built.ranges:
        return None
    return built if found["live"].position - built.position <= WITHIN else None


def _comparable(live: Generation, built: Generation) -> bool:
    """A new version may make other rows, and a halted one cannot come along.

    Whoever goes back to what was kept knows that it differs.
    """
    is_new = built.state == "building"
    return is_new and live.version == built.version and live.error is None


def _keep_live(
    connection: Connection[Any],
    projection: Projection,
    ledger: str,
    built: Generation,
    differences: list[str],
) -> None:
    told = f"Built anew, {'; '.join(differences)}."
    named = {"projection": projection.name, "ledger": ledger}
    log.error("generations_differ", **named, differences=differences)
    differing = {**named, "generation": built.number, "error": told[:500]}
    connection.execute(statement(HERE, "differ"), differing)
