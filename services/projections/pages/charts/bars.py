"""Bars to both sides of a line: what was given, and what was received."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, hint, label

WIDTH: Final = 360.0
MIDDLE: Final = WIDTH / 2
LONGEST: Final = MIDDLE - 4
ROW: Final = 44.0
THICK: Final = 16.0
STEP: Final = 27.0
WORDS: Final = 118.0
"""How much room the words of a step take."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: how much, and what it means by its class and its words."""

    amount: Decimal
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Wings:
    """What was given and received in one unit."""

    unit: str
    given: Sequence[Part]
    received: Sequence[Part]

    @property
    def longest(self) -> Decimal:
        """The longer of the two, as an amount; 1 when there is nothing."""
        return max(_sum(self.given), _sum(self.received)) or Decimal(1)


def _sum(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), Decimal(0))


def butterfly(title: str, description: str, rows: Sequence[Wings]) -> Markup:
    """Given to the left, received to the right; each unit has a scale of its own."""
    height = ROW * len(rows)
    parts = [piece for place, row in enumerate(rows) for piece in _row(place, row)]
    return drawing(WIDTH, height, title, description, parts)


def _row(place: int, row: Wings) -> Iterator[str]:
    top = ROW * place + 18
    given, received = _sum(row.given), _sum(row.received)
    yield label(0, top - 5, _told(given), class_="amount")
    yield label(MIDDLE, top - 5, row.unit, "middle", class_="unit")
    yield label(WIDTH, top - 5, _told(received), "end", class_="amount")
    scale = LONGEST / float(row.longest)
    yield from _wing(row.given, -1, top, scale)
    yield from _wing(row.received, 1, top, scale)
    ends = {"y1": top - 2, "y2": top + THICK + 2}
    yield element("line", x1=MIDDLE, x2=MIDDLE, class_="axis", **ends)


def _wing(
    parts: Sequence[Part], direction: int, top: float, scale: float
) -> Iterator[str]:
    start = 0.0
    for part in parts:
        if not part.amount:
            continue
        wide = float(part.amount) * scale
        yield element(
            "rect",
            (hint(f"{part.words}: {_told(part.amount)}"),),
            x=MIDDLE + start if direction > 0 else MIDDLE - start - wide,
            y=top,
            width=wide,
            height=THICK,
            class_=f"bar {part.kind}",
        )
        start += wide


def _told(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def funnel(
    title: str, description: str, steps: Sequence[tuple[str, int, str]]
) -> Markup:
    """Steps below one another, each as long as its count: words, count, class."""
    most = max((count for _, count, _ in steps), default=0) or 1
    parts = []
    for place, (words, count, kind) in enumerate(steps):
        top = place * STEP + 3
        wide = max(count / most * (WIDTH - WORDS - 60), 1.0)
        parts += [
            label(WORDS - 8, top + 15, words, "end"),
            element(
                "rect", x=WORDS, y=top, width=wide, height=20, class_=f"bar {kind}"
            ),
            label(WORDS + 8 + wide, top + 15, f"{count:,}", class_="amount"),
        ]
    return drawing(WIDTH, STEP * len(steps) + 3, title, description, parts)
