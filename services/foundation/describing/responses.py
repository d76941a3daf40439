"""What every answer of a kind carries: problems, headers, entity tags."""

from typing import Final

from services.foundation.describing.operations import (
    Document,
    Operation,
    operations,
)
from services.foundation.describing.shared import MEANINGS, problem_content, refer

FAULTY: Final = 400
ALWAYS: Final = (422,)
"""An unknown parameter is refused everywhere."""
OF_KEYS: Final = (401, 403, 429, 503)
UNCHANGED: Final = {"description": "Unchanged since the entity tag that was sent"}
UNTAGGED: Final = {"text/calendar", "text/event-stream"}
"""What says its headers itself."""
TAGGED: Final = ("Cache-Control", "ETag", "Ledger-Position", "Vary")
RECORDS: Final = frozenset({"record", "record_batch"})


def complete_responses(document: Document) -> None:
    """Say every status and header of every operation."""
    for each in operations(document):
        _add_missing(each)
        for status, response in each.responses.items():
            _complete(each, int(status), response)
        in_order = sorted(each.responses.items())
        each.content["responses"] = dict(in_order)


def _add_missing(operation: Operation) -> None:
    wanted = (*ALWAYS, *OF_KEYS) if operation.needs_key else ALWAYS
    for status in wanted:
        told = {"description": MEANINGS[status]}
        operation.responses.setdefault(str(status), told)
    if _is_tagged(operation):
        operation.responses.setdefault("304", dict(UNCHANGED))


def _is_tagged(operation: Operation) -> bool:
    kinds = operation.responses.get("200", {}).get("content", {})
    own = UNTAGGED & kinds.keys() or operation.name == "get_journal"
    return operation.needs_key and operation.method == "get" and not own


def _complete(operation: Operation, status: int, response: Document) -> None:
    names = ["X-Request-ID"]
    if status >= FAULTY:
        response["content"] = problem_content(status, _codes(operation))
        names += _of_problems(status)
    elif status in {200, 304} and operation.method == "get" and operation.needs_key:
        names += _of_reads(operation)
    own = response.get("headers", {})
    response["headers"] = {**refer(sorted(names)), **own}


def _of_problems(status: int) -> list[str]:
    names = ["Content-Language", "Vary"]
    if status == 401:  # noqa: PLR2004
        names.append("WWW-Authenticate")
    if status == 415:  # noqa: PLR2004
        names.append("Accept-Encoding")
    if status in {429, 503}:
        names.append("Retry-After")
    return names


def _codes(operation: Operation) -> list[str]:
    """The codes that only such an operation knows."""
    codes = ["not-yet"] if "min_position" in operation.parameters else []
    if operation.name in RECORDS:
        codes += ["idempotency-mismatch", "outcome-unknown"]
    return codes


def _of_reads(operation: Operation) -> list[str]:
    names = list(TAGGED) if _is_tagged(operation) else []
    asks = {"as_of", "known_at", "known_from"} & operation.parameters.keys()
    if asks:
        names.append("Projection-Halted")
    if "cursor" in operation.parameters:
        names.append("Link")
    return names
