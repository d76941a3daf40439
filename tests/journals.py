"""Journals as hledger reads them, as they read by hand, and what the API tells."""

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import pytest

from contracts.quantity import exact_arithmetic

HLEDGER: Final = shutil.which("hledger") or "hledger"
needs_hledger: Final = pytest.mark.skipif(
    shutil.which("hledger") is None,
    reason="hledger is not installed (Debian, Ubuntu: apt-get install hledger)",
)
ACCOUNTS: Final = (
    *("offered", "accepted", "outstanding"),
    *("awaiting", "acknowledged", "disputed"),
)
POSTING: Final = re.compile(r'    (\S+)  (-?[0-9.]+) "(\S+)"  ; ref:\S+')

Sums = dict[tuple[str, str], Decimal]
"""What is not zero, by account and unit."""


def hledger(journal: str, *arguments: str) -> str:
    """What hledger prints about a journal; it must accept it."""
    done = subprocess.run(  # noqa: S603 - a program of the system
        [HLEDGER, "-f", "-", *arguments],
        input=journal,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_hledger(journal: str, *query: str) -> Sums:
    """The balance of every account but the contra accounts, checked by hledger."""
    assert not hledger(journal, "check")
    arguments = ("--flat", "--no-total", "--output-format", "csv")
    printed = hledger(journal, "balance", *arguments, *query)
    rows = list(csv.reader(printed.splitlines()))[1:]
    pairs = [(name, each) for name, cell in rows for each in cell.split(", ")]
    amounts = [(name, *each.split(" ")) for name, each in pairs if each != "0"]
    return _of_sides((name, unit.strip('"'), n) for name, n, unit in amounts)


def by_hand(journal: str) -> Sums:
    """The same from the text alone; every transaction must sum to zero per unit."""
    postings = []
    for transaction in journal.split("\n\n"):
        found = POSTING.findall(transaction)
        assert len(found) == transaction.count("\n    "), transaction
        assert not any(_summed((unit, unit, n) for _, n, unit in found).values())
        postings += [(name, unit, n) for name, n, unit in found]
    return _of_sides(postings)


def told(items: Iterable[Mapping[str, Any]]) -> Sums:
    """The same as balances tell it."""
    return _of_sides(
        (f"{item['partner']}:{side}:{account}", item["unit"], item[side][account])
        for item in items
        for side in ("given", "received")
        for account in ACCOUNTS
    )


def _of_sides(amounts: Iterable[tuple[str, str, str]]) -> Sums:
    sums = _summed(amount for amount in amounts if not amount[0].endswith(":world"))
    return {key: amount for key, amount in sums.items() if amount}


def _summed(amounts: Iterable[tuple[str, str, str]]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    with exact_arithmetic():
        for account, unit, amount in amounts:
            sums[account, unit] += Decimal(amount)
    return dict(sums)
