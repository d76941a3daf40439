"""A chart over months: how many partners in each stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, hint, label

WIDTH: Final = 360.0
LEFT: Final = 28.0
FOOT: Final = 170.0
TALL: Final = FOOT - 12
LABELS: Final = 4
"""How many months are told below the columns, at most, and one more."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A stage: its class, its words, and how many partners were in it each month."""

    kind: str
    words: str
    counts: Sequence[int]


def stacked(
    title: str, description: str, months: Sequence[str], layers: Sequence[Layer]
) -> Markup:
    """Columns of partners by stage; some of the months are told below."""
    totals = [sum(layer.counts[i] for layer in layers) for i in range(len(months))]
    most, wide = max(totals, default=0) or 1, (WIDTH - LEFT) / max(len(months), 1)
    columns = [
        piece
        for place in range(len(months))
        for piece in _column(place, wide, TALL / most, layers)
    ]
    scale = [
        label(LEFT - 6, FOOT - TALL + 10, f"{most:,}", "end"),
        label(LEFT - 6, FOOT, "0", "end"),
        element("line", x1=LEFT, x2=WIDTH, y1=FOOT, y2=FOOT, class_="axis"),
    ]
    parts = [*columns, *_marks(months, wide), *scale]
    return drawing(WIDTH, FOOT + 20, title, description, parts)


def _marks(months: Sequence[str], wide: float) -> Iterator[str]:
    every = max(1, -(-len(months) // LABELS))
    for place in range(0, len(months), every):
        yield label(LEFT + wide * place, FOOT + 15, months[place], class_="month")


def _column(
    place: int, wide: float, high: float, layers: Sequence[Layer]
) -> Iterator[str]:
    top = FOOT
    for layer in layers:
        count = layer.counts[place]
        if not count:
            continue
        top -= count * high
        yield element(
            "rect",
            (hint(f"{layer.words}: {count}"),),
            x=LEFT + wide * place,
            y=top,
            width=max(wide - 0.5, 0.5),
            height=count * high,
            class_=f"stage {layer.kind}",
        )
