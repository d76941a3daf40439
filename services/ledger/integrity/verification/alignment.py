"""Laying a log beside the leaves that the tree holds: where and how they differ.

A leaf is only a hash. But a record says its own position, so that one that was moved is
known by the leaf that it would have at another position.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from services.ledger.integrity.verification.lines import Line

WINDOW: Final = 1024
ENOUGH: Final = WINDOW + 1
KEPT: Final = 1000
KEPT_LINES: Final = 256
LeafAt = Callable[[int], bytes | None]


@dataclass(slots=True)
class Difference:
    """What was `changed` or `removed`, by its positions in the tree, or `added`.

    What was added has its positions in the log, and `recorded` is the position that
    the tree holds next. `seen` are the first lines of it.
    """

    kind: str
    first: int
    last: int
    recorded: int
    seen: list[Line] = field(default_factory=list)


class Alignment:
    """Takes the log line by line; keeps a window of lines only where it differs."""

    def __init__(self, leaf_at: LeafAt, size: int) -> None:
        self._leaf_at = leaf_at
        self._size = size
        self._next = 1
        self._waiting: deque[Line] = deque()
        self._blind = 0
        self._room = KEPT_LINES
        self.differences: list[Difference] = []
        self.unkept = 0

    def take(self, line: Line) -> None:
        """Lay the next line of the log beside the tree."""
        if self._waiting:
            self._waiting.append(line)
            if len(self._waiting) > ENOUGH:
                self._settle(ENOUGH)
        elif self._next > self._size:
            return
        elif line.leaf_at(self._next) == self._leaf_at(self._next):
            self._next += 1
        else:
            self._waiting.append(line)

    def finish(self) -> None:
        """No more lines come: whatever is left of the tree has been removed."""
        self._settle(0)
        if self._next <= self._size:
            self._note("removed", self._next, self._size, [])

    def _settle(self, enough: int) -> None:
        """Explain waiting lines until those left need more lines after them."""
        while self._waiting and self._next <= self._size:
            if self._agrees(0, 0):
                self._go_on(1, 1)
                self._blind = 0
            elif len(self._waiting) > enough:
                self._explain()
            else:
                return
        if self._next > self._size:
            self._waiting.clear()

    def _explain(self) -> None:
        """Say how the first waiting line comes to differ, and go past it.

        A search in vain is not repeated at once: with everything altered it would take
        for ever, and there is nothing to find.
        """
        kind, lines, leaves = "changed", 1, 1
        if self._blind:
            self._blind -= 1
        else:
            found = self._search()
            self._blind = 0 if found else WINDOW
            kind, lines, leaves = found or (kind, lines, leaves)
        first = self._waiting[0].place if kind == "added" else self._next
        last = first + max(lines, leaves) - 1
        self._note(kind, first, last, list(islice(self._waiting, lines)))
        self._go_on(lines, leaves)

    def _search(self) -> tuple[str, int, int] | None:
        """The smallest step after which log and tree agree again."""
        for step in range(1, WINDOW + 1):
            if self._resumes(step, step):
                return "changed", step, step
            if self._resumes(step, 0):
                return "added", step, 0
            if self._resumes(0, step):
                return "removed", 0, step
        gap = self._waiting[0].position - self._next
        return ("removed", 0, gap) if gap > 0 and self._resumes(0, gap) else None

    def _resumes(self, lines: int, leaves: int) -> bool:
        """Whether log and tree agree again after so many lines and so many leaves.

        After a shift two in a row must agree: one alone may have been moved there.
        """
        if lines == leaves or not self._agrees(lines, leaves):
            return self._agrees(lines, leaves)
        if lines + 1 < len(self._waiting):
            is_last = self._next + leaves == self._size
            return is_last or self._agrees(lines + 1, leaves + 1)
        return self._next + leaves == self._size

    def _agrees(self, lines: int, leaves: int) -> bool:
        position = self._next + leaves
        if lines >= len(self._waiting) or position > self._size:
            return False
        return self._waiting[lines].leaf_at(position) == self._leaf_at(position)

    def _go_on(self, lines: int, leaves: int) -> None:
        for _ in range(lines):
            self._waiting.popleft()
        self._next += leaves

    def _note(self, kind: str, first: int, last: int, seen: list[Line]) -> None:
        before = self.differences[-1] if self.differences else None
        kept = seen[: self._room]
        self._room -= len(kept)
        if before and before.kind == kind and before.last + 1 == first:
            before.last = last
            before.seen += kept
        elif len(self.differences) < KEPT:
            made = Difference(kind, first, last, self._next, kept)
            self.differences.append(made)
        else:
            self.unkept += 1
