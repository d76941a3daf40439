"""Two OpenAPI documents of one origin, made one."""

from typing import Any

Document = dict[str, Any]


class ClashError(Exception):
    """Both services describe the same path or component, and differently."""


def merged(first: Document, second: Document) -> Document:
    """Both documents as one; the first gives the title, version and description.

    What both describe alike (the probes) stands once. Raises ClashError when a path or
    a component of the same name differs, since a client could not tell them apart.
    """
    both = {**second, **first}
    both["paths"] = _united(first.get("paths", {}), second.get("paths", {}))
    if "components" in first or "components" in second:
        one, other = first.get("components", {}), second.get("components", {})
        sections = sorted({*one, *other})
        both["components"] = {
            name: _united(one.get(name, {}), other.get(name, {})) for name in sections
        }
    if "tags" in first or "tags" in second:
        both["tags"] = _listed(first.get("tags", []), second.get("tags", []))
    return both


def _united(first: Document, second: Document) -> Document:
    for name in first.keys() & second.keys():
        if first[name] != second[name]:
            raise ClashError(name)
    return {**first, **second}


def _listed(first: list[Any], second: list[Any]) -> list[Any]:
    return first + [item for item in second if item not in first]
