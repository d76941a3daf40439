"""Erasures, also noted outside the database, so that no restored copy undoes them."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from errno import ENOSPC
from pathlib import Path
from threading import Lock
from typing import Any, Final

import psycopg
import structlog
from psycopg import Connection

from services.foundation.database import normalise_dsn, statement
from services.foundation.event_log import StoredEvent, decode
from services.foundation.sealing import Keyring
from services.foundation.settings import Settings, SettingsError
from services.ledger.privacy.subjects import Stream
from services.ledger.privacy.vault import Erasure, destroy

HERE: Final = "services.ledger.privacy"
FILE: Final = "erasures.txt"
log = structlog.get_logger(__name__)
Noted = tuple[str, Erasure]


@dataclass(frozen=True, slots=True)
class Privacy:
    """The keys that wrap data keys, and the file that notes erasures."""

    keyring: Keyring
    file: Path
    lock: Lock = field(default_factory=Lock)
    unnoted: list[Noted] = field(default_factory=list)

    @classmethod
    def of(cls, settings: Settings) -> "Privacy":
        """What the settings say."""
        return cls.at(Keyring.of(settings.kek_path), settings.data_dir)

    @classmethod
    def at(cls, keyring: Keyring, data_dir: Path) -> "Privacy":
        """The erasures of a data folder."""
        return cls(keyring, data_dir / FILE)

    def note(self, ledger: str, erasures: Sequence[Erasure]) -> None:
        """Note erasures that are committed; a crash before it is healed at start.

        A disk that is full must not make a recording look as if it had failed: what
        cannot be noted is told in the log, and noted with the next.
        """
        if not erasures:
            return
        with self.lock:
            self.unnoted.extend((ledger, erasure) for erasure in erasures)
            try:
                append(self.file, self.unnoted)
            except OSError:
                log.exception("erasure_not_noted", file=str(self.file))
            else:
                self.unnoted.clear()


def append(file: Path, erasures: Sequence[Noted]) -> None:
    """Add lines to the file of erasures, on disk before this returns."""
    lines = "".join(
        json.dumps([ledger, one.event, one.subject, one.keep_notes]) + "\n"
        for ledger, one in erasures
    )
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _write_whole(descriptor, lines.encode())
    finally:
        os.close(descriptor)


def _write_whole(descriptor: int, lines: bytes) -> None:
    """Write lines of their own, also after one that a full disk cut off."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        lines = b"\n" + lines
    if os.write(descriptor, lines) < len(lines):
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    os.fsync(descriptor)


def read_file(file: Path) -> Iterator[Noted]:
    """The erasures of a file; a line that a crash cut off is in the log as well."""
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            ledger, event, subject, keep_notes = json.loads(line)
        except ValueError:
            log.warning("erasure_line_cut_off", file=str(file))
            continue
        yield ledger, Erasure(event, subject, keep_notes)


def erase_again(owner_dsn: str, privacy: Privacy) -> int:
    """Do every erasure again that the log or the file knows; how many there are.

    After a copy of the database was restored this takes away what came back with it.
    """
    with psycopg.connect(normalise_dsn(owner_dsn)) as connection:
        check_keyring(connection, privacy.keyring)
        noted = list(read_file(privacy.file))
        logged = list(_logged(connection))
        known = {(ledger, erasure.event) for ledger, erasure in noted}
        missing = [(led, e) for led, e in logged if (led, e.event) not in known]
        if missing:
            append(privacy.file, missing)
        for ledger, erasure in (*noted, *missing):
            destroy(connection, ledger, erasure)
    return len(noted) + len(missing)


def _logged(connection: Connection[Any]) -> Iterator[Noted]:
    ledgers = connection.execute(statement(HERE, "all_ledgers")).fetchall()
    for (ledger,) in ledgers:
        named = {"ledger": ledger}
        rows = connection.execute(statement(HERE, "erasure_events"), named)
        for row in rows:
            yield ledger, _erasure(decode(StoredEvent(*row)))


def _erasure(event: Any) -> Erasure:
    """Whom an event of the log erased: a person of its own stream, as rules demand."""
    stream = Stream(event.partner, is_person=False, has_person=lambda _: True)
    subject = stream.person(event.data.person)
    return Erasure(event.id, subject, bool(event.data.keep_notes))


def check_keyring(connection: Connection[Any], keyring: Keyring) -> None:
    """Refuse to start without a key that personal text needs."""
    rows = connection.execute(statement(HERE, "wrapping_keys")).fetchall()
    missing = {name for (name,) in rows} - keyring.names
    if missing:
        sentence = (
            f"Personal text is sealed under {', '.join(sorted(missing))}, which the"
            " file of LEDGER_KEK_FILE does not hold: put back the file that belongs to"
            " this database. Without that key the text is lost, and nothing else."
        )
        raise SettingsError(sentence)
