"""Bars to both sides of a line: what was given, and what was received."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, label

WIDTH: Final = 640.0
MIDDLE: Final = WIDTH / 2
LONGEST: Final = MIDDLE - 90
ROW: Final = 46.0
THICK: Final = 18.0


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
        """The longer of the two, as an amount."""
        return max(_sum(self.given), _sum(self.received), Decimal(1))


def _sum(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), Decimal(0))


def butterfly(title: str, description: str, rows: Sequence[Wings]) -> Markup:
    """Given to the left, received to the right; each unit has a scale of its own."""
    height = ROW * len(rows) + 10
    middle = element("line", x1=MIDDLE, x2=MIDDLE, y1=0, y2=height, class_="axis")
    parts = [piece for place, row in enumerate(rows) for piece in _row(place, row)]
    return drawing(WIDTH, height, title, description, [*parts, middle])


def _row(place: int, row: Wings) -> Iterator[str]:
    top = ROW * place + 22
    scale = LONGEST / float(row.longest)
    yield label(MIDDLE, top - 6, row.unit, "middle", class_="unit")
    for parts, direction in ((row.given, -1), (row.received, 1)):
        yield from _wing(parts, direction, top, scale)
        end = MIDDLE + direction * (float(_sum(parts)) * scale + 8)
        anchor = "end" if direction < 0 else "start"
        yield label(end, top + 14, _told(_sum(parts)), anchor, class_="amount")


def _wing(
    parts: Sequence[Part], direction: int, top: float, scale: float
) -> Iterator[str]:
    start = 0.0
    for part in parts:
        wide = float(part.amount) * scale
        x = MIDDLE + start if direction > 0 else MIDDLE - start - wide
        hint = element("title", (f"{part.words}: {_told(part.amount)}",))
        yield element(
            "rect",
            (hint,),
            x=x,
            y=top,
            width=max(wide, 0.0),
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
        top = place * 30.0 + 4
        wide = max(count / most * (WIDTH - 260), 1.0)
        parts += [
            label(150, top + 15, words, "end"),
            element("rect", x=160, y=top, width=wide, height=20, class_=f"bar {kind}"),
            label(168 + wide, top + 15, str(count), class_="amount"),
        ]
    return drawing(WIDTH, 30.0 * len(steps) + 8, title, description, parts)
