"""The account of an import as a person reads it on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.importers.account import Account, Refusals, shown
from services.importers.files import Kind
from services.importers.job import Report

Line = tuple[str, str, str]
WORDS: Final[Mapping[Kind, str]] = {
    "table": "Rows",
    "contacts": "Cards",
    "calendar": "Entries",
    "mail": "Messages",
}
MOST_UNKNOWN: Final = 20


def print_report(console: Console, report: Report) -> None:
    """Print the account of each file, and what the map could still tell."""
    for account in report.accounts:
        if len(report.accounts) > 1 or account.kind != "table":
            console.print(Text(account.name))
        print_account(console, account)
    for what, counts in (
        ("Organisations", report.unknown.organisations),
        ("Mail domains", report.unknown.domains),
    ):
        if counts:
            console.print(Text(f"{what} that nothing tells the partner of"))
            console.print(_table("", _unknown(counts.most_common())))


def print_account(console: Console, account: Account) -> None:
    """Print rows, then events, each as a table whose lines add up to its first."""
    console.print(_table(WORDS[account.kind], _rows(account)))
    console.print(_table("Events", _events(account)))
    for name, partner in account.set_apart.items():
        console.print(Text(f"{name!r} is close to another name: now {partner}"))


def _rows(account: Account) -> Iterator[Line]:
    yield "read", str(account.rows), ""
    yield "with events", str(account.mapped), _in_part(account)
    yield from _by_rule("collapsed", account.collapsed, {})
    if account.kind == "table":
        yield from _by_rule("skipped", account.skipped, {})
    else:
        yield from _by_rule("left out", account.skipped, account.skipped_examples)
    yield from _refusals("refused", account.unusable)


def _events(account: Account) -> Iterator[Line]:
    if account.known:
        yield "known already", str(account.known), ""
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


def _by_rule(
    word: str, counts: Mapping[str, int], examples: Mapping[str, list[str]]
) -> Iterator[Line]:
    for rule, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield word, str(count), "\n".join([rule, *examples.get(rule, ())])


def _unknown(counts: list[tuple[str, int]]) -> Iterator[Line]:
    for name, count in counts[:MOST_UNKNOWN]:
        yield "", str(count), shown(name)
    if len(counts) > MOST_UNKNOWN:
        yield "", "", f"and {len(counts) - MOST_UNKNOWN} more: see --json"


def _refusals(word: str, refusals: Refusals) -> Iterator[Line]:
    for code, count in refusals.counts.most_common():
        yield word, str(count), "\n".join([code, *refusals.examples[code]])
    if not refusals.counts:
        yield word, "0", ""


def _table(title: str, lines: Iterator[Line]) -> Table:
    table = Table(
        title=title or None, title_justify="left", box=None, show_header=False
    )
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        # As text: what a file holds is never taken for markup.
        table.add_row(*(Text(cell) for cell in line))
    return table
