"""What the ledger needs of its machine and its database, looked at one by one."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import Connection
from psycopg.rows import namedtuple_row

from services.foundation.database import normalise_dsn, statement
from services.foundation.ledgers import OWNER_KEY_FILE
from services.foundation.migrations.runner import pending
from services.foundation.settings import Settings

HERE: Final = "services.cli"
OLDEST, NEWEST = 15, 18
GUARDS: Final = {"events_immutable", "events_never_truncated"}
APART: Final = timedelta(minutes=5)
HEARD_WITHIN: Final = 5.0
CHANNEL: Final = "ledger_doctor"
UNSAFE: Final = "POSTGRES_ENABLE_DB_FUNCTIONS"
PRIVATE: Final = 0o077
"""The bits of a mode that let others in."""


class Finding(NamedTuple):
    """What was looked at, whether it is right, and what was seen."""

    name: str
    ok: bool
    said: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What is looked at: the settings, and the database as its owner."""

    settings: Settings
    dsn: str
    connection: Connection[Any]

    def ask(self, package: str, name: str) -> list[Any]:
        """The rows of a statement."""
        cursor = self.connection.cursor(row_factory=namedtuple_row)
        return cursor.execute(statement(package, name)).fetchall()


def examine(settings: Settings, dsn: str) -> Iterator[Finding]:
    """Look at everything in turn; what needs the tables waits for the migrations."""
    yield _environment()
    yield _secrets(settings)
    with psycopg.connect(normalise_dsn(dsn), autocommit=True) as connection:
        looked_at = Examined(settings, dsn, connection)
        yield from _server(looked_at)
        yield _hearing(looked_at)
        migrated = _migrations(looked_at)
        yield migrated
        if migrated.ok:
            yield from (probe(looked_at) for probe in PROBES)


def _environment() -> Finding:
    unsafe = os.environ.get(UNSAFE)
    said = f"{UNSAFE} makes readers skip events: unset it." if unsafe else "nothing odd"
    return Finding("environment", not unsafe, said)


def _secrets(settings: Settings) -> Finding:
    """Files that only their owner may read; one that is not there yet is made."""
    paths = (
        settings.data_dir / OWNER_KEY_FILE,
        settings.pepper_path,
        settings.kek_path,
        settings.signing_key_path,
    )
    found = [path for path in paths if path.exists()]
    loose = [str(path) for path in found if _lets_others_in(path)]
    if loose:
        return Finding("secrets", ok=False, said=f"Others may read {', '.join(loose)}.")
    return Finding("secrets", ok=True, said=f"{len(found)} files, yours alone")


def _lets_others_in(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & PRIVATE)


def _server(looked_at: Examined) -> Iterator[Finding]:
    (row,) = looked_at.ask(HERE, "server")
    version = row.version // 10_000
    fits = OLDEST <= version <= NEWEST
    yield Finding(
        "version", fits, f"PostgreSQL {version}; {OLDEST} to {NEWEST} will do"
    )
    yield Finding("encoding", row.encoding == "UTF8", row.encoding)
    usual = row.isolation == "read committed"
    yield Finding("isolation", usual, row.isolation)
    safe = "off" not in {row.fsync, row.full_page_writes, row.synchronous_commit}
    said = "a commit is on the disk" if safe else "a crash may lose what was answered"
    yield Finding("durability", safe, said)
    apart = abs(row.now - datetime.now(UTC))
    said = f"{apart.total_seconds():.1f} s from this machine's"
    yield Finding("clock", apart < APART, said)


def _hearing(looked_at: Examined) -> Finding:
    """Whether LISTEN works: through a transaction pooler it does not."""
    connection = looked_at.connection
    connection.execute(f"LISTEN {CHANNEL}")
    connection.execute(f"NOTIFY {CHANNEL}")
    heard = list(connection.notifies(timeout=HEARD_WITHIN, stop_after=1))
    said = (
        "notifications arrive" if heard else "Set LEDGER_DIRECT_DSN, past the pooler."
    )
    return Finding("notifications", bool(heard), said)


def _migrations(looked_at: Examined) -> Finding:
    left = pending(looked_at.dsn)
    said = f"Run `alliance-ledger migrate`: {len(left)} are new." if left else "all ran"
    return Finding("migrations", not left, said)


def _rights(looked_at: Examined) -> Finding:
    (row,) = looked_at.ask(HERE, "rights")
    few = row.may_read and row.may_add
    many = row.may_change or row.may_delete or row.may_empty
    said = "the service may change the log" if many else "reads and adds, nothing more"
    return Finding("rights", few and not many, said if few else "cannot record")


def _guards(looked_at: Examined) -> Finding:
    (server,) = looked_at.ask(HERE, "server")
    if server.is_sharded:  # Citus has no triggers on its tables, and needs two phases
        said = "no triggers on Citus; max_prepared_transactions must not be 0"
        return Finding("guards", server.prepared > 0, said)
    missing = GUARDS - {row.tgname for row in looked_at.ask(HERE, "guards")}
    said = f"without {', '.join(sorted(missing))}" if missing else "the log is guarded"
    return Finding("guards", not missing, said)


def _heads(looked_at: Examined) -> Finding:
    (row,) = looked_at.ask(HERE, "newest_head")
    ahead = row.recorded_at is not None and row.recorded_at > datetime.now(UTC) + APART
    said = (
        "The log is ahead of the clock: nothing can be recorded." if ahead else "past"
    )
    return Finding("heads", not ahead, said)


def _projections(looked_at: Examined) -> Finding:
    rows = looked_at.ask("services.projections.answers", "projection_metrics")
    halted = [row.projection for row in rows if row.halted]
    said = (
        f"halted: {', '.join(halted)}; see /v1/projections" if halted else "all go on"
    )
    return Finding("projections", not halted, said)


PROBES: Final[tuple[Callable[[Examined], Finding], ...]] = (
    _rights,
    _guards,
    _heads,
    _projections,
)
