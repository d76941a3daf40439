"""The account of an import as a person reads it on a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.importers.account import Account, Refusals

Line = tuple[str, str, str]


def print_account(console: Console, account: Account) -> None:
    """Print rows, then events, each as a table whose lines add up to its first."""
    console.print(_table("Rows", _rows(account)))
    console.print(_table("Events", _events(account)))
    for name, partner in account.set_apart.items():
        console.print(Text(f"{name!r} is close to another name: now {partner}"))


def _rows(account: Account) -> Iterator[Line]:
    yield "read", str(account.rows), ""
    yield "with events", str(account.mapped), _in_part(account)
    yield from _by_rule("collapsed", account.collapsed)
    yield from _by_rule("skipped", account.skipped)
    yield from _refusals("refused", account.unusable)


def _events(account: Account) -> Iterator[Line]:
    made = "not sent: this was a dry run" if account.dry else ""
    yield "made", str(account.events.total()), made
    for kind, count in sorted(account.events.items()):
        yield "", "", f"{count} {kind}"
    if account.dry:
        return
    yield "recorded", str(account.recorded), ""
    yield "replayed", str(account.replayed), "recorded by an earlier import"
    yield from _refusals("refused", account.refused)


def _in_part(account: Account) -> str:
    refused = len(account.rows_refused)
    return f"{refused} of them with refused events" if refused else ""


def _by_rule(word: str, counts: Mapping[str, int]) -> Iterator[Line]:
    for rule, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield word, str(count), rule


def _refusals(word: str, refusals: Refusals) -> Iterator[Line]:
    for code, count in refusals.counts.most_common():
        yield word, str(count), "\n".join([code, *refusals.examples[code]])
    if not refusals.counts:
        yield word, "0", ""


def _table(title: str, lines: Iterator[Line]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        # As text: what a file holds is never taken for markup.
        table.add_row(*(Text(cell) for cell in line))
    return table
