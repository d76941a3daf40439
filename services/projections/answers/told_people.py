"""Who was told of in a ledger: the people's names as they are stored. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.projections.answers.by_name import Reading, alike, searchable

ADDED: Final = "PersonAdded"
CORRECTED: Final = "EventCorrected"
RETRACTED: Final = "EventRetracted"
ERASED: Final = "PersonalDataErased"
TYPES: Final = (ADDED, CORRECTED, RETRACTED, ERASED)


class Telling(NamedTuple):
    """An event that adds a person, or revises one that does."""

    position: int
    event: str
    stream: str
    type: str
    data: Mapping[str, Any]


class Person(NamedTuple):
    """A person as known at a cut: the event that added it, and where."""

    event: str
    stream: str
    name: str


class ToldPeople:
    """Everybody whom events added, with what corrects and retracts these events."""

    def __init__(self) -> None:
        self.position = 0
        self._added: list[tuple[int, Person]] = []
        self._corrected: dict[str, list[tuple[int, str, str]]] = {}
        self._retracted: dict[str, list[tuple[int, str]]] = {}
        self._relevant: set[str] = set()
        self._searched: Sequence[tuple[str, Person]] | None = None

    def take(self, told: Telling) -> None:
        """Take the next event, in order of position."""
        self.position = told.position
        if told.type == ADDED:
            person = Person(told.event, told.stream, told.data["name"])
            self._added.append((told.position, person))
        elif told.data.get("target") not in self._relevant:
            return
        elif told.type == RETRACTED:
            retraction = (told.position, told.event)
            self._retracted.setdefault(told.data["target"], []).append(retraction)
        elif "data" in told.data:
            change = (told.position, told.event, told.data["data"]["name"])
            self._corrected.setdefault(told.data["target"], []).append(change)
        self._relevant.add(told.event)
        self._searched = None

    def forget_texts(self) -> None:
        """Work everything out anew: names may read otherwise from now on."""
        self._searched = None

    def find(self, part: str, read: Reading, cut: int) -> list[Person]:
        """The people known at a cut whose names hold a part, in whatever case."""
        wanted = alike(part)
        if cut < self.position:
            searched = self._search(read, cut)
        else:
            searched = self._searched = self._searched or self._search(read, cut)
        return [person for text, person in searched if wanted in text]

    def _search(self, read: Reading, cut: int) -> Sequence[tuple[str, Person]]:
        people = list(self._known(cut))
        texts = read(person.name for person in people)
        return [(searchable(texts, (person.name,)), person) for person in people]

    def _known(self, cut: int) -> Iterator[Person]:
        for position, person in self._added:
            if position > cut:
                return
            if self._holds(person.event, cut):
                name = self._name(person.event, cut)
                yield person if name is None else person._replace(name=name)

    def _name(self, event: str, cut: int) -> str | None:
        """What the latest correction that holds calls the person."""
        for position, correction, name in reversed(self._corrected.get(event, [])):
            if position <= cut and self._holds(correction, cut):
                return name
        return None

    def _holds(self, event: str, cut: int) -> bool:
        """Whether no retraction that holds takes an event away."""
        return not any(
            position <= cut and self._holds(retraction, cut)
            for position, retraction in self._retracted.get(event, ())
        )
