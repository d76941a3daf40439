"""What the OpenAPI document says that FastAPI cannot know: how we answer.

A path says what is its own in `responses=` and `openapi_extra=`; what holds for all of
a kind (keys, problems, headers) is said here once.
"""

from typing import Any

from fastapi import FastAPI
from typing_extensions import override

from services.foundation.describing.events import tell_types
from services.foundation.describing.examples import add_examples
from services.foundation.describing.links import add_links
from services.foundation.describing.operations import Document, operations
from services.foundation.describing.requests import hoist_bodies
from services.foundation.describing.responses import complete_responses
from services.foundation.describing.security import add_security
from services.foundation.describing.shared import problem_examples, shared_headers

INTRODUCTION = """Two organisations record what they do for each other.

Every answer carries `X-Request-ID`, and headers that keep browsers from framing or
running it. What is wrong is told as `application/problem+json` (RFC 9457), in the
language of `Accept-Language` (en, ja). A method that a path does not know is
405 with `Allow`; an unknown or repeated query parameter is 422."""


class Described(FastAPI):
    """An application whose OpenAPI document tells all that it answers."""

    @override
    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi())
        return self.openapi_schema


def completed(document: Document) -> Document:
    """The document of FastAPI with what it leaves out; the same object."""
    document["info"]["description"] = INTRODUCTION
    components = document.setdefault("components", {})
    components["headers"] = shared_headers()
    components["examples"] = problem_examples()
    for each in operations(document):
        _say_shortly(each.content)
    hoist_bodies(document)
    tell_types(document)
    add_security(document)
    complete_responses(document)
    add_links(document)
    add_examples(document)
    return document


def _say_shortly(operation: Document) -> None:
    """The first sentence of what a path says is its summary; the rest stays below."""
    first, _, rest = operation.get("description", "").partition("\n\n")
    if first:
        operation["summary"] = first.replace("\n", " ")
        operation["description"] = (rest or first).replace("\n", " ")
