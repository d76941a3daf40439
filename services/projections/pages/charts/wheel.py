"""The wheel whose spokes are the many small acts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final
from unicodedata import east_asian_width

from markupsafe import Markup

from services.projections.pages.charts.svg import drawing, element, hint, label

WIDTH: Final = 400.0
HEIGHT: Final = 290.0
X: Final = WIDTH / 2
Y: Final = HEIGHT / 2
HUB: Final = 24.0
RIM: Final = 104.0
LINE: Final = 14.0
MOST_LETTERS: Final = 12
"""From how many letters on words are told on two lines, if they have a blank."""
BESIDE: Final = 0.3
"""How far across a spoke points whose words stand beside it, not above or below."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A kind of act: its words, how often it was done, whether it was an attempt."""

    words: str
    count: int
    thin: bool = False


def wheel(title: str, description: str, spokes: Sequence[Spoke]) -> Markup:
    """A spoke for each kind of act, as long as the root of its count."""
    most = sqrt(max((spoke.count for spoke in spokes), default=0) or 1)
    rim = element("circle", cx=X, cy=Y, r=RIM, class_="rim")
    hub = element("circle", cx=X, cy=Y, r=HUB, class_="hub")
    total = f"{sum(spoke.count for spoke in spokes):,}"
    middle = label(X, Y + 5, total, "middle", class_="total")
    drawn = [
        piece
        for place, spoke in enumerate(spokes)
        for piece in _spoke(spoke, 2 * pi * place / len(spokes) - pi / 2, most)
    ]
    return drawing(WIDTH, HEIGHT, title, description, [rim, *drawn, hub, middle])


def _spoke(spoke: Spoke, angle: float, most: float) -> Iterator[str]:
    length = HUB + (RIM - HUB) * sqrt(spoke.count) / most
    yield element(
        "line",
        (hint(f"{spoke.words}: {spoke.count}"),),
        x1=X + HUB * cos(angle),
        y1=Y + HUB * sin(angle),
        x2=X + length * cos(angle),
        y2=Y + length * sin(angle),
        class_="spoke thin" if spoke.thin else "spoke",
    )
    lines = lines_of(f"{spoke.words} {spoke.count:,}")
    across, down = cos(angle), sin(angle)
    anchor = "middle" if abs(across) < BESIDE else "start" if across > 0 else "end"
    rise = LINE * (len(lines) - 1)
    top = Y + (RIM + 14) * down + 4 - rise * (1 - down) / 2
    for place, line in enumerate(lines):
        x, y = X + (RIM + 10) * across, top + LINE * place
        yield label(x, y, line, anchor, class_="name")


def lines_of(words: str) -> Sequence[str]:
    """Words on one line or, where they are long, on two of about the same length."""
    blanks = [place for place, letter in enumerate(words) if letter == " "]
    if _width(words) <= MOST_LETTERS or not blanks:
        return (words,)
    middle = min(blanks, key=lambda place: abs(2 * place - len(words)))
    return words[:middle], words[middle + 1 :]


def _width(words: str) -> int:
    """How wide words are; letters of Japanese are twice as wide as others."""
    return sum(1 + (east_asian_width(letter) in {"W", "F"}) for letter in words)
