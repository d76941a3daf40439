"""What an audit may look at, and what it finds."""

from dataclasses import dataclass, field
from typing import Final

MOST_FINDINGS: Final = 100
COUNTED: Final = (
    "positions",
    "posted_positions",
    "partners",
    "events",
    "rows",
    "partners_left_out",
    "given_up",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be; it never repeats what rows say."""

    kind: str
    detail: str
    partner: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much an audit looks at, so that it disturbs nobody.

    Of a ledger with more positions a stretch that the seed chooses is looked at. To
    refold a partner's books costs as many readings of an event as it has events, for
    each correction.
    """

    partners: int = 100
    events_a_partner: int = 20_000
    readings_a_partner: int = 500_000
    positions: int = 2_000_000
    positions_at_once: int = 50_000
    seconds: float = 60.0
    rest_seconds: float = 0.02


@dataclass(slots=True)
class Found:
    """What an audit has looked at so far, and what it found."""

    checked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    findings: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, *findings: Finding) -> None:
        """Keep findings, as many as anybody reads; all of them are counted."""
        self.count += len(findings)
        self.findings += findings[: max(0, MOST_FINDINGS - len(self.findings))]

    def looked_at(self, **numbers: int) -> None:
        """Count what was looked at."""
        for name, number in numbers.items():
            self.checked[name] += number
