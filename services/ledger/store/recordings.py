"""What is handed to the writer, and what comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.canonical import digest
from contracts.events import EventData, Source
from services.foundation.event_log import StoredEvent
from services.ledger.rules.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a key stands for: a digest of what was sent, without what is personal.

    Whether the names of a partner are personal is known only where it is recorded:
    `of_person` leaves them out.
    """

    of_all: str
    of_person: str

    def matches(self, kept: str) -> bool:
        """Whether what was recorded under a key is this."""
        return kept in {self.of_all, self.of_person}


@dataclass(frozen=True, slots=True)
class Item:
    """One validated event to record, before the ledger has been asked."""

    id: str
    partner: str
    occurred_at: str
    occurred_from: datetime
    occurred_to: datetime
    data: EventData
    text: str
    causation: str | None = None
    correlation: str | None = None
    source: Source | None = None
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """Items that are recorded together or not at all, on behalf of one credential.

    `otherwise` is the same recording with another id for the partner that the ledger
    names itself, for when the first choice is taken.
    """

    items: Sequence[Item]
    recorded_by: str
    key: str | None = None
    fingerprint: Fingerprint | None = None
    expected_version: int | None = None
    names_partner: bool = False
    otherwise: Callable[[], "Recording"] | None = None


@dataclass(frozen=True, slots=True)
class RawEvents:
    """Rows that come through the library's recorder: appended as they are.

    Only their versions are checked; positions and the time of recording are set.
    """

    items: Sequence[StoredEvent]


@dataclass(frozen=True, slots=True)
class Submission:
    """Recordings of one request: one transaction; `abort`: all of them or none."""

    ledger: str
    recordings: Sequence[Recording | RawEvents]
    abort: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """The rows that a recording made, now or when it was first sent."""

    rows: Sequence[StoredEvent]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was recorded; `index` is the item at fault."""

    reason: Refusal
    index: int = 0


Outcome = Recorded | Refused


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One outcome a recording, and the ledger's head after the transaction."""

    position: int
    each: Sequence[Outcome] = field(default_factory=tuple)


class VersionMismatch(Refusal):
    """The stream has moved on: read it again and decide anew."""


class OtherContent(Refusal):
    """The same key or source was used before with other content."""


class LedgerFull(Refusal):
    """The ledger holds as many events as it may; its keeper can raise the limit."""


class Aborted(Refusal):
    """Another line was refused, and nothing of the batch was recorded."""


class WriterError(Exception):
    """The ledger could not take the recording; nothing of it is the client's fault."""


class QueueFull(WriterError):
    """Too much is waiting to be recorded: try again shortly."""


class Unavailable(WriterError):
    """The database did not answer; nothing was recorded."""


class OutcomeUnknown(WriterError):
    """Whether it was recorded is not known: ask again with the same key."""


def key_of_client(key: str) -> str:
    """The stored form of an Idempotency-Key."""
    return digest(["key", key])


def key_of_source(source: Source) -> str:
    """The stored form of a source, a key of its own."""
    return digest(["source", source.system, source.ref])
