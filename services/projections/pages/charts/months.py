"""Charts over months: how often in touch, and how many partners in each stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, label

LEFT: Final = 150.0
CELL: Final = 34.0
HIGH: Final = 24.0
STEPS: Final = (1, 2, 4, 8)
"""From how many contact days on a cell is one step darker."""


@dataclass(frozen=True, slots=True)
class Row:
    """A partner, and for each month its contact days and what a reader hears."""

    name: str
    days: Sequence[int]
    words: Sequence[str]


def heat(
    title: str, description: str, months: Sequence[str], rows: Sequence[Row]
) -> Markup:
    """Partners by months; a month is the darker, the more days there was a contact."""
    width, height = LEFT + CELL * len(months) + 4, HIGH * len(rows) + 26
    heads = [
        label(LEFT + CELL * (place + 0.5), 14, month, "middle", class_="month")
        for place, month in enumerate(months)
    ]
    cells = [piece for place, row in enumerate(rows) for piece in _cells(place, row)]
    return drawing(width, height, title, description, [*heads, *cells])


def _cells(place: int, row: Row) -> Iterator[str]:
    top = 22 + HIGH * place
    yield label(LEFT - 8, top + 16, row.name[:18], "end", class_="name")
    for month, (days, words) in enumerate(zip(row.days, row.words, strict=True)):
        step = sum(days >= least for least in STEPS)
        x = LEFT + CELL * month
        yield element(
            "rect",
            (element("title", (words,)),),
            x=x + 1,
            y=top + 1,
            width=CELL - 2,
            height=HIGH - 2,
            class_=f"heat h{step}",
        )
        if days:
            shade = "count on-dark" if step > 2 else "count"  # noqa: PLR2004
            yield label(x + CELL / 2, top + 16, str(days), "middle", class_=shade)


@dataclass(frozen=True, slots=True)
class Layer:
    """A stage: its class, its words, and how many partners were in it each month."""

    kind: str
    words: str
    counts: Sequence[int]


def stacked(
    title: str, description: str, months: Sequence[str], layers: Sequence[Layer]
) -> Markup:
    """Columns of partners by stage; months are told at every twelfth at most."""
    totals = [sum(layer.counts[i] for layer in layers) for i in range(len(months))]
    most, wide = max(totals, default=0) or 1, 600.0 / max(len(months), 1)
    drawn = [
        piece
        for place in range(len(months))
        for piece in _column(place, wide, 180.0 / most, layers)
    ]
    every = max(1, len(months) // 8)
    marks = [
        label(30 + wide * place, 206, month, class_="month")
        for place, month in enumerate(months)
        if place % every == 0
    ]
    scale = [label(24, 14, str(most), "end"), label(24, 190, "0", "end")]
    return drawing(640, 212, title, description, [*drawn, *marks, *scale])


def _column(
    place: int, wide: float, high: float, layers: Sequence[Layer]
) -> Iterator[str]:
    top = 190.0
    for layer in layers:
        count = layer.counts[place]
        if not count:
            continue
        top -= count * high
        hint = element("title", (f"{layer.words}: {count}",))
        yield element(
            "rect",
            (hint,),
            x=30 + wide * place,
            y=top,
            width=max(wide - 0.5, 0.5),
            height=count * high,
            class_=f"stage {layer.kind}",
        )
