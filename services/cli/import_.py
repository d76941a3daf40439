"""`alliance-ledger import`: what other systems hold, into the ledger."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from services.cli.failing import explained
from services.cli.running import some_service
from services.foundation.settings import SettingsError, load_settings
from services.importers.files import Progress as OnProgress
from services.importers.job import Job, Report, prepare_job, run_job, what_is_known
from services.importers.knowledge import Knowledge
from services.importers.refusals import MapUnusable
from services.importers.report import print_report
from services.importers.run import delivery, ledger_client
from services.importers.sending import SendingFailed

FOUND_WRONG = 1
USAGE = 2

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Address books (.vcf), calendars (.ics), mailboxes (.mbox) and tables "
        "(CSV or TSV with a header row), plain or .gz.",
    ),
]
MapFile = Annotated[
    Path | None,
    typer.Option(
        "--map",
        exists=True,
        dir_okay=False,
        help="The TOML map: what rows mean (tables need one), whose domains are whose.",
    ),
]
Choices = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the map."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Send nothing, show the same account.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The account as JSON.")]
Url = Annotated[
    str | None,
    typer.Option("--url", help="The ledger; default: this machine's settings."),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="LEDGER_KEY",
        help="A key that may record; default: owner.key of the data directory.",
    ),
]


def import_file(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    files: Files,
    map_path: MapFile = None,
    choices: Choices = None,
    dry_run_only: DryRun = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Import contacts, calendars, mail and tables; a second time records nothing.

    Example: alliance-ledger import contacts.vcf --dry-run

    Example: alliance-ledger import calendar.ics mail.mbox --map people.toml

    Example: alliance-ledger import visits.csv --map visits.toml --set owner=Acme
    """
    with explained(), _explained():
        job = prepare_job(map_path, files, _settings(choices or []))
        with _progress(job, quiet=as_json) as on_progress:
            report = _import(job, Where(url, key, dry_run_only), on_progress)
    _show(report, as_json=as_json)
    if report.broken:
        _fail("; ".join(report.broken), USAGE)
    if report.whole().something_refused:
        raise typer.Exit(FOUND_WRONG)


@dataclass(frozen=True, slots=True)
class Where:
    """Which ledger, and whether it is only asked."""

    url: str | None
    key: str | None
    dry: bool


def _import(job: Job, where: Where, on_progress: OnProgress) -> Report:
    """Import; a dry run asks what the ledger knows, if there is a ledger."""
    settings, now = load_settings(), datetime.now(UTC)
    owned = (settings.data_dir / "owner.key").exists()
    if where.dry and where.url is None and not owned:
        return run_job(job, Knowledge(), now, None, on_progress)
    with (
        some_service(settings, where.url, where.key) as service,
        ledger_client(service.url, service.key) as client,
    ):
        try:
            known = what_is_known(client, job)
            deliver = None if where.dry else delivery(client)
            return run_job(job, known, now, deliver, on_progress)
        except httpx2.ConnectError as absent:
            raise SendingFailed(
                f"no ledger answers at {service.url}; "
                "start it with `alliance-ledger serve`"
            ) from absent


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the person can mend into one sentence and an exit code."""
    try:
        yield
    except (MapUnusable, SettingsError) as wrong:
        _fail(str(wrong), USAGE)
    except (SendingFailed, httpx2.TransportError) as wrong:
        _fail(f"{wrong} (importing again is safe)", FOUND_WRONG)


def _fail(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def _settings(choices: list[str]) -> dict[str, str]:
    pairs = [choice.partition("=") for choice in choices]
    if wrong := [name for name, equals, _ in pairs if not equals or not name]:
        raise MapUnusable(f"--set {wrong[0]}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}


@contextmanager
def _progress(job: Job, *, quiet: bool) -> Iterator[OnProgress]:
    """A bar over the bytes of the files, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    total = sum(path.stat().st_size for path in job.files)
    with Progress(*columns, *times, console=console, disable=hidden) as bar:
        task = bar.add_task("importing", total=total)
        yield lambda count: bar.advance(task, count)


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        print_report(Console(), report)
