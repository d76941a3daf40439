"""One event to record: a schema for each type, told apart by `type`."""

from typing import Final

from contracts.events import EventData
from services.foundation.describing.operations import Document
from services.foundation.describing.requests import COMPONENTS, hoisted

REQUEST: Final = "EventRequest"
NAMED_BY_NAME: Final = "PartnerIdentified"
"""The type that may leave its partner out: the name then gives the id."""


def tell_types(document: Document) -> None:
    """Replace the request for any event by one for each type, where it is known."""
    schemas: Document = document["components"]["schemas"]
    if REQUEST not in schemas:
        return
    plain = schemas[REQUEST]
    mapping = {}
    for name, model in sorted(EventData.catalogue.items()):
        data = hoisted(model.model_json_schema(), schemas)
        needed = any(field.is_required() for field in model.model_fields.values())
        schemas[name + "Request"] = _request(plain, name, data, needed=needed)
        mapping[name] = f"{COMPONENTS}{name}Request"
    schemas[REQUEST] = {
        "title": REQUEST,
        "description": plain["description"],
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


def _request(plain: Document, name: str, data: Document, *, needed: bool) -> Document:
    own: Document = {"type": {"const": name}, "data": data}
    required = ["type", *(["data"] if needed else [])]
    if name != NAMED_BY_NAME:
        required.append("partner")
    members = {**plain["properties"], **own}
    return {
        "type": "object",
        "title": f"{name}Request",
        "properties": members,
        "required": required,
        "additionalProperties": False,
    }
