"""`alliance-ledger export`: what the ledger holds, as files of one's own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from services.cli.failing import USAGE, CommandError, explained
from services.cli.fetching import fetch_events, fetch_journal, head_of
from services.cli.new_files import new_file, new_folder
from services.cli.progress import counting
from services.cli.reading import reading
from services.cli.running import some_service
from services.foundation.ledgers import DEFAULT
from services.foundation.settings import Settings, load_settings
from services.ledger.integrity.verification.exporting import write_records
from services.ledger.integrity.verification.stored import Stored

Records = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="A new folder for records, heads and verifier keys."
    ),
]
Events = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What /v1/events answers, an event a line."),
]
Journal = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The journal for hledger.")
]
Ledger = Annotated[str, typer.Option(help="Whose records.")]
AsJson = Annotated[bool, typer.Option("--json", help="What was written, as JSON.")]
Url = Annotated[str | None, typer.Option(help="The service; not for --records.")]
Key = Annotated[str | None, typer.Option(envvar="LEDGER_KEY", help="One that reads.")]


def export(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    records: Records = None,
    events: Events = None,
    journal: Journal = None,
    ledger: Ledger = DEFAULT,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Write records that can be verified, the events, or the journal for hledger.

    Files appear whole or not at all, and only you may read them.

    Example: alliance-ledger export --records archive-2026 --journal alliances.journal
    """
    if records is None and events is None and journal is None:
        typer.echo("Give --records, --events or --journal.", err=True)
        raise typer.Exit(USAGE)
    written: dict[str, Any] = {}
    with explained():
        settings = load_settings()
        if records is not None:
            written["records"] = _records(settings, ledger, records, quiet=as_json)
        if events is not None or journal is not None:
            with _client(settings, url, key) as client:
                written |= _fetched(client, events, journal, quiet=as_json)
    _tell(written, as_json=as_json)


def _records(
    settings: Settings, ledger: str, folder: Path, *, quiet: bool
) -> dict[str, Any]:
    with reading(settings) as connection, new_folder(folder) as made:
        stored = Stored(connection, ledger)
        if stored.counts.head is None:
            raise CommandError(f"There is no ledger {ledger}.")
        with counting(ledger, stored.counts.events, quiet=quiet) as watch:
            written = write_records(stored, made, watch)
    return {"path": str(folder), **asdict(written)}


@contextmanager
def _client(
    settings: Settings, url: str | None, key: str | None
) -> Iterator[httpx2.Client]:
    with some_service(settings, url, key) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
            yield client


def _fetched(
    client: httpx2.Client, events: Path | None, journal: Path | None, *, quiet: bool
) -> dict[str, Any]:
    """Events and journal, both of the log as it is now."""
    written: dict[str, Any] = {}
    head = head_of(client)
    if events is not None:
        with new_file(events) as file, counting("events", head, quiet=quiet) as watch:
            count = fetch_events(client, file, watch)
        written["events"] = {"path": str(events), "events": count}
    if journal is not None:
        with new_file(journal) as file:
            fetch_journal(client, file, head)
        written["journal"] = {"path": str(journal), "position": head}
    return written


def _tell(written: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(written, ensure_ascii=False, indent=2))
        return
    for name, told in written.items():
        facts = ", ".join(f"{k} {v}" for k, v in told.items() if k != "path")
        typer.echo(f"{name}: {told['path']} ({facts})")
