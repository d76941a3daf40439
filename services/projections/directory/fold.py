"""Who a partner is, from the facts that say so. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from contracts.events import (
    EventCorrected,
    EventData,
    EventRetracted,
    GroupJoined,
    GroupLeft,
    OwnerAssigned,
    PartnerIdentified,
    PartnerMerged,
    PartnerRenamed,
)
from contracts.events.reading import Fact

VERSION: Final = 1
TELLING: Final[tuple[type[EventData], ...]] = (
    PartnerIdentified,
    PartnerRenamed,
    PartnerMerged,
    GroupJoined,
    GroupLeft,
    OwnerAssigned,
    EventCorrected,
    EventRetracted,
)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as the directory lists it."""

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    country: str | None = None
    groups: tuple[str, ...] = ()
    owner: str | None = None
    merged_into: str | None = None
    known_from: int = 0


def fold(facts: Collection[Fact]) -> Partner | None:
    """The partner that the facts of one stream make; None when it is not identified."""
    happened = sorted(facts, key=lambda f: (f.acts_from, f.event.position))
    partner: Partner | None = None
    for fact in happened:
        if isinstance(fact.data, PartnerIdentified):
            partner = replace(_identified(fact.data), known_from=fact.event.position)
    if partner is None:
        return None
    for fact in happened:
        partner = _after(partner, fact.data)
    return partner


def _identified(data: PartnerIdentified) -> Partner:
    names = dict(data.names or {})
    return Partner(data.name, names, data.kind, data.country)


def _after(partner: Partner, data: EventData) -> Partner:
    match data:
        case PartnerRenamed(name=name, names=names):
            return replace(partner, name=name, names=dict(names or partner.names))
        case GroupJoined(group=group) if group not in partner.groups:
            return replace(partner, groups=(*partner.groups, group))
        case GroupLeft(group=group):
            left = tuple(g for g in partner.groups if g != group)
            return replace(partner, groups=left)
        case OwnerAssigned(person=person):
            return replace(partner, owner=person)
        case PartnerMerged(into=into):
            return replace(partner, merged_into=into)
        case _:
            return partner
