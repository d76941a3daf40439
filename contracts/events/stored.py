"""From stored data to values: what was checked before it was stored is trusted."""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, SchemaValidator, core_schema

PLAIN: Final = (str, int, bool, Literal, Mapping)
"""What JSON already is the value of."""


@cache
def stored_form(model: type[BaseModel]) -> SchemaValidator:
    """Reads stored data of a type: its members are looked at, not what they say.

    The length of a text, the form of an identifier or a date were checked before they
    were stored, and take most of the time of reading them.
    """
    return SchemaValidator(_model(model))


def _model(model: type[BaseModel]) -> CoreSchema:
    members = {name: _member(field) for name, field in model.model_fields.items()}
    fields = core_schema.model_fields_schema(members, extra_behavior="forbid")
    return core_schema.model_schema(model, fields)


def _member(field: FieldInfo) -> core_schema.ModelField:
    schema = _value(field.annotation)
    if not field.is_required():
        schema = core_schema.with_default_schema(schema, default=field.default)
    return core_schema.model_field(schema)


def _value(annotation: Any) -> CoreSchema:
    origin = get_origin(annotation) or annotation
    if origin is Annotated:
        return _value(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        (one,) = [a for a in get_args(annotation) if a is not NoneType]
        return _value(one)
    if origin is tuple:
        return core_schema.tuple_variable_schema()
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return _model(origin)
    if origin in PLAIN:
        return core_schema.any_schema()
    reason = f"Nothing is known of how {annotation} is stored"
    raise TypeError(reason)
