"""The bodies that are sent, as components that can be referred to."""

from typing import Any, Final

from services.foundation.describing.operations import Document, operations

COMPONENTS: Final = "#/components/schemas/"
SCHEMAS: Final = {"schema", "x-item-schema"}
LOCAL: Final = "#/$defs/"


def hoist_bodies(document: Document) -> None:
    """Move the schemas of request bodies, and what is in them, to the components."""
    schemas = document["components"].setdefault("schemas", {})
    for each in operations(document):
        for media in each.content.get("requestBody", {}).get("content", {}).values():
            for name in media.keys() & SCHEMAS:
                media[name] = hoisted(media[name], schemas)


def hoisted(value: Any, schemas: Document) -> Any:
    """A schema of which every titled object is a reference to a component."""
    if isinstance(value, list):
        return [hoisted(item, schemas) for item in value]
    if not isinstance(value, dict):
        return value
    for schema in value.get("$defs", {}).values():
        hoisted(schema, schemas)
    plain = {n: hoisted(v, schemas) for n, v in value.items() if n != "$defs"}
    if plain.get("type") == "object" and "title" in plain and "properties" in plain:
        schemas[plain["title"]] = plain
        return {"$ref": COMPONENTS + plain["title"]}
    target = plain.get("$ref")
    if isinstance(target, str) and target.startswith(LOCAL):
        plain["$ref"] = COMPONENTS + target.removeprefix(LOCAL)
    return plain
