"""The data keys of one append transaction: found, made, destroyed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection

from contracts.canonical import Json, canonical, parse_json
from services.foundation.database import statement
from services.foundation.sealing import KEY_BYTES, Keyring, Place, seal
from services.ledger.privacy.subjects import Private, sealed

HERE: Final = "services.ledger.privacy"
FOUNDATION: Final = "services.foundation"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whose keys go: the person's, and those of notes about them unless kept."""

    event: str
    subject: str
    keep_notes: bool


@dataclass(slots=True)
class Vault:
    """Seals what a transaction records; what it makes is stored with the events."""

    connection: Connection[Any]
    ledger: str
    keyring: Keyring
    known: dict[str, AESGCM | None] = field(default_factory=dict)
    made: list[tuple[str, str, bytes]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)

    def seal(self, text: str, event: str, private: Private, *, inside: bool) -> str:
        """The canonical data of an event with its personal texts sealed.

        `inside` says that they are in the data that a correction gives its target.
        """
        key = self._key(private.subject)

        def token(name: str, plain: str) -> str:
            return seal(key, Place(self.ledger, private.subject, event, name), plain)

        data: dict[str, Json] = parse_json(text)
        if inside:
            data["data"] = sealed(data["data"], private, token)
        else:
            data = sealed(data, private, token)
        self.notes += [(person, private.subject) for person in sorted(private.people)]
        return canonical(data)

    def look_up(self, subjects: Collection[str]) -> None:
        """Read the keys that a transaction may need, all at once."""
        if not subjects:
            return
        self.known |= dict.fromkeys(subjects)
        parameters = {"ledger": self.ledger, "subjects": list(subjects)}
        query = statement(FOUNDATION, "find_data_keys")
        for subject, name, wrapped in self.connection.execute(query, parameters):
            key = self.keyring.unwrap(self.ledger, subject, name, wrapped)
            self.known[subject] = AESGCM(key)

    def _key(self, subject: str) -> AESGCM:
        is_new = subject.startswith("note:")
        if not is_new and subject not in self.known:
            self.look_up((subject,))
        known = self.known.get(subject) or self._make(subject)
        self.known[subject] = known
        return known

    def _make(self, subject: str) -> AESGCM:
        key = AESGCM.generate_key(KEY_BYTES * 8)
        name, wrapped = self.keyring.wrap(self.ledger, subject, key)
        self.made.append((subject, name, wrapped))
        return AESGCM(key)

    def erase(self, erasure: Erasure) -> None:
        """Have the keys of a person destroyed with this transaction."""
        self.erasures.append(erasure)

    def mark(self) -> tuple[int, int, int]:
        """What to come back to when a recording is refused."""
        return len(self.made), len(self.notes), len(self.erasures)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget the keys and erasures since the mark."""
        made, notes, erasures = mark
        for subject, _, _ in self.made[made:]:
            self.known[subject] = None
        del self.made[made:], self.notes[notes:], self.erasures[erasures:]

    def write(self) -> None:
        """Store what was made, then destroy what is to go."""
        if self.made:
            self._copy("copy_data_keys", [(self.ledger, *made) for made in self.made])
        if self.notes:
            rows = [(self.ledger, person, note) for person, note in self.notes]
            self._copy("copy_note_subjects", rows)
        for erasure in self.erasures:
            destroy(self.connection, self.ledger, erasure)

    def _copy(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self.connection.cursor().copy(statement(HERE, name)) as copy:
            for row in rows:
                copy.write_row(row)


def destroy(connection: Connection[Any], ledger: str, erasure: Erasure) -> None:
    """Destroy the keys that an erasure takes; again changes nothing."""
    named = {"ledger": ledger, "person": erasure.subject}
    connection.execute(statement(HERE, "destroy_person_key"), named)
    if not erasure.keep_notes:
        connection.execute(statement(HERE, "destroy_note_keys"), named)
