"""The append transaction: lock the head, decide, insert, move the head, commit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import Connection

from contracts.events import LEDGER_STREAM
from contracts.quantity import exact_arithmetic
from services.foundation.database import statement
from services.foundation.event_log import StoredEvent
from services.foundation.sealing import Keyring
from services.ledger.privacy.subjects import person_told_of
from services.ledger.privacy.vault import Vault
from services.ledger.store import recordings as r
from services.ledger.store.batch import Batch
from services.ledger.store.claims import Claims, find_claims, keys_of
from services.ledger.store.states import LedgerStates

HERE: Final = "services.ledger.store"
CLOCK_AHEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger's log ends, and the time that the next events get."""

    position: int
    recorded_at: datetime
    at_most: int | None


def lock_head(connection: Connection[Any], ledger: str) -> Head:
    """Lock the head of a ledger until the transaction ends."""
    row = connection.execute(
        statement(HERE, "lock_head"), {"ledger": ledger}
    ).fetchone()
    if row is None:
        raise UnknownLedgerError(ledger)
    position, recorded_at, now, at_most = row
    if recorded_at - now > CLOCK_AHEAD:
        raise r.Unavailable
    return Head(position, max(now, recorded_at), at_most)


class UnknownLedgerError(Exception):
    """The ledger does not exist."""


def find_zone(connection: Connection[Any], ledger: str) -> ZoneInfo:
    """The time zone of a ledger."""
    row = connection.execute(statement(HERE, "find_ledger"), (ledger,)).fetchone()
    if row is None:
        raise UnknownLedgerError(ledger)
    return ZoneInfo(row[0])


def begin_batch(
    connection: Connection[Any],
    states: LedgerStates,
    submissions: Sequence[r.Submission],
    keyring: Keyring,
) -> Batch:
    """Lock the head and read, set-wise, all that the decisions need."""
    everything = [x for s in submissions for x in s.recordings]
    recordings = [x for x in everything if isinstance(x, r.Recording)]
    head = lock_head(connection, states.ledger)
    states.catch_up(connection, head.position)
    keys = keys_of(recordings)
    found = find_claims(connection, states.ledger, keys) if keys else {}
    states.load(connection, partners_named(recordings))
    ids = {i.causation for rec in recordings for i in rec.items if i.causation}
    recorded = find_ids(connection, states.ledger, ids)
    claims = Claims(connection, states.ledger, found)
    keyring.refresh()
    vault = Vault(connection, states.ledger, keyring)
    vault.look_up(people_told_of(recordings))
    return Batch(
        connection,
        states,
        head.position,
        head.recorded_at,
        claims,
        vault,
        recorded,
        head.at_most,
    )


def partners_named(recordings: Collection[r.Recording]) -> set[str]:
    """The streams that recordings are of, or name."""
    items = [item for recording in recordings for item in recording.items]
    named = {LEDGER_STREAM, *(item.partner for item in items)}
    for item in items:
        if item.data.named:
            kinds = item.data.references()
            named.update(ref for _, kind, ref in kinds if kind == "partner")
    return named


def people_told_of(recordings: Collection[r.Recording]) -> set[str]:
    """The people whose keys recordings may need."""
    items = (item for recording in recordings for item in recording.items)
    told = (person_told_of(item.data, item.partner) for item in items)
    return {person for person in told if person is not None}


def find_ids(connection: Connection[Any], ledger: str, ids: Iterable[str]) -> set[str]:
    """Which of some events are recorded."""
    wanted = list(ids)
    if not wanted:
        return set()
    rows = connection.execute(statement(HERE, "find_ids"), (ledger, wanted))
    return {id_ for (id_,) in rows}


def decide_all(
    batch: Batch, submissions: Sequence[r.Submission]
) -> list[list[r.Outcome]]:
    """Decide what queued, in order."""
    with exact_arithmetic():
        return [batch.submit(submission) for submission in submissions]


def write(
    connection: Connection[Any], ledger: str, rows: Sequence[StoredEvent]
) -> None:
    """Insert the rows, move the head and tell listeners; the caller commits."""
    insert(connection, ledger, rows)
    last = rows[-1]
    parameters = (last.position, last.recorded_at, ledger)
    connection.execute(statement(HERE, "move_head"), parameters)
    payload = f"{ledger} {last.position}"
    connection.execute(statement(HERE, "notify"), (payload,))


def insert(
    connection: Connection[Any], ledger: str, rows: Sequence[StoredEvent]
) -> None:
    """Insert rows by COPY, which costs a quarter of INSERT from arrays a row."""
    with connection.cursor().copy(statement(HERE, "copy_events")) as copy:
        for row in rows:
            copy.write_row((ledger, *row))
