"""`python -m benchmarks [--quick] [--only NAME]`: measure, show, keep."""

import argparse
import os
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final

from rich.console import Console

from benchmarks import (
    balances,
    batches,
    folding,
    in_process,
    pages,
    rebuilding,
    recording,
    sealing,
    stages,
    switching,
    tree,
    visible,
)
from benchmarks.figures import FULL, QUICK, Figure, Scale, keep, show

MEASUREMENTS: Final[dict[str, Callable[[Scale], Iterator[Figure]]]] = {
    "recording": recording.measure,
    "writer": in_process.measure,
    "sealing": sealing.measure,
    "batches": batches.measure,
    "tree": tree.measure,
    "visible": visible.measure,
    "folding": folding.measure,
    "rebuilding": rebuilding.measure,
    "switching": switching.measure,
    "balances": balances.measure,
    "stages": stages.measure,
    "pages": pages.measure,
}


def main() -> None:
    """Run the measurements that are asked for, one after another."""
    arguments = _arguments()
    scale = QUICK if arguments.quick else FULL
    names = [arguments.only] if arguments.only else list(MEASUREMENTS)
    load, _, _ = os.getloadavg()
    groups = [(name, _taken(name, scale)) for name in names]
    show(groups)
    if not arguments.only:
        Console().print(
            f"Kept in {keep(groups, scale, round(load, 2))}", soft_wrap=True
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 90 seconds")
    parser.add_argument("--only", choices=MEASUREMENTS, help="one measurement")
    return parser.parse_args()


def _taken(name: str, scale: Scale) -> list[Figure]:
    begun = monotonic()
    console = Console(stderr=True)
    with console.status(f"measuring: {name}"):
        figures = list(MEASUREMENTS[name](scale))
    console.print(f"{name}: {monotonic() - begun:.0f} s")
    return figures


if __name__ == "__main__":
    main()
