"""A bar of progress, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Watch = Callable[[int], None]
EVERY = 1000


@contextmanager
def counting(title: str, total: int, *, quiet: bool = False) -> Iterator[Watch]:
    """Tell it how many are done; it draws at every thousandth."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    with Progress(*columns, *times, console=console, disable=hidden) as bar:
        task = bar.add_task(title, total=total)

        def watch(done: int) -> None:
            if done % EVERY == 0:
                bar.update(task, completed=done)

        yield watch
        bar.update(task, completed=total)
