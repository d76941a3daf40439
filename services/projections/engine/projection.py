"""What a projection is to the engine."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from psycopg import Connection

from contracts.events import RecordedEvent

Group = Sequence[RecordedEvent]
"""All events, in order of position, of a partner or of partners tied by merges."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whose rows a batch writes: a ledger, its time zone, and a generation.

    `memory` is what projections keep from step to step, as long as the engine lives.
    """

    ledger: str
    zone: ZoneInfo
    generation: int
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Projection(Protocol):
    """A read model: a name, the version of its fold, and how to apply a batch."""

    @property
    def name(self) -> str:
        """What readers call it."""

    @property
    def version(self) -> int:
        """Of the fold: higher when the same events make other rows."""

    @property
    def tables(self) -> Sequence[str]:
        """All that it writes, parted by generation."""

    @property
    def of_batches(self) -> Collection[str]:
        """Columns that tell of batches; all others are the same however these fell."""

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Fold the next events and write the rows, in the caller's transaction."""

    def build(
        self,
        connection: Connection[Any],
        target: Target,
        groups: Sequence[Group],
        up_to: int,
    ) -> None:
        """Fold whole partners and write all their rows as of a position.

        None of their rows is there yet. The rows are those that `apply` makes step by
        step of the same events.
        """
