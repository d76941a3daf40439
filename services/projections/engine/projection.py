"""What a projection is to the engine."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from psycopg import Connection

from contracts.events import RecordedEvent


@dataclass(frozen=True, slots=True)
class Target:
    """Whose rows a batch writes: a ledger, its time zone, and a generation."""

    ledger: str
    zone: ZoneInfo
    generation: int


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
