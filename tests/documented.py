"""Every answer that a test sees must be one that the OpenAPI document tells of."""

import json
import re
from functools import cache
from typing import Any, Final

import httpx2

from contracts.schemas import FOLDER
from services.foundation.edge import SAFE

GENERAL: Final = {
    *(name.decode() for name, _ in SAFE),
    *("content-type", "content-length", "date", "connection", "transfer-encoding"),
}
"""What HTTP itself says, and what the introduction of the document says of all."""


@cache
def document() -> dict[str, Any]:
    """The document as it is committed."""
    text = (FOLDER / "openapi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Each path as a pattern; those with fewer names first, as the router has them."""
    paths = sorted(document()["paths"].items(), key=lambda item: item[0].count("{"))
    return [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), methods)
        for path, methods in paths
    ]


def check(answer: httpx2.Response) -> None:
    """Fail when an answer's status, form or headers are not documented.

    A method that a path does not know, and a path that there is not, are not in it.
    """
    path, method = answer.request.url.path, answer.request.method.lower()
    for pattern, methods in _patterns():
        if pattern.fullmatch(path):
            if method in methods:
                _check(answer, methods[method], f"{method} {path}")
            return


def _check(answer: httpx2.Response, operation: dict[str, Any], asked: str) -> None:
    told = operation["responses"].get(str(answer.status_code))
    assert told is not None, f"{asked} answered {answer.status_code}"
    known = GENERAL | {name.lower() for name in told.get("headers", {})}
    unknown = {name.lower() for name in answer.headers} - known
    assert not unknown, f"{asked} answered with {unknown}"
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert kind in told.get("content", {"": {}}), f"{asked} answered as {kind}"
