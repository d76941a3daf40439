"""What a projection is to the engine."""

from collections.abc import Sequence
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

    name: str
    version: int

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Fold the next events and write the rows, in the caller's transaction."""
