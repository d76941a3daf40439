"""Whose an e-mail address is: ours, a partner's, nobody's, or not known."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from contracts.events.base import LEDGER_STREAM
from services.importers.knowledge import Knowledge, Person
from services.importers.sections import Sections

US: Final = LEDGER_STREAM
NOBODY: Final = ""
"""What the map says of addresses and organisations that are to be left out."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The partner of an address (`_ledger`: ours; empty: set aside), and the person."""

    partner: str
    person: str | None = None


@dataclass(slots=True)
class Unknown:
    """Organisations and mail domains that nothing tells the partner of."""

    organisations: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)


class AddressBook:
    """Addresses and domains of the map first, then those of people and partners."""

    def __init__(self, sections: Sections, knowledge: Knowledge) -> None:
        """Take what the map chooses, and what the ledger knows."""
        chosen = {address(key): id_ for key, id_ in sections.domains.items()}
        chosen |= {address(one): US for one in sections.us.addresses}
        chosen |= {address(one): US for one in sections.us.domains}
        self._chosen = {key.lstrip("@"): id_ for key, id_ in chosen.items()}
        self._knowledge = knowledge
        self._domains = {address(k): set(v) for k, v in knowledge.domains.items()}
        self._people: dict[str, set[tuple[str, str]]] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._addresses: dict[tuple[str, str], str] = {}
        for person in knowledge.people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Know a person's name and address, in place of an earlier address."""
        survivor = self._knowledge.survivor(person.partner)
        ref = person.person
        if survivor != person.partner:
            ref = f"{person.partner}/{ref}"
        self._named[survivor, same_name(person.name)] = ref
        before = self._addresses.get((survivor, ref), "")
        self._people.get(before, set()).discard((survivor, ref))
        self._addresses[survivor, ref] = address(person.email)
        if "@" in person.email:
            whose = self._people.setdefault(address(person.email), set())
            whose.add((survivor, ref))

    def whose(self, text: str) -> Whose | None:
        """Whose the address is; None when nothing or more than one thing tells it."""
        email = address(text)
        partner = self._chosen.get(email)
        people = self._people.get(email, set())
        if partner is None:
            told = {one for one, _ in people} or self._by_domain(email)
            partner = next(iter(told)) if len(told) == 1 else None
        if partner is None:
            return None
        partner = self._knowledge.survivor(partner)
        persons = sorted(person for one, person in people if one == partner)
        return Whose(partner, persons[0] if len(persons) == 1 else None)

    def person_of(self, partner: str, name: str, emails: Iterable[str]) -> str | None:
        """The person of a partner who has one of these addresses, or this name."""
        for email in emails:
            for one, person in self._people.get(address(email), ()):
                if one == partner:
                    return person
        return self._named.get((partner, same_name(name)))

    def is_ours(self, text: str) -> bool:
        """Whether the address, or mail domain, is one of ours."""
        whose = self.whose(text)
        return whose is not None and whose.partner == US

    def _by_domain(self, email: str) -> set[str]:
        """What is said of the domain, or of the nearest one that it is part of."""
        for domain in _domains(email):
            if domain in self._chosen:
                return {self._chosen[domain]}
            if domain in self._domains:
                return {self._knowledge.survivor(one) for one in self._domains[domain]}
        return set()


def address(text: str) -> str:
    """An address or domain as it is compared: no mailto, no case, ASCII domain."""
    plain = unicodedata.normalize("NFKC", text.strip()).removeprefix("mailto:")
    local, at, domain = plain.removeprefix("MAILTO:").casefold().rpartition("@")
    return local + at + _ascii(domain)


def domain_of(text: str) -> str:
    """The domain of an address."""
    return address(text).rpartition("@")[2]


def same_name(text: str) -> str:
    """A name as it is compared: width, case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _domains(email: str) -> Iterator[str]:
    labels = email.rpartition("@")[2].split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain
