"""The tables of read models: what tells their rows apart, and whose they are."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.foundation.database import statement

_COLUMNS: Final = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `partner` is the column that names the stream of a row."""

    name: str
    key: Sequence[str]
    partner: str = "partner"


POSTED: Final = ("position", "n")
POSTINGS: Final = (
    Table("postings", POSTED),
    Table("markers", POSTED),
    Table("promises", POSTED),
    Table("benefits", POSTED),
    Table("imprecise_dates", POSTED),
    Table("merges", POSTED),
)
RELATIONSHIP: Final = (
    Table("relationships", ("partner",)),
    Table("standings", ("partner", "n")),
    Table("alliance_partners", ("partner", "alliance")),
    Table("open_promises", ("partner", "kind", "ref")),
)
ACTS: Final = (
    Table("acts", ("position",)),
    Table("act_people", ("stream", "person"), partner="stream"),
    Table("late_facts", ("position",)),
)
OF_EVERY_ROW: Final = ("ledger_id", "generation")


def columns(package: str, table: str, of_batches: Collection[str]) -> Sequence[str]:
    """The columns that a read model writes, in its order; None for what may differ."""
    written = _COLUMNS.search(statement(package, f"copy_{table}"))
    names = () if written is None else written.group(1).split(",")
    left_out = {*OF_EVERY_ROW, *of_batches}
    return ["" if n.strip() in left_out else n.strip() for n in names]
