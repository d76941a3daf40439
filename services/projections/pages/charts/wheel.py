"""The wheel whose spokes are the many small acts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, label

SIZE: Final = 420.0
CENTRE: Final = SIZE / 2
HUB: Final = 26.0
RIM: Final = 132.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """A kind of act: its words, how often it was done, whether it was an attempt."""

    words: str
    count: int
    thin: bool = False


def wheel(title: str, description: str, spokes: Sequence[Spoke]) -> Markup:
    """A spoke for each kind of act, as long as the root of its count."""
    most = sqrt(max((spoke.count for spoke in spokes), default=0) or 1)
    rim = element("circle", cx=CENTRE, cy=CENTRE, r=RIM, class_="rim")
    hub = element("circle", cx=CENTRE, cy=CENTRE, r=HUB, class_="hub")
    total = str(sum(spoke.count for spoke in spokes))
    middle = label(CENTRE, CENTRE + 5, total, "middle", class_="total")
    drawn = [
        piece
        for place, spoke in enumerate(spokes)
        for piece in _spoke(spoke, 2 * pi * place / len(spokes) - pi / 2, most)
    ]
    return drawing(SIZE, SIZE, title, description, [rim, *drawn, hub, middle])


def _spoke(spoke: Spoke, angle: float, most: float) -> Iterator[str]:
    length = HUB + (RIM - HUB) * sqrt(spoke.count) / most
    yield element(
        "line",
        (element("title", (f"{spoke.words}: {spoke.count}",)),),
        x1=CENTRE + HUB * cos(angle),
        y1=CENTRE + HUB * sin(angle),
        x2=CENTRE + length * cos(angle),
        y2=CENTRE + length * sin(angle),
        class_="spoke thin" if spoke.thin else "spoke",
    )
    across = cos(angle)
    anchor = "middle" if abs(across) < 0.3 else "start" if across > 0 else "end"  # noqa: PLR2004
    x, y = CENTRE + (RIM + 12) * across, CENTRE + (RIM + 16) * sin(angle) + 4
    yield label(x, y, f"{spoke.words} {spoke.count}", anchor, class_="name")
