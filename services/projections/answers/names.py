"""Names as they read, in the memory of this process and nowhere else."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from psycopg import Connection

from contracts.canonical import parse_json
from contracts.events.base import SEALED, TOKEN
from services.foundation.database import statement
from services.foundation.event_log import merged_groups
from services.foundation.sealing import Opener
from services.projections.answers import told_people
from services.projections.answers.by_name import Found, Order, Stored
from services.projections.answers.called import Called
from services.projections.answers.question import Question
from services.projections.answers.told_people import Telling, ToldPeople
from services.projections.relationship.fold.standing import Sight

HERE: Final = "services.projections.answers"
LEDGERS_REMEMBERED: Final = 32
Folded = Mapping[str, Sight]
"""Partners whose rows do not tell what is asked, as they were folded anew."""


@dataclass(slots=True)
class _Ledger:
    """What is known of one ledger, kept up with its log and with its rows."""

    people: ToldPeople = field(default_factory=ToldPeople)
    called: Called = field(default_factory=Called)
    generation: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def forget_texts(self) -> None:
        """Open everything anew."""
        self.texts.clear()
        self.called.forget_texts()
        self.people.forget_texts()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to what is known of its ledger."""

    connection: Connection[Any]
    question: Question
    opener: Opener
    known: _Ledger

    def keep_up(self) -> None:
        """Read what is new in the log and in the rows."""
        known, asked = self.known, self.question
        after = {"types": list(told_people.TYPES), "after": known.people.position}
        for position, event, stream, kind, data in self._rows("people_told", **after):
            told = Telling(position, event, stream, kind, json.loads(data))
            known.people.take(told)
            if kind == told_people.ERASED:
                known.forget_texts()
        if known.generation != asked.generation:
            known.generation, known.called = asked.generation, Called()
        for row in self._rows("partner_names", after=known.called.position):
            partner, name, others, position = row
            known.called.take(partner, _stored(name, others), position)

    def read(self, stored: Iterable[str]) -> Mapping[str, str]:
        """How names read: "erased" where the key is gone."""
        texts, names = self.known.texts, set(stored)
        sealed = [n for n in names if n.startswith(SEALED) and TOKEN.fullmatch(n)]
        new = [token for token in sealed if token not in texts]
        if new:
            ledger = self.question.ledger
            texts.update(self.opener.open_all(self.connection, ledger, new))
        return {name: texts.get(name, name) for name in names}

    def of_streams(self, streams: Iterable[str]) -> set[str]:
        """The partners that may answer for streams, by whatever merge."""
        groups = merged_groups(self.connection, self.question.ledger)
        return {partner for s in streams for partner in groups.get(s, (s,))}

    def _rows(self, name: str, **more: Any) -> list[tuple[Any, ...]]:
        parameters = self.question.parameters(**more)
        return self.connection.execute(statement(HERE, name), parameters).fetchall()


class Names:
    """Finds and sorts partners by names that are sealed where they are stored.

    Nothing that somebody searches for reaches the database. Every question first reads
    what is new of people; an erasure among it makes the ledger's opened texts be
    forgotten before the question is answered.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._ledgers: OrderedDict[str, _Ledger] = OrderedDict()
        self._lock = Lock()

    def find(
        self, connection: Connection[Any], question: Question, folded: Folded, part: str
    ) -> Found:
        """The partners whose id, names or people's names hold a part."""
        with self._asked(connection, question) as asked:
            called = asked.known.called
            named = called.find(part, asked.read, called.unlike(_names_of(folded)))
            found = asked.known.people.find(part, asked.read, question.position)
        partners = named | asked.of_streams({person.stream for person in found})
        return Found(named, {person.event for person in found}, partners)

    def order(
        self,
        connection: Connection[Any],
        question: Question,
        folded: Folded,
        *,
        descending: bool,
    ) -> Order:
        """All partners in the order of their main names."""
        with self._asked(connection, question) as asked:
            called = asked.known.called
            unlike = called.unlike(_names_of(folded))
            return called.order(asked.read, unlike, descending=descending)

    @contextmanager
    def _asked(
        self, connection: Connection[Any], question: Question
    ) -> Iterator[_Asked]:
        with self._lock:
            known = self._ledgers.setdefault(question.ledger, _Ledger())
            self._ledgers.move_to_end(question.ledger)
            if len(self._ledgers) > LEDGERS_REMEMBERED:
                self._ledgers.popitem(last=False)
        with known.lock:
            asked = _Asked(connection, question, self._opener, known)
            asked.keep_up()
            yield asked


def _names_of(folded: Folded) -> dict[str, Stored]:
    profiles = {partner: seen.told.profile for partner, seen in folded.items()}
    return {p: (told.name, *told.names.values()) for p, told in profiles.items()}


def _stored(name: str, others: str) -> Stored:
    return (name,) if others == "{}" else (name, *parse_json(others).values())
