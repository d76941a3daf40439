"""The envelope of a recorded event, and the base of every type's data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from typing_extensions import override

from contracts.saying import Said

Side = Literal["us", "partner"]

ID = r"[A-Za-z0-9._~-]{1,64}"
PARTNER = r"[a-z0-9][a-z0-9._~-]{0,63}"
LEDGER_STREAM: Final = "_ledger"

Identifier = Annotated[str, StringConstraints(pattern=f"^{ID}$")]
PartnerId = Annotated[str, StringConstraints(pattern=f"^{PARTNER}$")]
StreamId = Annotated[str, StringConstraints(pattern=f"^({PARTNER}|{LEDGER_STREAM})$")]
EventId = Annotated[
    str,
    StringConstraints(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    ),
]


def _clean(text: str) -> str:
    if "\0" in text:
        reason = Said("must not hold U+0000")
        raise ValueError(reason)
    return text


TEXT_AT_MOST: Final = 4000
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TEXT_AT_MOST),
    AfterValidator(_clean),
]
SEALED: Final = "sealed:1:"
TOKEN: Final = re.compile(
    SEALED + rf"(?:person:(?:{PARTNER}|{LEDGER_STREAM})/{ID}|note:[0-9a-f-]{{36}})"
    r":[0-9a-f-]{36}:[A-Za-z][A-Za-z0-9.-]{0,63}:[A-Za-z0-9_-]{38,}"
)
"""A personal text as it is stored: sealed, so longer than the text that was sent."""


def _sealed_or_short(text: str) -> str:
    if len(text) > TEXT_AT_MOST and not TOKEN.fullmatch(text):
        reason = Said("String should have at most {most} characters", most=TEXT_AT_MOST)
        raise ValueError(reason)
    return _clean(text)


SealableText = Annotated[
    str,
    StringConstraints(min_length=1),
    AfterValidator(_sealed_or_short),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TEXT_AT_MOST}),
]
"""A text that is personal for some partners."""
HelpKind = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,63}$")]
Days = Annotated[int, Field(ge=1, le=36525)]
Channel = Literal[
    "in_person", "video", "phone", "email", "chat", "letter", "group_event", "other"
]


@dataclass(frozen=True, slots=True)
class Introduces:
    """Marks the field that brings a new thing of a kind into the stream."""

    kind: str


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a field that names an existing thing, or things, of a kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks personal data: encrypted at rest, left out of fingerprints and feeds."""


PERSONAL: Final = Personal()
Reference = Annotated[str, StringConstraints(pattern=f"^({PARTNER}/)?{ID}$")]
PersonalText = Annotated[SealableText, PERSONAL]
Persons = Annotated[tuple[Reference, ...], Field(strict=False), Names("person")]
Goals = Annotated[tuple[Reference, ...], Field(strict=False), Names("goal")]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Language = Annotated[
    str, StringConstraints(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]
LocalNames = Mapping[Language, SealableText]


def _without_null(schema: dict[str, Any]) -> None:
    """An optional member is left out, never null; the JSON Schema says so too."""
    for name, member in schema.get("properties", {}).items():
        choices = [c for c in member.get("anyOf", ()) if c != {"type": "null"}]
        if "anyOf" in member and member.get("default", ...) is None:
            kept = {k: v for k, v in member.items() if k not in {"anyOf", "default"}}
            one = choices[0] if len(choices) == 1 else {"anyOf": choices}
            schema["properties"][name] = {**kept, **one}


class Strict(BaseModel):
    """A frozen body: exact types, no unknown members, optional ones left out."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        json_schema_extra=_without_null,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_absent(cls, value: Any) -> Any:
        if isinstance(value, dict) and None in value.values():
            reason = Said("holds null; leave an optional member out instead")
            raise ValueError(reason)
        return value


class EventData(Strict):
    """What one type of event says; each type is a subclass, registered by name."""

    catalogue: ClassVar[dict[str, type["EventData"]]] = {}
    schema_number: ClassVar[int] = 1
    stream: ClassVar[Literal["partner", "ledger", "any"]] = "partner"
    introduces: ClassVar[tuple[str, str] | None] = None
    named: ClassVar[tuple[tuple[str, str], ...]] = ()
    personal: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @override
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.catalogue[cls.__name__] = cls
        fields = cls.model_fields.items()
        kinds = [(n, m.kind) for n, f in fields for m in _marks(f, Introduces)]
        cls.introduces = kinds[0] if kinds else None
        cls.named = tuple((n, m.kind) for n, f in fields for m in _marks(f, Names))
        cls.personal = tuple(n for n, f in fields if _marks(f, Personal))

    def references(self) -> Iterator[tuple[str, str, str]]:
        """Every thing that this data names: field, kind, reference."""
        for field, kind in self.named:
            value = getattr(self, field)
            if value is None:
                continue
            for reference in (value,) if isinstance(value, str) else value:
                yield field, kind, reference

    def personal_fields(self) -> tuple[str, ...]:
        """The fields of this very fact that hold personal data."""
        return self.personal


Mark = TypeVar("Mark", Introduces, Names, Personal)


def _marks(field: FieldInfo, mark: type[Mark]) -> list[Mark]:
    return [m for m in _metadata(field) if isinstance(m, mark)]


def _metadata(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    yield from _nested(field.annotation)


def _nested(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for inner in getattr(annotation, "__args__", ()):
        yield from _nested(inner)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an imported fact comes from: a system and its own reference."""

    system: str
    ref: str


class RecordedEvent(NamedTuple):
    """One immutable fact of the log, decoded; a tuple because millions are made."""

    id: str
    position: int
    partner: str
    version: int
    type: str
    schema: int
    occurred_at: str
    occurred_from: datetime
    occurred_to: datetime
    recorded_at: datetime
    recorded_by: str
    causation: str | None
    correlation: str | None
    source: Source | None
    data: EventData
    completed: Mapping[str, Any]
