"""Generations of a read model of one ledger: which there are, what is asked of them.

Whoever changes one locks the row of `active_generations` first, then checkpoints, so
that no two wait for each other; a step of a fold locks its own checkpoint only.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from services.foundation.database import statement

HERE: Final = "services.projections.engine"
LIVE: Final = ("live",)
BUILT: Final = ("building", "returning")
"""The states of a generation on its way to be the live one."""


class NoSuchProjection(Exception):
    """The ledger has no projection of that name."""


class NothingKept(Exception):
    """No earlier generation is kept to go back to."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of a projection of a ledger, and how far it is."""

    number: int
    version: int
    position: int
    state: str
    error: str | None
    retired_at: datetime | None
    ranges: int
    """Of those it was parted into: until all are built it has no position."""


def read_generations(
    connection: Connection[Any], ledger: str, projection: str
) -> dict[str, Generation]:
    """The generations of a projection that are of use, by their state."""
    every = _generations(connection, ledger, projection)
    return {g.state: g for g in every if g.state != "dropped"}


def lock_generations(
    connection: Connection[Any], ledger: str, projection: str
) -> dict[str, Generation]:
    """The same, and nobody else changes them before the transaction ends."""
    named = {"ledger": ledger, "projection": projection}
    found = connection.execute(statement(HERE, "lock_active"), named).fetchone()
    if found is None:
        raise NoSuchProjection(projection)
    connection.execute(statement(HERE, "lock_generations"), named)
    return read_generations(connection, ledger, projection)


def request_rebuild(
    connection: Connection[Any],
    ledger: str,
    projection: str,
    version: int | None = None,
) -> bool:
    """Have a new generation built beside the live one; False when one is under way.

    It is of the live one's version unless told otherwise. What was kept of an earlier
    one may go from now on. Raises NoSuchProjection.
    """
    with connection.transaction():
        found = lock_generations(connection, ledger, projection)
        wanted = version or found["live"].version
        under_way = found.get("building") or found.get("returning")
        if under_way is not None and under_way.version >= wanted:
            return False
        _retire(connection, ledger, projection, (*BUILT, "kept", "differs"))
        every = _generations(connection, ledger, projection)
        new = {
            "ledger": ledger,
            "projection": projection,
            "generation": max(g.number for g in every) + 1,
            "version": wanted,
        }
        connection.execute(statement(HERE, "insert_building"), new)
    return True


def cancel_rebuild(connection: Connection[Any], ledger: str, projection: str) -> None:
    """Stop building; what was built may go. Raises NoSuchProjection."""
    with connection.transaction():
        lock_generations(connection, ledger, projection)
        _retire(connection, ledger, projection, ("building", "differs"))
        _enter(connection, ledger, projection, ("returning", "kept"))


def request_rollback(connection: Connection[Any], ledger: str, projection: str) -> None:
    """Have the kept generation catch up and take the live one's place.

    A worker of its version does it. Raises NoSuchProjection and NothingKept.
    """
    with connection.transaction():
        found = lock_generations(connection, ledger, projection)
        if "returning" in found:
            return
        if "kept" not in found:
            raise NothingKept(projection)
        _retire(connection, ledger, projection, ("building", "differs"))
        _enter(connection, ledger, projection, ("kept", "returning"))


def resume(connection: Connection[Any], ledger: str, projection: str) -> None:
    """Try again where a projection has halted. Raises NoSuchProjection."""
    with connection.transaction():
        lock_generations(connection, ledger, projection)
        named = {"ledger": ledger, "projection": projection}
        connection.execute(statement(HERE, "clear_error"), named)


def switch_generations(
    connection: Connection[Any], ledger: str, projection: str, built: Generation
) -> None:
    """Let readers use what was built; the live one is kept, or goes when returned from.

    The caller has locked them.
    """
    old = "dropped" if built.state == "returning" else "kept"
    if old == "dropped":
        _retire(connection, ledger, projection, LIVE)
    else:
        _enter(connection, ledger, projection, ("live", old))
    _enter(connection, ledger, projection, (built.state, "live"))
    active = {"ledger": ledger, "projection": projection, "generation": built.number}
    connection.execute(statement(HERE, "switch_active"), active)


def _generations(
    connection: Connection[Any], ledger: str, projection: str
) -> list[Generation]:
    named = {"ledger": ledger, "projection": projection}
    rows = connection.execute(statement(HERE, "read_generations"), named)
    return [Generation(*row) for row in rows]


def _enter(
    connection: Connection[Any], ledger: str, projection: str, move: tuple[str, str]
) -> None:
    named = {"ledger": ledger, "projection": projection}
    states = {"state": move[0], "new": move[1]}
    connection.execute(statement(HERE, "enter_state"), named | states)


def _retire(
    connection: Connection[Any], ledger: str, projection: str, states: tuple[str, ...]
) -> None:
    named = {"ledger": ledger, "projection": projection, "states": list(states)}
    connection.execute(statement(HERE, "retire"), named)
