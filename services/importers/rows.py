"""The rows of CSV and TSV files, plain or gzipped, one at a time."""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from services.importers.files import Progress
from services.importers.plan import Plan, needed_columns
from services.importers.refusals import FileUnusable


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its file, its number (the first after the header is 1), its cells."""

    file: str
    number: int
    cells: Mapping[str, str]
    fault: str = ""

    @property
    def place(self) -> str:
        """Where a person finds the row."""
        return f"{self.file} row {self.number}"


def read_rows(plan: Plan, on_progress: Progress | None = None) -> Iterator[Row]:
    """Every row of every file; reports how many bytes were read since last time."""
    needed = needed_columns(plan)
    for path in plan.files:
        try:
            with path.open("rb") as raw:
                yield from _file_rows(plan, path, raw, needed, on_progress)
        except (OSError, EOFError, UnicodeDecodeError, LookupError) as wrong:
            raise FileUnusable(f"{path.name}: {wrong}") from wrong
        except csv.Error as wrong:
            raise FileUnusable(f"{path.name}: {wrong}") from wrong


def _file_rows(
    plan: Plan,
    path: Path,
    raw: BinaryIO,
    needed: set[str],
    on_progress: Progress | None,
) -> Iterator[Row]:
    plain = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
    with io.TextIOWrapper(plain, encoding=plan.map.encoding, newline="") as text:
        records = (record for record in _reader(plan, text) if record)
        header = _header(path, next(records, []), needed)
        before = 0
        for number, record in enumerate(records, start=1):
            yield _row(path, number, header, record)
            if on_progress is not None and raw.tell() > before:
                on_progress(raw.tell() - before)
                before = raw.tell()


def _row(path: Path, number: int, header: list[str], record: list[str]) -> Row:
    cells = dict(zip(header, record, strict=False))
    return Row(path.name, number, cells, _fault(header, record))


def _reader(plan: Plan, text: io.TextIOWrapper) -> Iterator[list[str]]:
    delimiter = plan.map.delimiter or ("\t" if plan.map.format == "tsv" else ",")
    if plan.map.quoted:
        return csv.reader(text, delimiter=delimiter, strict=True)
    return csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _header(path: Path, header: list[str], needed: set[str]) -> list[str]:
    names = [name.strip() for name in header]
    if missing := needed - set(names):
        raise FileUnusable(
            f"{path.name} has no column {min(missing)!r} that the map names; "
            f"it has: {', '.join(names) or 'no header'}"
        )
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise FileUnusable(f"{path.name} has two columns {min(twice)!r}")
    return names


def _fault(header: list[str], record: list[str]) -> str:
    if len(header) == len(record):
        return ""
    return f"has {len(record)} cells where the header has {len(header)}"
