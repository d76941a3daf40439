"""`alliance-ledger import`: tables of other systems into the ledger."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
from services.importers.account import Account
from services.importers.plan import Plan, prepare_import
from services.importers.refusals import FileUnusable, MapUnusable
from services.importers.report import print_account
from services.importers.rows import Progress as OnProgress
from services.importers.run import dry_run, ledger_client, run_import
from services.importers.sending import SendingFailed

FOUND_WRONG = 1
USAGE = 2

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="CSV or TSV files with a header row, plain or .gz.",
    ),
]
MapFile = Annotated[
    Path,
    typer.Option("--map", exists=True, dir_okay=False, help="The TOML map."),
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
    map_path: MapFile,
    choices: Choices = None,
    dry_run_only: DryRun = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Import tables through a map; importing the same again records nothing.

    Example: alliance-ledger import visits.csv --map visits.toml --dry-run
    """
    with explained(), _explained():
        plan = prepare_import(map_path, files, _settings(choices or []))
        with _progress(plan, quiet=as_json) as on_progress:
            if dry_run_only:
                account = dry_run(plan, on_progress=on_progress)
            else:
                account = _import(plan, url, key, on_progress)
    _show(account, as_json=as_json)
    if account.something_refused:
        raise typer.Exit(FOUND_WRONG)


def _import(
    plan: Plan, url: str | None, key: str | None, on_progress: OnProgress
) -> Account:
    with (
        some_service(load_settings(), url, key) as service,
        ledger_client(service.url, service.key) as client,
    ):
        try:
            return run_import(client, plan, on_progress=on_progress)
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
    except (MapUnusable, FileUnusable, SettingsError) as wrong:
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
def _progress(plan: Plan, *, quiet: bool) -> Iterator[OnProgress]:
    """A bar over the bytes of the files, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    total = sum(path.stat().st_size for path in plan.files)
    with Progress(*columns, *times, console=console, disable=hidden) as bar:
        task = bar.add_task(plan.map.name, total=total)
        yield lambda count: bar.advance(task, count)


def _show(account: Account, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(account.as_json(), ensure_ascii=False, indent=2))
    else:
        print_account(Console(), account)
