"""Steps of projections: rows and checkpoint in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.foundation.failures import kind_of
from services.foundation.telemetry import FOLDED
from services.projections.engine.batches import Batches
from services.projections.engine.building import EVENTS_A_RANGE, Building
from services.projections.engine.culprits import AWAY
from services.projections.engine.generations import BUILT, LIVE, request_rebuild
from services.projections.engine.partitions import GRACE, make_partitions, sweep
from services.projections.engine.projection import Projection, Target
from services.projections.engine.switching import Switching

HERE: Final = "services.projections.engine"
EVENTS_A_STEP: Final = 5_000
FIRST_GENERATION: Final = 1
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Behind:
    """A ledger that a projection has not caught up with."""

    ledger: str
    projection: str


@dataclass(slots=True)
class Step:
    """A step being taken, as far as it came: what is known when it fails."""

    projection: Projection
    ledger: str
    states: Sequence[str]
    generation: int = 0
    position: int = 0
    events: Sequence[RecordedEvent] = ()

    @property
    def key(self) -> tuple[str, str, int]:
        """Which rows it writes."""
        return (self.ledger, self.projection.name, self.generation)

    @property
    def named(self) -> dict[str, Any]:
        """Its checkpoint, as statements name it."""
        return {
            "ledger": self.ledger,
            "projection": self.projection.name,
            "generation": self.generation,
            "version": self.projection.version,
            "states": list(self.states),
        }

    @property
    def last(self) -> int:
        """The position that it moves the checkpoint to."""
        return self.events[-1].position if self.events else self.position


class Engine:
    """Moves projections forward; one for each worker."""

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], a_range: int = EVENTS_A_RANGE
    ) -> None:
        self._pool = pool
        self._batches = Batches()
        self._memory: dict[str, Any] = {}
        self._suspects: dict[tuple[str, str, int], int] = {}
        self._switching = Switching(pool, self._batches)
        self._building = Building(pool, self._batches, a_range)

    def prepare(self, projection: Projection) -> None:
        """Meet ledgers that are new, and have rows of older versions made anew."""
        made = {
            "projection": projection.name,
            "generation": FIRST_GENERATION,
            "version": projection.version,
        }
        with self._pool.connection() as connection:
            missing = connection.execute(statement(HERE, "find_unprepared"), made)
            if missing.fetchone() is not None:
                connection.execute(statement(HERE, "insert_checkpoints"), made)
                connection.execute(statement(HERE, "insert_active"), made)
        with self._pool.connection() as connection:
            rows = connection.execute(statement(HERE, "find_outdated"), made).fetchall()
            for (ledger,) in rows:
                new = (projection.name, projection.version)
                if request_rebuild(connection, ledger, *new):
                    log.info("rebuild_begun", ledger=ledger, projection=projection.name)

    def find_behind(self, projections: Collection[Projection]) -> list[Behind]:
        """Who is behind, least recently advanced first; takes no lock."""
        return self._find("find_behind", projections)

    def find_building(self, projections: Collection[Projection]) -> list[Behind]:
        """Where a generation is being built, least recently advanced first."""
        return self._find("find_building", projections)

    def _find(self, name: str, projections: Collection[Projection]) -> list[Behind]:
        known = {
            "projections": [p.name for p in projections],
            "versions": [p.version for p in projections],
        }
        with self._pool.connection() as connection:
            rows = connection.execute(statement(HERE, name), known)
            return [Behind(*row) for row in rows]

    def advance(
        self, projection: Projection, ledger: str, most: int = EVENTS_A_STEP
    ) -> bool:
        """Apply the next events of a ledger; True when there may be more.

        Nothing is done when another worker has the claim. An event that cannot be
        folded halts this projection of this ledger, and only that, once those before it
        are applied.
        """
        step = Step(projection, ledger, LIVE)
        return self._take(step, most)

    def build(
        self, projection: Projection, ledger: str, most: int = EVENTS_A_STEP
    ) -> bool:
        """Take a step of the generation being built; True when there may be more.

        What is built from nothing is built by ranges of partners first. Once it has
        caught up it takes the place of the live one.
        """
        if self._building.begin(projection, ledger).every:
            built = self.build_range([projection], ledger)
            return built or self._building.settle(projection, ledger)
        step = Step(projection, ledger, BUILT)
        more = self._take(step, most)
        caught_up = len(step.events) < most and step.key not in self._suspects
        if step.generation and caught_up:
            return self._switching.attempt(projection, ledger) or more
        return more

    def ranges_left(self, projection: Projection, ledger: str) -> int:
        """How much is left to do before a generation goes on event by event."""
        return self._building.left(projection, ledger)

    def build_range(self, projections: Collection[Projection], ledger: str) -> bool:
        """Build a range of partners for all projections that want it; False if none.

        Once all are built, attach a table instead.
        """
        taken = self._building.take(projections, ledger)
        return taken or self._building.attach(projections, ledger)

    def sweep(self, projection: Projection, grace: timedelta = GRACE) -> None:
        """Drop the rows of generations that nobody has used for a while."""
        sweep(self._pool, projection, grace)

    def _take(self, step: Step, most: int) -> bool:
        try:
            return self._advance(step, most)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 (whatever a fold raises halts it)
            if len(step.events) > 1:
                # Somewhere in this batch: what comes before it is applied all the same.
                self._suspects[step.key] = step.last
                return True
            self._halt(step, error)
            return False

    def _advance(self, step: Step, most: int) -> bool:
        with self._pool.connection() as connection, connection.transaction():
            claimed = connection.execute(statement(HERE, "claim"), step.named)
            row = claimed.fetchone()
            if row is None:
                return False
            step.generation, step.position = row
            if step.states == BUILT and step.position == 0:
                make_partitions(connection, step.projection, step.generation)
            most = self._careful(step, most)
            step.events = self._batches.after(
                connection, step.ledger, step.position, most
            )
            if not step.events:
                return False
            self._apply(connection, step)
        FOLDED.labels(step.projection.name).inc(len(step.events))
        return True

    def _careful(self, step: Step, most: int) -> int:
        """Fewer events while one of the next cannot be folded, down to that one."""
        suspect = self._suspects.get(step.key, 0)
        if suspect <= step.position:
            self._suspects.pop(step.key, None)
            return most
        return min(most, max(1, (suspect - step.position) // 2))

    def _apply(self, connection: Connection[Any], step: Step) -> None:
        connection.execute(statement(HERE, "do_not_wait_for_disk"))
        zone = self._batches.zone(connection, step.ledger)
        target = Target(step.ledger, zone, step.generation, self._memory)
        step.projection.apply(connection, target, step.events)
        moved = (step.last, step.ledger, step.projection.name, step.generation)
        connection.execute(statement(HERE, "move_checkpoint"), moved)
        if step.states == LIVE:
            payload = (f"{step.ledger}/{step.projection.name} {step.last}",)
            connection.execute(statement(HERE, "notify"), payload)

    def _halt(self, step: Step, error: Exception) -> None:
        self._suspects.pop(step.key, None)
        culprit = step.events[0].id if step.events else None
        log.error(
            "projection_halted",
            projection=step.projection.name,
            ledger=step.ledger,
            generation=step.generation,
            position=step.position + 1,
            event_id=culprit,
            exc_info=error,
        )
        told = {"position": step.position, "error": kind_of(error)}
        halted = {**step.named, **told}
        with self._pool.connection() as connection:
            connection.execute(statement(HERE, "halt"), halted)
