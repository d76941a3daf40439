"""The operations of an OpenAPI document, one after the other."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Document = dict[str, Any]


class Operation(NamedTuple):
    """One method of one path, and what the document says of it."""

    path: str
    method: str
    content: Document

    @property
    def name(self) -> str:
        """What links and examples call it."""
        name: str = self.content["operationId"]
        return name

    @property
    def parameters(self) -> dict[str, Document]:
        """Its parameters by name."""
        return {each["name"]: each for each in self.content.get("parameters", ())}

    @property
    def responses(self) -> dict[str, Document]:
        """Its responses by status."""
        responses: dict[str, Document] = self.content["responses"]
        return responses

    @property
    def needs_key(self) -> bool:
        """Whether only who shows a key is answered."""
        return "401" in self.responses


def operations(document: Document) -> Iterator[Operation]:
    """Every operation of a document."""
    for path, methods in document["paths"].items():
        for method, content in methods.items():
            yield Operation(path, method, content)
