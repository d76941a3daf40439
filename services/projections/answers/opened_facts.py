"""Facts as they read once what is sealed in them is opened, to compare them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from contracts.events.base import TOKEN
from contracts.events.reading import Fact
from services.foundation.sealing import Opener


@dataclass(frozen=True, slots=True)
class FactsOpener:
    """Opens the facts of a ledger; text whose key is gone reads as erased."""

    opener: Opener
    connection: Connection[Any]
    ledger: str

    def __call__(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """The facts as they read."""
        tokens = {token for fact in facts for token in _tokens(dict(fact.data))}
        if not tokens:
            return facts
        texts = self.opener.open_all(self.connection, self.ledger, tokens)
        return [_opened(fact, texts) for fact in facts]


def _tokens(value: Any) -> Iterator[str]:
    """Personal texts stand in a fact's members, or a level below in local names."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from _tokens(member)
    elif isinstance(value, str) and TOKEN.fullmatch(value):
        yield value


def _opened(fact: Fact, texts: Mapping[str, str]) -> Fact:
    members = {name: _read(value, texts) for name, value in fact.data}
    return fact._replace(data=fact.data.model_copy(update=members))


def _read(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _read(member, texts) for name, member in value.items()}
    return texts.get(value, value) if isinstance(value, str) else value
