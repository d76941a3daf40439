"""Headers and problems that many answers share."""

from collections.abc import Iterable
from typing import Final

from contracts.saying import Said
from services.foundation.describing.operations import Document
from services.foundation.problems import KINDS, Problem

TEXT: Final = {"type": "string"}
POSITION: Final = {"type": "integer", "minimum": 0}
HEADERS: Final[Document] = {
    "X-Request-ID": ("The request's own id, or a new one", TEXT),
    "Content-Language": ("Of the title", {"enum": ["en", "ja"]}),
    "Vary": ("What of the request decides the answer", TEXT),
    "Cache-Control": ("Whether the answer may be kept", TEXT),
    "WWW-Authenticate": ("How to show a key", {"const": "Bearer"}),
    "Accept-Encoding": ("How a body may be sent", {"const": "identity"}),
    "Retry-After": ("Ask again after so many seconds", {"type": "integer"}),
    "ETag": (
        "Of the content; of a recording: the version of the partner, for `If-Match`",
        {"type": "string", "pattern": '^"[^"]*"$'},
    ),
    "Ledger-Position": ("What the answer reflects of the log", POSITION),
    "Link": ('The next page: `<address>; rel="next"`', TEXT),
    "Location": (
        "Where what was made is found",
        {**TEXT, "format": "uri-reference"},
    ),
    "Idempotent-Replayed": (
        "There if it was recorded by an earlier request",
        {"const": "true"},
    ),
    "Projection-Halted": (
        "There if the projection has stopped, and tells of the past",
        {"const": "true"},
    ),
    "X-Accel-Buffering": ("That proxies must not hold events back", TEXT),
}
MEANINGS: Final = {
    400: "The request cannot be read",
    401: "No valid key",
    403: "The key lacks the scope",
    404: "There is nothing here",
    406: "No such format of the answer",
    422: "A parameter is not valid",
    429: "The key asks too often",
    503: "The database does not answer",
}
OF_SOME: Final = {"idempotency-mismatch", "not-yet", "outcome-unknown", "internal"}
"""Codes that only some paths know."""


def shared_headers() -> Document:
    """Every header that is documented, by name."""
    return {
        name: {"description": description, "schema": schema}
        for name, (description, schema) in HEADERS.items()
    }


def refer(names: Iterable[str]) -> Document:
    """Headers of an answer, as references."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def problem_content(status: int, more: Iterable[str] = ()) -> Document:
    """The body of a problem of a status, with an example of each code."""
    known = set(more) | (KINDS.keys() - OF_SOME)
    codes = [c for c, kind in KINDS.items() if kind.status == status and c in known]
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    schema = {"$ref": "#/components/schemas/ProblemAnswer"}
    return {"application/problem+json": {"schema": schema, "examples": examples}}


def problem_examples() -> Document:
    """A problem of each code, by code."""
    return {code: {"value": _example(code)} for code in KINDS if code != "internal"}


def _example(code: str) -> Document:
    errors = [("/query/limit", Said("should be a valid integer"))]
    wrong = errors if code == "invalid" else []
    return Problem(
        code, Said("One sentence more of what is wrong."), errors=wrong
    ).body()
