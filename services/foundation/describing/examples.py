"""Examples of what is asked and answered, as a real ledger answered once."""

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from services.foundation.describing.operations import (
    Document,
    Operation,
    operations,
)

FILE: Final = "examples.json"
STORED: Final = {"application/json", "application/x-ndjson", "text/csv", "text/plain"}


@cache
def examples() -> dict[str, Any]:
    """By operation: `parameters` by name, `answers` by status and media type."""
    text = resources.files("contracts.schemas").joinpath(FILE).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def add_examples(document: Document) -> None:
    """Show an example of every parameter and every answer that there is one of."""
    for each in operations(document):
        told = examples().get(each.name, {})
        _show_parameters(each, told.get("parameters", {}))
        for status, kinds in told.get("answers", {}).items():
            _show_answers(each.responses[status], kinds)


def _show_parameters(operation: Operation, values: Document) -> None:
    for name, value in values.items():
        operation.parameters[name]["example"] = value


def _show_answers(response: Document, kinds: Document) -> None:
    for kind, value in kinds.items():
        response["content"][kind]["example"] = value
