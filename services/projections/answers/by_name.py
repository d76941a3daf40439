"""Partners by name: which a search finds, and in which order they stand. Pure."""

import re
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from itertools import islice
from typing import Final
from unicodedata import normalize

from services.foundation.sealing import ERASED
from services.projections.relationship.fold.standing import Sight

Stored = tuple[str, ...]
"""The names that somebody goes by, as they are stored; the main name first."""
Reading = Callable[[Iterable[str]], Mapping[str, str]]
"""How names read: by what is stored, the text."""
PLACE: Final = re.compile("[0-9]{9}")
APART: Final = "\0"
"""Between texts that are searched together; nobody can search for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The partners that a search finds: by id or name, or by somebody of theirs.

    `people` are the events that added whom it finds. Who answers for them depends on
    merges and on when they were added: more `partners` are looked at than found.
    """

    named: Collection[str]
    people: Collection[str]
    partners: Collection[str]

    def holds(self, partner: str, seen: Sight) -> bool:
        """Whether a partner is among them."""
        if partner in self.named:
            return True
        persons = seen.told.profile.persons.values()
        return any(person.event in self.people for person in persons)


@dataclass(frozen=True, slots=True)
class Order:
    """Partners in the order of their names, those of equal names by id."""

    partners: Sequence[str]
    erased: Collection[str]

    def start(self, after: tuple[str, str] | None) -> int:
        """Where a page begins: after a place as it was told, and who stood there.

        Somebody who was erased since stands elsewhere now; the others keep the order.
        """
        if after is None:
            return 0
        place, partner = int(after[0]), after[1]
        if partner not in self.partners:
            return place + 1
        now = self.partners.index(partner)
        if partner not in self.erased:
            return now + 1
        return place if now > place else place + 1

    def ahead(
        self, start: int, wanted: Collection[str] | None
    ) -> Iterator[tuple[str, str]]:
        """The partners from a place on, with their places; wanted ones if given."""
        among = None if wanted is None else frozenset(wanted)
        for place, partner in enumerate(islice(self.partners, start, None), start):
            if among is None or partner in among:
                yield partner, place_key(place)


def in_order(names: Mapping[str, Stored], read: Reading, *, descending: bool) -> Order:
    """Partners in the order of how their main names read, upper case as lower."""
    main = {partner: stored[0] for partner, stored in names.items()}
    texts = read(main.values())
    keys = {partner: alike(texts[name]) for partner, name in main.items()}
    partners = sorted(sorted(keys), key=keys.__getitem__, reverse=descending)
    return Order(partners, {p for p, name in main.items() if is_erased(texts, name)})


def place_key(place: int) -> str:
    """A place as a cursor holds it; it tells no name."""
    return f"{place:09}"


def searchable(texts: Mapping[str, str], stored: Stored) -> str:
    """What a search looks at; erased names hold nothing."""
    told = [texts[name] for name in stored if not is_erased(texts, name)]
    return alike(APART.join(told))


def alike(text: str) -> str:
    """A text as it is compared: however it was typed, in whatever case."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


def is_erased(texts: Mapping[str, str], name: str) -> bool:
    """Whether what was sealed cannot be opened any more."""
    return texts[name] == ERASED != name
