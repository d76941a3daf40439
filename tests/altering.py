"""A log in memory with its tree and heads, to be altered and verified."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.ledger.integrity.verification.findings import Report
from services.ledger.integrity.verification.heads import Head
from services.ledger.integrity.verification.lines import leaf_of
from services.ledger.integrity.verification.roots import Roots
from services.ledger.integrity.verification.verifying import verify

POSITION, ID, PARTNER, VERSION, RECORDED_AT, DATA = 1, 2, 3, 4, 8, 14
Row = list[Any]
Alter = Callable[[list[Row]], None]


def row(position: int, partners: int = 3) -> Row:
    """The members of the record at a position; partners take turns."""
    version, turn = divmod(position - 1, partners)
    return [
        "default",
        position,
        f"01890a5d-ac96-774b-bcce-{position:012d}",
        f"partner-{turn}",
        version + 1,
        "ContactMade",
        1,
        "2026-01-01",
        f"2026-01-01T00:{position // 60 % 60:02d}:{position % 60:02d}.000000Z",
        "tester",
        *(None,) * 4,
        '{"channel":"call"}',
        "{}",
    ]


@dataclass
class Log:
    """What `verify` takes; `leaves` are what the tree stores."""

    rows: list[Row]
    stored: list[bytes]
    ledger: str = "default"
    heads: list[Head] = field(default_factory=list)

    @property
    def leaves(self) -> int:
        return len(self.stored)

    def records(self) -> Iterator[bytes]:
        return (encode(one) for one in self.rows)

    def leaf_at(self, position: int) -> bytes | None:
        return self.stored[position - 1] if position <= len(self.stored) else None

    def altered(self, alter: Alter, *, with_tree: bool = False) -> "Log":
        """The same after somebody had full control, of its tree too or not."""
        rows = [list(one) for one in self.rows]
        alter(rows)
        stored = [leaf_of(encode(one)) for one in rows] if with_tree else self.stored
        return replace(self, rows=rows, stored=stored)

    def verified(self) -> Report:
        return verify(self, self.heads, lambda _: None)

    def told(self) -> set[tuple[str, int, int]]:
        """What is found, without the words."""
        return {(f.kind, f.first, f.last) for f in self.verified().findings}


def encode(one: Row) -> bytes:
    return json.dumps(one, separators=(",", ":")).encode()


def log_of(size: int, heads: Sequence[int], partners: int = 3) -> Log:
    """An honest log with heads of some sizes, kept outside."""
    rows = [row(position, partners) for position in range(1, size + 1)]
    stored = [leaf_of(encode(one)) for one in rows]
    roots = Roots(heads)
    for leaf in stored:
        roots.take(leaf)
    kept = [Head(n, roots.known[n], "old.txt", outside=True) for n in heads]
    return Log(rows, stored, heads=kept)


def renumber(rows: list[Row]) -> None:
    """Make positions gapless again, as a careful forger would."""
    for position, one in enumerate(rows, start=1):
        one[POSITION] = position


def stranger(position: int) -> Row:
    """An event that was never recorded."""
    made = row(position)
    made[ID : VERSION + 1] = [f"{position:08d}-0000-7000-8000-000000000000", "eve", 1]
    return made
