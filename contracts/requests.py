"""Bodies that clients send."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from contracts.events.base import EventId, StreamId, Strict, Text
from contracts.occurrence import DateText

PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
TypeName = Annotated[str, StringConstraints(pattern="^[A-Za-z]{1,64}$")]


class SourceRequest(Strict):
    """Where an imported fact comes from; a key of its own."""

    system: Text
    ref: Text


class EventRequest(Strict):
    """One event to record.

    `partner` may be left out of PartnerIdentified: the name then gives the id.
    """

    type: TypeName
    partner: StreamId | None = None
    occurred_at: DateText | None = None
    data: Mapping[str, Any] | None = Field(
        default=None, description="The fields of the type; see /v1/schemas."
    )
    causation: EventId | None = None
    correlation: Text | None = None
    source: SourceRequest | None = None


class BatchLine(EventRequest):
    """One line of a batch: an event with the key, or the source, that makes it once."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


class KeyRequest(Strict):
    """A key to make: whom it names in what it records, and what it allows."""

    name: Annotated[
        str, StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE)
    ]
    scopes: Annotated[
        tuple[Literal["record", "read", "admin"], ...],
        Field(strict=False, min_length=1, max_length=3),
    ]
    requests_per_second: Annotated[int, Field(ge=1, le=100_000)] | None = None
