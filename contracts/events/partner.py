"""Facts about who a partner is and who its people are."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from contracts.events.base import (
    EventData,
    Identifier,
    Introduces,
    LocalNames,
    Names,
    PartnerId,
    PersonalText,
    Reference,
    SealableText,
    Side,
    Text,
    Texts,
)

PartnerKind = Literal["company", "nonprofit", "government", "group", "person", "other"]


class PartnerIdentified(EventData):
    """A partner became known; the first event of its stream."""

    name: SealableText
    kind: PartnerKind | None = None
    names: LocalNames | None = None
    how: Text | None = None
    introduced_by: Annotated[PartnerId, Names("partner")] | None = None
    country: Text | None = None
    domains: Texts | None = None

    @override
    def personal_fields(self) -> tuple[str, ...]:
        """The names, when the partner is a person."""
        return ("name", "names") if self.kind == "person" else ()


class PartnerRenamed(EventData):
    """A partner goes by another name."""

    name: SealableText
    names: LocalNames | None = None


class PartnerMerged(EventData):
    """This partner turned out to be another; its stream closes."""

    into: Annotated[PartnerId, Names("partner")]
    reason: Text


class GroupJoined(EventData):
    """A partner joined a networking group, chapter or association."""

    group: Text


class GroupLeft(EventData):
    """A partner left a group."""

    group: Text


class PersonAdded(EventData):
    """A person of either side takes part in the relationship."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "any"

    person: Annotated[Identifier, Introduces("person")] | None = None
    side: Side
    name: PersonalText
    role: Text | None = None
    email: PersonalText | None = None
    phone: PersonalText | None = None


class PersonLeft(EventData):
    """A person no longer takes part."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "any"

    person: Annotated[Reference, Names("person")]


class OwnerAssigned(EventData):
    """A person of ours looks after this relationship from now on."""

    person: Annotated[Reference, Names("person")]


class PersonalDataErased(EventData):
    """What is known of a person is destroyed; the facts stay."""

    stream: ClassVar[Literal["partner", "ledger", "any"]] = "any"

    person: Annotated[Reference, Names("person")]
    basis: Text
    keep_notes: bool | None = Field(
        default=None, description="Notes that name the person go too, unless true."
    )
