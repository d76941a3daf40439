"""`alliance-ledger verify`: whether a ledger was altered, and where."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.cli import verified
from services.cli.failing import FOUND_WRONG, explained
from services.cli.progress import counting
from services.cli.reading import reading
from services.foundation.settings import Settings, SettingsError, load_settings
from services.ledger.integrity.notes import NoteError, Verifier
from services.ledger.integrity.verification.exported import (
    opened_export,
    verify_export,
)
from services.ledger.integrity.verification.findings import Report
from services.ledger.integrity.verification.live import (
    Elsewhere,
    ledgers_of,
    verify_live,
)
from services.ledger.integrity.verification.opening import (
    Kept,
    kept_in,
    read_verifiers,
)
from services.ledger.integrity.verification.stored import Stored

Ledgers = Annotated[
    list[str] | None, typer.Option("--ledger", help="Only this; may be repeated.")
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        exists=True,
        dir_okay=False,
        help="Heads that you kept: answers of /v1/log/checkpoint; may be repeated.",
    ),
]
VerifierKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--key", help="A verifier key, or a file with some; default: the database's."
    ),
]
Exported = Annotated[
    Path | None,
    typer.Option(
        "--export", exists=True, help="An export, instead of the live database."
    ),
]
AtRest = Annotated[
    bool,
    typer.Option(
        "--at-rest", help="Nothing was recorded since your newest head was signed."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


def verify(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    ledger: Ledgers = None,
    checkpoint: Checkpoints = None,
    key: VerifierKeys = None,
    export: Exported = None,
    at_rest: AtRest = False,
    as_json: AsJson = False,
) -> None:
    """Find what was changed, swapped, removed or added, and say what is proven.

    Only a head that was kept elsewhere convicts whoever can write to the database.
    Exit code 1 when anything is wrong.

    Example: alliance-ledger verify --checkpoint kept-in-march.txt --key ledger.key
    """
    with explained():
        settings = load_settings()
        notes, keys = _notes(checkpoint or ()), _keys(key or ())
        if export is None:
            given = Elsewhere.gathered(settings.data_dir, notes, keys)
            reports = _live(settings, given, ledger, quiet=as_json)
        else:
            reports = [_offline(export, notes, keys, quiet=as_json)]
    reports = [one.at_rest() for one in reports] if at_rest else reports
    _tell(reports, as_json=as_json)
    if any(report.findings for report in reports):
        raise typer.Exit(FOUND_WRONG)


def _live(
    settings: Settings, given: Elsewhere, only: Sequence[str] | None, *, quiet: bool
) -> list[Report]:
    with reading(settings) as connection:
        names = ledgers_of(connection, given) if only is None else only
        return [_verified(Stored(connection, n), given, quiet=quiet) for n in names]


def _verified(stored: Stored, given: Elsewhere, *, quiet: bool) -> Report:
    with counting(stored.ledger, stored.counts.events, quiet=quiet) as watch:
        return verify_live(stored, given, watch)


def _offline(
    path: Path, notes: Sequence[Kept], keys: Sequence[Verifier], *, quiet: bool
) -> Report:
    if not keys:
        raise SettingsError("An export is verified with a --key that you kept.")
    with (
        opened_export(path) as export,
        counting(export.ledger, export.lines, quiet=quiet) as watch,
    ):
        return verify_export(export, notes, keys, watch)


def _notes(paths: Iterable[Path]) -> list[Kept]:
    notes: list[Kept] = []
    for path in paths:
        found = list(kept_in(_text_of(path), str(path), outside=True))
        if not found:
            raise SettingsError(f"{path} holds no signed head.")
        notes += found
    return notes


def _keys(given: Iterable[str]) -> list[Verifier]:
    """Verifier keys as they are, or from files."""
    keys: list[Verifier] = []
    for text in given:
        is_key = "+" in text and not Path(text).exists()
        try:
            keys += read_verifiers(text if is_key else _text_of(Path(text)))
        except NoteError as wrong:
            raise SettingsError(f"--key: {wrong}") from None
    return keys


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"Cannot read {path}.") from None


def _tell(reports: Sequence[Report], *, as_json: bool) -> None:
    if as_json:
        items = [verified.as_json(report) for report in reports]
        body = {"ok": all(item["ok"] for item in items), "ledgers": items}
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    for report in reports:
        typer.echo("\n".join(verified.as_lines(report)))
