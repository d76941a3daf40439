"""What a verification finds and proves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

MOST_OF_ONE_KIND: Final = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is not as it was: what, at which positions, and a sentence.

    `first` and `last` are 0 where no position can be named.
    """

    kind: str
    first: int
    last: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Covered:
    """The newest head of one source that holds, and how many heads it has."""

    source: str
    outside: bool
    heads: int
    size: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, what is proven, and everything that is wrong.

    `remarks` are what weakens the proof without being wrong.
    """

    ledger: str
    events: int
    covered: Sequence[Covered]
    findings: Sequence[Finding]
    remarks: Sequence[str] = ()

    @property
    def proven(self) -> int:
        """Up to this position a head from outside the database vouches for the log."""
        return max((one.size for one in self.covered if one.outside), default=0)

    @property
    def signed(self) -> int:
        """Up to this position some signed head does, wherever it is kept."""
        return max((one.size for one in self.covered), default=0)

    def at_rest(self) -> "Report":
        """The same for who knows that nothing was recorded since the newest head."""
        if self.proven >= self.events:
            return self
        first, last = self.proven + 1, self.events
        told = f"{places(first, last).capitalize()}: not vouched for from outside."
        added = Finding("added", first, last, told)
        return replace(self, findings=[*self.findings, added])


class Few:
    """Findings of each kind up to a number, and how many more there were."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: dict[str, int] = {}

    def add(self, finding: Finding) -> None:
        """Keep one more, or count it."""
        count = self._counts.get(finding.kind, 0)
        self._counts[finding.kind] = count + 1
        if count < MOST_OF_ONE_KIND:
            self._kept.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keep some more."""
        for finding in findings:
            self.add(finding)

    def all(self) -> Sequence[Finding]:
        """Those that are kept, by position, then how many were not."""
        ordered = sorted(self._kept, key=lambda one: (one.first, one.last))
        return [*ordered, *(self._rest())]

    def _rest(self) -> Iterable[Finding]:
        for kind, count in self._counts.items():
            more = count - MOST_OF_ONE_KIND
            if more > 0:
                yield Finding(kind, 0, 0, f"{more} more of this kind: {kind}.")


def places(first: int, last: int) -> str:
    """`position 5` or `positions 5 to 7`."""
    if first == last:
        return f"position {first:,}"
    return f"positions {first:,} to {last:,}"
