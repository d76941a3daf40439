"""From the stored shape of a type to today's."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.events.base import EventData
from contracts.events.stored import stored_form

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {}
"""By type and stored schema number: the step to the next number. None needed yet."""


class UnknownEventTypeError(Exception):
    """The log holds a type or schema that this version does not know: upgrade first."""


def decode_data(type_name: str, schema: int, data: dict[str, Any]) -> EventData:
    """Today's value of a stored fact's data."""
    model = _model(type_name, schema)
    for number in range(schema, model.schema_number):
        data = UPCASTS[type_name, number](data)
    return stored_form(model).validate_python(data)  # type: ignore[no-any-return]


def decode_text(type_name: str, schema: int, text: str) -> EventData:
    """The same of the text as it is stored."""
    model = _model(type_name, schema)
    if schema < model.schema_number:
        return decode_data(type_name, schema, json.loads(text))
    return stored_form(model).validate_json(text)  # type: ignore[no-any-return]


def _model(type_name: str, schema: int) -> type[EventData]:
    model = EventData.catalogue.get(type_name)
    if model is None or schema > model.schema_number:
        raise UnknownEventTypeError
    return model
