"""From the stored shape of a type to today's."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.events.base import EventData

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {}
"""By type and stored schema number: the step to the next number. None needed yet."""


class UnknownEventTypeError(Exception):
    """The log holds a type or schema that this version does not know: upgrade first."""


def decode_data(type_name: str, schema: int, data: dict[str, Any]) -> EventData:
    """Today's value of a stored fact's data."""
    model = EventData.catalogue.get(type_name)
    if model is None or schema > model.schema_number:
        raise UnknownEventTypeError
    for number in range(schema, model.schema_number):
        data = UPCASTS[type_name, number](data)
    return model.model_validate(data)
