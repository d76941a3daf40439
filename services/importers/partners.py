"""The partner of an organisation: known by id or name, or introduced."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from services.importers.knowledge import Knowledge
from services.importers.mapping import KnownPartner
from services.importers.naming import distinct, slug
from services.importers.outcomes import EventLine, LeftOut
from services.importers.people import NOBODY, US, same_name
from services.importers.sections import Sections

if TYPE_CHECKING:
    from pydantic import JsonValue

SET_ASIDE: Final = "set aside by the map"
TWO_PARTNERS: Final = "two partners have this name"
UNNAMED: Final = "a partner of the map that nothing names"


class Partners:
    """Finds partners, and makes the event that introduces one, once."""

    def __init__(self, sections: Sections, knowledge: Knowledge) -> None:
        """Take the names that the map and the ledger give."""
        self._sections = sections
        self._knowledge = knowledge
        self._chosen = {same_name(n): i for n, i in sections.organisations.items()}
        self._chosen |= {same_name(name): US for name in sections.us.names}
        self._named = {
            i: n for n, i in reversed([*sections.organisations.items()]) if i
        }
        self._ids: dict[str, set[str]] = {}
        for name, ids in knowledge.names.items():
            for id_ in ids:
                self._learn(name, id_)
        self.set_apart: dict[str, str] = {}

    def find(self, name: str) -> str | None:
        """The id of an organisation's partner, or None; LeftOut when it is unclear."""
        chosen = self._chosen.get(same_name(name))
        if chosen == NOBODY:
            raise LeftOut(SET_ASIDE, name)
        if chosen is not None:
            return self._knowledge.survivor(chosen)
        named = self._ids.get(same_name(name), ())
        found = {self._knowledge.survivor(one) for one in named}
        if len(found) > 1:
            raise LeftOut(TWO_PARTNERS, f"{name}: {', '.join(sorted(found))}")
        if found:
            return found.pop()
        return name if name in self._knowledge.partners else None

    def new_id(self, name: str) -> str:
        """An id for a name that no partner has; told when it is close to another's."""
        plain = slug(name)
        if plain not in self._knowledge.partners:
            return plain
        self.set_apart[name] = distinct(plain, name)
        return self.set_apart[name]

    def introduced(
        self, partner: str, system: str, when: str | None = None, name: str = ""
    ) -> Iterator[EventLine]:
        """The event that introduces a partner unless it is known."""
        if partner == US or partner in self._knowledge.partners:
            return
        named = self._named.get(partner, name)
        if not named:
            raise LeftOut(UNNAMED, f"{partner}: give its name under [organisations]")
        yield self._identification(partner, named, system, when)

    def know(self, partner: str, name: str) -> None:
        """Know a partner that an earlier entry of the same import introduced."""
        self._knowledge.partners.setdefault(partner, KnownPartner(name, {}))
        self._learn(name, partner)

    def _identification(
        self, partner: str, name: str, system: str, when: str | None
    ) -> EventLine:
        data: dict[str, JsonValue] = {"name": name}
        chosen = self._sections.domains.items()
        domains: list[JsonValue] = [
            d.lower() for d, id_ in chosen if id_ == partner and "@" not in d
        ]
        if domains:
            data["domains"] = domains
        line: EventLine = {
            "type": "PartnerIdentified",
            "partner": partner,
            "data": data,
            "source": {"system": system, "ref": f"partner:{partner}"},
        }
        return line if when is None else {**line, "occurred_at": when}

    def _learn(self, name: str, partner: str) -> None:
        self._ids.setdefault(same_name(name), set()).add(partner)
