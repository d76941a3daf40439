"""The JSON Schema of each event type, generated from the models and committed."""

import json
from pathlib import Path
from typing import Any, Final

from contracts.events import EventData

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = Path(__file__).parent


def event_schema(model: type[EventData]) -> dict[str, Any]:
    """The JSON Schema of the `data` of one event type."""
    head = {"$schema": DIALECT, "$id": f"/v1/schemas/{model.__name__}"}
    return head | model.model_json_schema()


def as_text(document: dict[str, Any]) -> str:
    """A generated document as it is committed: indented, members in sorted order."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_event_schemas(folder: Path = FOLDER / "events") -> None:
    """Write one file a type and remove the file of every type that is no more."""
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.json"):
        if stale.stem not in EventData.catalogue:
            stale.unlink()
    for name, model in EventData.catalogue.items():
        text = as_text(event_schema(model))
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
