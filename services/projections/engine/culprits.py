"""The event because of which a range cannot be built, and telling of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from psycopg import Connection, InterfaceError, OperationalError

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent, decode
from services.foundation.failures import kind_of
from services.projections.engine.projection import Group, Projection, Target
from services.projections.engine.ranges import Claim

HERE: Final = "services.projections.engine"
AWAY: Final = (OperationalError, InterfaceError)
"""The database is away or asks to try again: no event is at fault."""
log = structlog.get_logger(__name__)


class CannotDecode(Exception):
    """An event that is stored cannot be read."""

    def __init__(self, event: StoredEvent, error: Exception) -> None:
        super().__init__(str(error))
        self.event, self.error = event, error


@dataclass(frozen=True, slots=True)
class Culprit:
    """The event that cannot be folded, if it is one, and what is said of it."""

    position: int | None
    event: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class Work:
    """The partners of a range, to be folded for one projection."""

    projection: Projection
    target: Target
    up_to: int
    groups: Sequence[Group]

    def write(self, connection: Connection[Any], groups: Sequence[Group]) -> None:
        """Write the rows of some of them."""
        self.projection.build(connection, self.target, groups, self.up_to)


def decoded(rows: Sequence[StoredEvent]) -> list[RecordedEvent]:
    """The events that rows hold. Raises CannotDecode."""
    try:
        return [decode(row) for row in rows]
    except Exception:
        for row in rows:
            _decode_or_tell(row)
        raise


def _decode_or_tell(row: StoredEvent) -> None:
    try:
        decode(row)
    except Exception as error:
        raise CannotDecode(row, error) from error


def find_culprit(connection: Connection[Any], work: Work, error: Exception) -> Culprit:
    """The first event with which the partners before it can no longer be folded."""
    for group in work.groups:
        if _fails(connection, work, group):
            good, bad = 0, len(group)
            while bad - good > 1:
                middle = (good + bad) // 2
                fails = _fails(connection, work, group[:middle])
                good, bad = (good, middle) if fails else (middle, bad)
            return Culprit(group[good].position, group[good].id, error)
    return Culprit(None, None, error)  # not of one group; what it said is told


def _fails(connection: Connection[Any], work: Work, group: Group) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            work.write(connection, [group])
    except AWAY:
        raise
    except Exception:  # noqa: BLE001 (told by whoever asked)
        return True
    return False


def halt(
    connection: Connection[Any], ledger: str, claim: Claim, culprit: Culprit
) -> None:
    """Build no further, and tell why where people look."""
    named = {
        "projection": claim.projection,
        "ledger": ledger,
        "generation": claim.generation,
    }
    log.error(
        "projection_halted",
        **named,
        position=culprit.position,
        event_id=culprit.event,
        exc_info=culprit.error,
    )
    told = {"error": kind_of(culprit.error), "halted_at": culprit.position}
    halted = {**named, **told}
    connection.execute(statement(HERE, "halt_build"), halted)
