"""Audits asked for, under way and finished: the rows of `verifications`."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import class_row

from services.foundation.database import statement
from services.foundation.ids import new_event_id
from services.projections.audit.audit import Audit

HERE: Final = "services.projections.audit"
SEEDS: Final = 2**31
KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Requested:
    """An audit that is to be made."""

    id: str
    seed: int
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """A finished audit."""

    id: str
    started_at: datetime
    finished_at: datetime
    position: int
    seed: int
    ok: bool
    checked: dict[str, int]
    found: int
    problems: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The newest results of all ledgers together."""

    ledgers: int
    failing: int
    problems: int
    oldest_finished_at: datetime | None


def request(
    connection: Connection[Any], ledger: str, seed: int | None = None
) -> Requested:
    """Have a ledger audited; one that is waiting or under way serves as well."""
    new = {
        "ledger": ledger,
        "id": new_event_id(),
        "seed": secrets.randbelow(SEEDS) if seed is None else seed,
    }
    connection.execute(statement(HERE, "request"), new)
    found = _one(connection, "unfinished", ledger)
    return Requested(*found) if found else request(connection, ledger, seed)


def find_due(connection: Connection[Any], every: timedelta) -> list[str]:
    """Ledgers that nobody has audited for so long."""
    rows = connection.execute(statement(HERE, "find_due"), {"every": every})
    return [ledger for (ledger,) in rows]


def find_unfinished(connection: Connection[Any]) -> list[str]:
    """Ledgers that are to be audited."""
    rows = connection.execute(statement(HERE, "find_unfinished"))
    return [ledger for (ledger,) in rows]


def claim(connection: Connection[Any], ledger: str) -> Requested | None:
    """Claim the audit of a ledger until the transaction ends; None when another has it.

    Whoever dies with it gives it back.
    """
    found = _one(connection, "claim", ledger)
    return None if found is None else Requested(*found)


def finish(
    connection: Connection[Any], ledger: str, asked: Requested, audit: Audit
) -> None:
    """Keep the result; old ones that found nothing go."""
    told = {
        "ledger": ledger,
        "id": asked.id,
        "started_at": audit.started_at,
        "finished_at": audit.finished_at,
        "position": audit.position,
        "ok": audit.ok,
        "checked": json.dumps(audit.found.checked),
        "found": audit.found.count,
        "problems": json.dumps([asdict(f) for f in audit.found.findings]),
    }
    connection.execute(statement(HERE, "finish"), told)
    connection.execute(statement(HERE, "forget"), {"ledger": ledger, "kept": KEPT})


def latest(connection: Connection[Any], ledger: str) -> Result | None:
    """The newest result of a ledger."""
    with connection.cursor(row_factory=class_row(Result)) as cursor:
        cursor.execute(statement(HERE, "latest"), {"ledger": ledger})
        return cursor.fetchone()


def overview(connection: Connection[Any]) -> Overview:
    """How the newest audits of all ledgers ended."""
    row = connection.execute(statement(HERE, "overview")).fetchone()
    return Overview(0, 0, 0, None) if row is None else Overview(*row)


def _one(connection: Connection[Any], name: str, ledger: str) -> Any:
    return connection.execute(statement(HERE, name), {"ledger": ledger}).fetchone()
