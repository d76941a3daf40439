"""Ranges of whole partners, by which a generation is built from nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from psycopg import Connection

from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, merged_groups, read_streams
from services.projections.engine.partitions import begin_partitions
from services.projections.engine.projection import Projection

HERE: Final = "services.projections.engine"
BEYOND: Final = "\U0010ffff"
"""After every name there can be."""


@dataclass(frozen=True, slots=True)
class Range:
    """The partners of a ledger from one name on and before another, up to a position.

    Merged partners are where the first name of those tied together is.
    """

    ledger: str
    first: str
    before: str
    up_to: int

    @property
    def named(self) -> dict[str, Any]:
        """As statements name it."""
        return {
            "ledger": self.ledger,
            "first": self.first,
            "before": self.before,
            "up_to": self.up_to,
        }

    def holds(self, partner: str) -> bool:
        """Whether a name is one of the range: in order of code points."""
        return self.first <= partner < self.before


class Claim(NamedTuple):
    """A range that one projection wants and nobody else is at."""

    projection: str
    generation: int
    n: int


class Ranges(NamedTuple):
    """How many ranges a generation was parted into, and how many are not yet built."""

    every: int
    open: int
    up_to: int
    generation: int

    @property
    def are_built(self) -> bool:
        """Whether there were some, and all are built."""
        return self.every > 0 and self.open == 0


def to_plan(
    connection: Connection[Any], projection: Projection, ledger: str, most: int
) -> tuple[int, int] | None:
    """The generation that is to be parted into ranges, and the ledger's head.

    None when there is none, or the ledger has at most so many events: that is one step.
    """
    asked = _of(projection, ledger)
    found = connection.execute(statement(HERE, "find_unplanned"), asked).fetchone()
    return None if found is None or found[1] <= most else (found[0], found[1])


def plan(
    connection: Connection[Any], projection: Projection, ledger: str, most: int
) -> None:
    """Part what is to be built into ranges, if that is still to be done.

    The caller has claimed it.
    """
    found = to_plan(connection, projection, ledger, most)
    if found is None:
        return
    generation, head = found
    begin_partitions(connection, projection, generation)
    made = {**_of(projection, ledger), "generation": generation}
    adopted = connection.execute(statement(HERE, "adopt_ranges"), made)
    if not adopted.rowcount:
        parts = {"most": most, "position": head, "beyond": BEYOND}
        connection.execute(statement(HERE, "plan_ranges"), made | parts)


def count_ranges(
    connection: Connection[Any], projection: Projection, ledger: str
) -> Ranges:
    """The ranges of the generation of a projection that is being built."""
    counted = connection.execute(
        statement(HERE, "count_ranges"), _of(projection, ledger)
    )
    return Ranges(*(counted.fetchone() or (0, 0, 0, 0)))


def claim_range(
    connection: Connection[Any], projections: Collection[Projection], ledger: str
) -> tuple[Range, Sequence[Claim]] | None:
    """A range that nobody is at, and who wants it; kept until the transaction ends."""
    wanted = {
        "ledger": ledger,
        "projections": [p.name for p in projections],
        "versions": [p.version for p in projections],
    }
    found = connection.execute(statement(HERE, "find_ranges"), wanted).fetchall()
    for row in found:
        one = Range(ledger, *row)
        asked = wanted | one.named
        rows = connection.execute(statement(HERE, "claim_range"), asked).fetchall()
        claims = [c for c in (Claim(*row) for row in rows) if _held(connection, one, c)]
        if claims:
            return one, claims
    return None


def _held(connection: Connection[Any], wanted: Range, claim: Claim) -> bool:
    named = {"ledger": wanted.ledger, **claim._asdict()}
    row = connection.execute(statement(HERE, "hold_generation"), named).fetchone()
    return row is not None


def read_groups(
    connection: Connection[Any], wanted: Range
) -> list[Sequence[StoredEvent]]:
    """The events of a range: of each partner, or of all those tied by merges."""
    tied = merged_groups(connection, wanted.ledger, wanted.up_to)
    rows = connection.execute(statement(HERE, "read_range"), wanted.named)
    alone: dict[str, list[StoredEvent]] = {}
    for row in rows:
        event = StoredEvent(*row)
        if event.partner not in tied:
            alone.setdefault(event.partner, []).append(event)
    here = {group for group in tied.values() if wanted.holds(min(group))}
    return [*alone.values(), *(_whole(connection, wanted, group) for group in here)]


def _whole(
    connection: Connection[Any], wanted: Range, group: Collection[str]
) -> Sequence[StoredEvent]:
    ledger, up_to = wanted.ledger, wanted.up_to
    return read_streams(connection, ledger, sorted(group), up_to=up_to)


def _of(projection: Projection, ledger: str) -> dict[str, Any]:
    return {
        "ledger": ledger,
        "projection": projection.name,
        "version": projection.version,
    }
