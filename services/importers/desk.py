"""What every entry of an import meets: who is known, and what came before it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from services.importers.events import check_data
from services.importers.knowledge import Knowledge, Person
from services.importers.novelty import novelty
from services.importers.outcomes import (
    EventLine,
    LeftOut,
    Mapped,
    Outcome,
    Placed,
    Refused,
    Skipped,
)
from services.importers.partners import Partners
from services.importers.people import AddressBook, Unknown
from services.importers.refusals import RowRefused
from services.importers.sections import Sections

LONGEST_REF: Final = 255
NOTHING: Final = "nothing to record"


@dataclass(frozen=True, slots=True)
class Desk:
    """One import of contacts, calendars and mail; remembers what it has told."""

    sections: Sections
    knowledge: Knowledge
    book: AddressBook
    partners: Partners
    unknown: Unknown
    now: datetime

    @classmethod
    def of(cls, sections: Sections, knowledge: Knowledge, now: datetime) -> "Desk":
        """A desk that knows what the map and the ledger say."""
        book = AddressBook(sections, knowledge)
        partners = Partners(sections, knowledge)
        return cls(sections, knowledge, book, partners, Unknown(), now)

    def outcome(self, spot: Placed, make: Callable[[], Iterable[EventLine]]) -> Outcome:
        """What becomes of an entry; one that makes nothing leaves no trace."""
        try:
            lines = list(make())
            if not lines:
                raise LeftOut(NOTHING)  # noqa: TRY301 (as the makers do)
            for line in lines:
                check_data(str(line["type"]), data_of(line))
        except LeftOut as left:
            return Skipped(spot, left.rule, left.detail)
        except RowRefused as refused:
            return Refused(spot, refused.rule, refused.reason)
        found = novelty(self.knowledge, lines)
        self.learn(found.heard)
        return Mapped(spot, tuple(found.lines), found.known)

    def learn(self, lines: Iterable[EventLine]) -> None:
        """Know the partners and people that these events introduce."""
        for line in lines:
            partner, data = str(line["partner"]), data_of(line)
            if line["type"] == "PartnerIdentified":
                self.partners.know(partner, str(data["name"]))
            elif line["type"] == "PersonAdded":
                texts = (str(data.get(n, "")) for n in ("person", "name", "email"))
                person = Person(partner, *texts)
                self.knowledge.people.append(person)
                self.book.add(person)


def data_of(line: EventLine) -> Mapping[str, JsonValue]:
    """The data of an event."""
    data = line["data"]
    return data if isinstance(data, dict) else {}


def ref_of(text: str) -> str:
    """A ref as it is written where it comes from, or its digest if it is odd."""
    plain = text.strip()
    if plain and plain.isprintable() and len(plain) <= LONGEST_REF:
        return plain
    return f"sha256:{digest(text)}"


def digest(text: str) -> str:
    """The SHA-256 of a text, for what has no ref of its own."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
