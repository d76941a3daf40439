"""The rows of relationships: a batch moves its partners on, or folds them anew."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection

from contracts.events import RecordedEvent
from services.projections.engine.projection import Group, Target
from services.projections.relationship import memory
from services.projections.relationship.batch import TABLES, Batch
from services.projections.relationship.fold.relationship import VERSION
from services.projections.relationship.whole import write_whole

__all__ = ["HERE", "PARTNERS_AT_ONCE", "TABLES", "RelationshipProjection"]

HERE: Final = "services.projections.relationship"
PARTNERS_AT_ONCE: Final = 100


class RelationshipProjection:
    """How each relationship stands: stages, contacts, goals, people, open promises."""

    name = "relationship"
    version = VERSION
    tables = TABLES
    of_batches = ("position",)

    def apply(
        self,
        connection: Connection[Any],
        target: Target,
        events: Sequence[RecordedEvent],
    ) -> None:
        """Move on the partners of a batch; fold anew those whose past it changes."""
        begins = events[0].position - 1
        known = memory.take(target, begins)
        batch = Batch.read(connection, target, events, known)
        anew = batch.without_order()
        moved, late = batch.moved_on(anew)
        batch.write(moved)
        everyone = sorted(batch.together(anew | late))
        for start in range(0, len(everyone), PARTNERS_AT_ONCE):
            batch.fold_anew(everyone[start : start + PARTNERS_AT_ONCE])
        memory.keep(target, batch.known)

    def build(
        self,
        connection: Connection[Any],
        target: Target,
        groups: Sequence[Group],
        up_to: int,
    ) -> None:
        """Fold whole partners and copy all rows of theirs."""
        write_whole(connection, target, groups, up_to)
