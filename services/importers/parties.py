"""Which partners, and which people, an entry's addresses stand for."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from services.importers.desk import Desk
from services.importers.people import NOBODY, US, domain_of


@dataclass(slots=True)
class Parties:
    """The people of each side who are known, by partner; whether any side is there."""

    partners: dict[str, set[str]] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    we: bool = False
    set_aside: bool = False

    def persons(self, partner: str) -> list[JsonValue]:
        """The people of a partner and of ours, in a fixed order."""
        return [*sorted(self.partners.get(partner, ())), *sorted(self.ours)]


def parties(desk: Desk, addresses: Iterable[str]) -> Parties:
    """Who the addresses are; domains that nothing tells of are counted."""
    found = Parties()
    for address in dict.fromkeys(addresses):
        whose = desk.book.whose(address)
        if whose is None:
            desk.unknown.domains[domain_of(address)] += 1
        elif whose.partner == US:
            found.we = True
            found.ours |= {whose.person} if whose.person else set()
        elif whose.partner == NOBODY:
            found.set_aside = True
        else:
            persons = found.partners.setdefault(whose.partner, set())
            persons |= {whose.person} if whose.person else set()
    return found
