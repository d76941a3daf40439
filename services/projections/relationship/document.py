"""The document of a row: the state of a fold, as JSON."""

from typing import Final

from pydantic import TypeAdapter

from services.projections.relationship.fold.relationship import Relationship

_ADAPTER: Final = TypeAdapter(Relationship)


def dump(told: Relationship) -> str:
    """A relationship as text; what is as at the beginning is left out."""
    return _ADAPTER.dump_json(told, exclude_defaults=True).decode()


def load(text: str) -> Relationship:
    """The relationship that a document holds."""
    return _ADAPTER.validate_json(text)
