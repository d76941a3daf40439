"""How a verification is told, to people and to programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from services.ledger.integrity.verification.findings import Report, places


def as_json(report: Report) -> dict[str, Any]:
    """A report for programs."""
    told = {name: value for name, value in asdict(report).items() if name != "covered"}
    heads = [asdict(one) for one in report.covered]
    ok = not report.findings
    proof = {"proven": report.proven, "signed": report.signed, "heads": heads}
    return {"ok": ok, **proof, **told}


def as_lines(report: Report) -> Iterator[str]:
    """A report for people: what holds, on whose word, and what is wrong."""
    yield f"ledger {report.ledger or '(unknown)'}: {report.events:,} events"
    if report.proven:
        told = places(1, report.proven)
        yield f"  proven by a head kept outside the database: {told}"
    if report.signed > report.proven:
        told = places(report.proven + 1, report.signed)
        yield f"  signed only by heads kept with the events: {told}"
    reached = max(report.proven, report.signed)
    if report.events > reached:
        yield f"  not vouched for: {places(reached + 1, report.events)}"
    for one in report.covered:
        yield f"  heads in {one.source}: {one.heads:,}, newest that holds: {one.size:,}"
    yield from (f"  note: {remark}" for remark in report.remarks)
    for finding in report.findings:
        yield f"  WRONG ({finding.kind}): {finding.sentence}"
    yield f"  {'nothing is wrong' if not report.findings else 'something is wrong'}"
