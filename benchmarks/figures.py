"""What a measurement hands back, and how it is shown and kept."""

import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

RESULTS: Final = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Scale:
    """How long each measurement takes, and how much data it uses."""

    seconds: float
    rounds: int
    events: tuple[int, ...]
    batches: int


QUICK: Final = Scale(seconds=0.6, rounds=1, events=(5_000, 20_000), batches=4)
FULL: Final = Scale(
    seconds=4.0, rounds=2, events=(10_000, 100_000, 1_000_000), batches=30
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, its unit, and the bound that it should keep to, if there is one."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None when there is no goal."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most

    @property
    def goal(self) -> str:
        """The goal as a reader sees it."""
        if self.at_least is not None:
            return f"≥ {_number(self.at_least)}"
        return "" if self.at_most is None else f"≤ {_number(self.at_most)}"


def show(groups: Iterable[tuple[str, Sequence[Figure]]]) -> None:
    """Print the figures as one table."""
    table = Table("measurement", "figure", "value", "unit", "goal", "met")
    for group, figures in groups:
        for place, figure in enumerate(figures):
            table.add_row(group if place == 0 else "", *_cells(figure))
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 110).print(table)


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "no"}[figure.met]
    return figure.name, _number(figure.value), figure.unit, figure.goal, met


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def keep(
    groups: Sequence[tuple[str, Sequence[Figure]]], scale: Scale, load_before: float
) -> Path:
    """Write the figures to `results/<date>.json`; the newest run of a day stays.

    `load_before` tells a quiet machine from one that was busy with other things.
    """
    now = datetime.now(UTC)
    suffix = "" if scale == FULL else "-quick"
    path = RESULTS / f"{now:%Y-%m-%d}{suffix}.json"
    document = {
        "taken_at": now.isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load_before": load_before,
        "python": platform.python_version(),
        "scale": asdict(scale),
        "figures": {
            group: [asdict(f) | {"met": f.met} for f in figures]
            for group, figures in groups
        },
    }
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return path
