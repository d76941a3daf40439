"""Which texts of a fact are personal, under which key, and about whom. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from contracts.canonical import Json
from contracts.events import (
    LEDGER_STREAM,
    EventData,
    PartnerIdentified,
    PartnerRenamed,
    PersonAdded,
)

NAMES = ("name", "names")


@dataclass(frozen=True, slots=True)
class Stream:
    """What deciding about a fact's privacy takes of the stream that it is on."""

    partner: str
    is_person: bool
    has_person: Callable[[str], bool]

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
