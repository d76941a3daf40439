"""Building a generation from nothing: whole partners at once, range by range."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import statement
from services.foundation.telemetry import FOLDED
from services.projections.engine.batches import Batches
from services.projections.engine.culprits import (
    AWAY,
    CannotDecode,
    Culprit,
    Work,
    decoded,
    find_culprit,
    halt,
)
from services.projections.engine.partitions import attach_partition, find_detached
from services.projections.engine.projection import Projection, Target
from services.projections.engine.ranges import (
    Claim,
    Range,
    Ranges,
    claim_range,
    count_ranges,
    plan,
    read_groups,
    to_plan,
)

HERE: Final = "services.projections.engine"
EVENTS_A_RANGE: Final = 5_000


class Building:
    """Builds generations by ranges, each in one transaction with its being done.

    Any number of processes do so side by side. Every range is of the same position, at
    which the generation goes on event by event once all are there.
    """

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], batches: Batches, most: int
    ) -> None:
        self._pool = pool
        self._batches = batches
        self._most = most

    def begin(self, projection: Projection, ledger: str) -> Ranges:
        """The ranges of what is being built, parted now if it was not; maybe none."""
        with self._pool.connection() as connection, connection.transaction():
            asked = (projection, ledger, self._most)
            if to_plan(connection, *asked) and _claimed(connection, projection, ledger):
                plan(connection, *asked)
            return count_ranges(connection, projection, ledger)

    def take(self, projections: Collection[Projection], ledger: str) -> bool:
        """Build a range for all that want it; False when none is open to us."""
        by_name = {p.name: p for p in projections}
        with self._pool.connection() as connection, connection.transaction():
            found = claim_range(connection, projections, ledger)
            if found is None:
                return False
            wanted, claims = found
            connection.execute(statement(HERE, "do_not_wait_for_disk"))
            self._build(connection, wanted, claims, by_name)
        return True

    def _build(
        self,
        connection: Connection[Any],
        wanted: Range,
        claims: Sequence[Claim],
        by_name: Mapping[str, Projection],
    ) -> None:
        stored = read_groups(connection, wanted)
        zone = self._batches.zone(connection, wanted.ledger)
        try:
            groups = [decoded(rows) for rows in stored]
        except CannotDecode as error:
            culprit = Culprit(error.event.position, error.event.id, error.error)
            for claim in claims:
                halt(connection, wanted.ledger, claim, culprit)
            return
        for claim in claims:
            target = Target(wanted.ledger, zone, claim.generation)
            work = Work(by_name[claim.projection], target, wanted.up_to, groups)
            _make(connection, wanted, claim, work)

    def left(self, projection: Projection, ledger: str) -> int:
        """How many ranges are to be built, or, once all are, tables to be attached."""
        ranges = self.begin(projection, ledger)
        if not ranges.are_built:
            return ranges.open
        with self._pool.connection() as connection:
            return len(find_detached(connection, projection, ranges.generation))

    def attach(self, projections: Collection[Projection], ledger: str) -> bool:
        """Attach a table of a generation whose ranges are all built; False if none is.

        That makes its indexes: of all rows at once it costs half.
        """
        return any(self._attach(projection, ledger) for projection in projections)

    def _attach(self, projection: Projection, ledger: str) -> bool:
        with self._pool.connection() as connection:
            ranges = count_ranges(connection, projection, ledger)
            if not ranges.are_built:
                return False
            tables = find_detached(connection, projection, ranges.generation)
            try:
                with connection.transaction():
                    return any(
                        attach_partition(connection, table, ranges.generation)
                        for table in tables
                    )
            except AWAY:
                raise
            except Exception as error:  # noqa: BLE001 (rows that are there twice)
                claim = Claim(projection.name, ranges.generation, 0)
                halt(connection, ledger, claim, Culprit(None, None, error))
                return True

    def settle(self, projection: Projection, ledger: str) -> bool:
        """Let a generation whose ranges are all built go on event by event."""
        with self._pool.connection() as connection, connection.transaction():
            generation = _claimed(connection, projection, ledger)
            ranges = count_ranges(connection, projection, ledger)
            if generation is None or not ranges.are_built:
                return False
            if find_detached(connection, projection, generation):
                return False
            moved = (ranges.up_to, ledger, projection.name, generation)
            connection.execute(statement(HERE, "move_checkpoint"), moved)
            named = {"ledger": ledger, "projection": projection.name}
            built = named | {"generation": generation}
            connection.execute(statement(HERE, "delete_ranges"), built)
        return True


def _claimed(
    connection: Connection[Any], projection: Projection, ledger: str
) -> int | None:
    """The generation that is being built, if nobody else is at it."""
    claim = {
        "ledger": ledger,
        "projection": projection.name,
        "version": projection.version,
        "states": ["building"],
    }
    row = connection.execute(statement(HERE, "claim"), claim).fetchone()
    return None if row is None else row[0]


def _make(connection: Connection[Any], wanted: Range, claim: Claim, work: Work) -> None:
    """Write the rows of a range for one projection, or say why that cannot be."""
    try:
        with connection.transaction():
            work.write(connection, work.groups)
            done = {"ledger": wanted.ledger, **claim._asdict()}
            connection.execute(statement(HERE, "finish_range"), done)
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 (whatever a fold raises halts it)
        halt(connection, wanted.ledger, claim, find_culprit(connection, work, error))
    else:
        events = sum(len(group) for group in work.groups)
        FOLDED.labels(claim.projection).inc(events)
