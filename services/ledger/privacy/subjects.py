"""Which texts of a fact are personal, under which key, and about whom. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.canonical import Json
from contracts.events import (
    LEDGER_STREAM,
    EventCorrected,
    EventData,
    PartnerIdentified,
    PartnerRenamed,
    PersonAdded,
    RecordedEvent,
)
from services.ledger.rules.relationship import Relationship

NAMES = ("name", "names")


@dataclass(frozen=True, slots=True)
class Stream:
    """What deciding about a fact's privacy takes of the stream that it is on."""

    partner: str
    is_person: bool
    has_person: Callable[[str], bool]

    @classmethod
    def of(cls, state: Relationship) -> "Stream":
        """What a stream's state says."""

        def has_person(reference: str) -> bool:
            return state.find("person", reference) is not None

        return cls(state.partner, state.is_person, has_person)

    def person(self, reference: str) -> str:
        """The subject of a person that a fact of this stream names.

        People of a merged stream are named with it; who is nobody here is one of ours.
        """
        if "/" in reference:
            return f"person:{reference}"
        if reference == self.partner or self.has_person(reference):
            return f"person:{self.partner}/{reference}"
        return f"person:{LEDGER_STREAM}/{reference}"

    @property
    def itself(self) -> str:
        """The subject of a partner that is a person."""
        return f"person:{self.partner}/{self.partner}"


@dataclass(frozen=True, slots=True)
class Private:
    """The personal fields of a fact: the key of them all, and whom a note is about."""

    subject: str
    fields: Collection[str]
    people: Collection[str] = field(default_factory=tuple)


def private_of(
    data: EventData, event: str, stream: Stream, introduced_by: str | None = None
) -> Private | None:
    """What is personal in the data of an event; None when nothing is.

    A correction's data belongs to its target: `introduced_by` is the target's id, which
    is the id of a thing that has no other.
    """
    if isinstance(data, PartnerIdentified):
        return Private(stream.itself, NAMES) if data.personal_fields() else None
    if isinstance(data, PartnerRenamed):
        return Private(stream.itself, NAMES) if stream.is_person else None
    if isinstance(data, PersonAdded):
        own = data.person or introduced_by or event
        return Private(f"person:{stream.partner}/{own}", data.personal)
    fields = [name for name in data.personal if getattr(data, name) is not None]
    if not fields:
        return None
    return Private(f"note:{event}", fields, people_of(data, stream))


def private_of_correction(
    event: RecordedEvent, events: Sequence[RecordedEvent], stream: Stream
) -> Private | None:
    """What a correction says of its target that is personal; `events` has the target.

    A corrected note is about everybody whom it names, now or before.
    """
    change = event.data
    if not isinstance(change, EventCorrected) or change.data is None:
        return None
    (target,) = (e for e in events if e.id == change.target)
    data = type(target.data).model_validate(dict(change.data))
    private = private_of(data, event.id, stream, target.id)
    if private is None or not private.people:
        return private
    before = people_of(target.data, stream)
    return replace(private, people=before.union(private.people))


def person_told_of(data: EventData, partner: str) -> str | None:
    """Whose key a fact may need, as far as is seen without the ledger."""
    if isinstance(data, PersonAdded):
        return f"person:{partner}/{data.person}" if data.person else None
    if isinstance(data, PartnerIdentified | PartnerRenamed):
        return f"person:{partner}/{partner}"
    return None


def people_of(data: EventData, stream: Stream) -> frozenset[str]:
    """Whom a note is about: the people that it names, else the partner."""
    named = [ref for _, kind, ref in data.references() if kind == "person"]
    return frozenset(map(stream.person, named)) or frozenset((stream.itself,))


def sealed(
    data: Mapping[str, Json], private: Private, seal: Callable[[str, str], str]
) -> dict[str, Json]:
    """The JSON of a fact with its personal texts sealed by field and text."""
    return {
        name: _sealed(value, name, seal) if name in private.fields else value
        for name, value in data.items()
    }


def _sealed(value: Json, name: str, seal: Callable[[str, str], str]) -> Json:
    if isinstance(value, dict):
        return {key: seal(f"{name}.{key}", text) for key, text in value.items()}
    return seal(name, value)
