"""Writing the rows of relationships, in the transaction of a step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement
from services.projections.engine.projection import Target
from services.projections.relationship.folded import Folded
from services.projections.relationship.rows import Rows

HERE: Final = "services.projections.relationship"


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one ledger and generation."""

    connection: Connection[Any]
    target: Target

    def delete(self, tables: Iterable[str], partners: Sequence[str]) -> None:
        """Delete every row of some partners."""
        if not partners:
            return
        parameters = (self.target.ledger, self.target.generation, list(partners))
        for table in tables:
            self.connection.execute(statement(HERE, f"delete_{table}"), parameters)

    def copy(self, rows: Rows) -> None:
        """Write rows of which none is there yet."""
        for table, new in rows.items():
            if not new:
                continue
            with self.connection.cursor().copy(statement(HERE, f"copy_{table}")) as to:
                for row in new:
                    to.write_row(row)

    def change(self, folded: Iterable[Folded]) -> None:
        """Add to what is open, then drop what was closed."""
        changed = [
            (one.partner, *key, change)
            for one in folded
            for key, change in one.changes.items()
            if change.made is None
        ]
        if not changed:
            return
        closed = [change.closed for *_, change in changed]
        parameters = {
            "ledger": self.target.ledger,
            "generation": self.target.generation,
            "partners": [partner for partner, *_ in changed],
            "kinds": [kind for _, kind, *_ in changed],
            "refs": [ref for _, _, ref, _ in changed],
            "totals": [change.total for *_, change in changed],
            "delivered": [change.delivered for *_, change in changed],
            "accepted": [change.accepted for *_, change in changed],
            "closed": closed,
        }
        self.connection.execute(statement(HERE, "change_promises"), parameters)
        if any(closed):
            self.connection.execute(statement(HERE, "drop_closed_promises"), parameters)
