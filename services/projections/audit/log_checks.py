"""Whether the log is whole: positions gapless, times never decreasing. In stretches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts.events import RecordedEvent
from services.foundation.database import statement
from services.projections.audit.findings import Finding
from services.projections.audit.reading import Pool, one_moment, read_head

HERE: Final = "services.projections.audit"


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the log that was looked at, and what is wrong with it."""

    last: int
    recorded_at: datetime | None
    events: int
    findings: Sequence[Finding]


def check_head(pool: Pool, ledger: str) -> Iterator[Finding]:
    """The head is where the last event is."""
    head, last = read_head(pool, ledger)
    if head != last:
        detail = f"the head says {head}, the last event is at {last}"
        yield Finding("head-differs", detail, position=last)


def check_page(pool: Pool, ledger: str, before: Page, last: int, most: int) -> Page:
    """Look at the next positions, at most so many; no events when there are none."""
    named = {
        "ledger": ledger,
        "after": before.last,
        "recorded_at": before.recorded_at,
        "last": last,
        "most": most,
    }
    with one_moment(pool) as connection:
        row = connection.execute(statement(HERE, "log_page"), named).fetchone()
    at, recorded_at, events, after_gaps, earlier = row or (None, None, 0, (), ())
    at = before.last if at is None else at
    wrong = [*_wrong(after_gaps or (), earlier or ())]
    if events < most and at < last:
        wrong.append(Finding("position-missing", "the log ends before", position=last))
    return Page(at, recorded_at, events, wrong)


def _wrong(after_gaps: Sequence[int], earlier: Sequence[int]) -> Iterator[Finding]:
    for position in after_gaps:
        detail = "no event at the position before"
        yield Finding("position-missing", detail, position=position)
    for position in earlier:
        detail = "recorded earlier than the event before"
        yield Finding("recorded-earlier", detail, position=position)


def check_versions(stream: str, events: Sequence[RecordedEvent]) -> Iterator[Finding]:
    """The versions of a stream count from one, in order of position."""
    for expected, event in enumerate(events, 1):
        if event.version != expected:
            detail = f"version {event.version} where {expected} is due"
            yield Finding("version-gap", detail, stream, event.position)
            return


def sums(pool: Pool, named: dict[str, Any]) -> Iterator[Finding]:
    """What does not sum to zero per position and unit in a stretch of postings."""
    with one_moment(pool) as connection:
        rows = connection.execute(statement(HERE, "sums"), named).fetchall()
    for position, unit in rows:
        detail = f"the postings in {unit} do not sum to zero"
        yield Finding("sum-not-zero", detail, position=position)
