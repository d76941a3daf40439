"""How refusals and failures of the writer are told to clients."""

from typing import Any, Final

from contracts.saying import Said
from services.foundation.problems import Problem
from services.ledger.rules.refusals import Refusal
from services.ledger.store import recordings as r

CODES: Final[dict[type[Refusal], str]] = {
    r.VersionMismatch: "version-mismatch",
    r.OtherContent: "idempotency-mismatch",
    r.LedgerFull: "too-many",
}


def as_problem(refusal: Refusal, at: str = "") -> Problem:
    """The problem that a refusal is: a conflict, unless it says otherwise."""
    code = CODES.get(type(refusal), "conflict")
    errors = [(at + refusal.pointer, refusal.sentence)] if refusal.pointer else []
    more: dict[str, Any] = {}
    if refusal.dependents:
        more["dependents"] = list(refusal.dependents)
    return Problem(code, refusal.sentence, errors=errors, **more)


def as_service_problem(error: r.WriterError) -> Problem:
    """The problem of a writer that could not take a recording."""
    code = "outcome-unknown" if isinstance(error, r.OutcomeUnknown) else "unavailable"
    detail = Said(type(error).__doc__ or "")
    return Problem(code, detail, headers={"Retry-After": "1"})
