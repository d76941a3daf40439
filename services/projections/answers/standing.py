"""Where projections stand: the rows that readers use, and how far these are."""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection
from psycopg_pool import ConnectionPool

from services.foundation.database import statement

HERE: Final = "services.projections.answers"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a projection of a ledger stands."""

    generation: int
    position: int
    halted: bool


NOWHERE: Final = Standing(1, 0, halted=False)


@dataclass(slots=True)
class Standings:
    """Where the projections of a ledger stand, read once for a whole request."""

    pool: ConnectionPool[Connection[Any]]
    ledger: str
    known: dict[str, Standing] | None = None

    def of(self, projection: str) -> Standing:
        """Where one stands."""
        if self.known is None:
            with self.pool.connection() as connection:
                named = {"ledger": self.ledger}
                rows = connection.execute(statement(HERE, "standings"), named)
                self.known = {name: Standing(*row) for name, *row in rows}
        return self.known.get(projection, NOWHERE)


def read_checkpoint(connection: Connection[Any], name: str) -> int:
    """The position of a checkpoint named `<ledger>/<projection>`."""
    parameters = tuple(name.split("/"))
    row = connection.execute(statement(HERE, "standing"), parameters).fetchone()
    return 0 if row is None else int(row[0])
