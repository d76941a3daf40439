"""`alliance-ledger rebuild`: read models built anew beside those in use."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Final

import httpx2
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from services.cli.failing import FOUND_WRONG, USAGE, CommandError, explained
from services.cli.running import some_service
from services.foundation.settings import load_settings

LOOK_AGAIN: Final = 0.2
UNDER_WAY: Final = ("building", "returning")
Json = dict[str, Any]

Names = Annotated[
    list[str] | None, typer.Argument(metavar="NAME", help="As in /v1/projections.")
]
Every = Annotated[bool, typer.Option("--all", help="All projections.")]
Cancel = Annotated[bool, typer.Option("--cancel", help="Stop building.")]
Rollback = Annotated[
    bool, typer.Option("--rollback", help="Go back to what was in use before.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Try again where one has halted.")
]
AsJson = Annotated[bool, typer.Option("--json", help="How it ended, as JSON.")]
Url = Annotated[str | None, typer.Option(help="The ledger's address.")]
Key = Annotated[str | None, typer.Option(envvar="LEDGER_KEY", help="An admin's key.")]


def rebuild(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    names: Names = None,
    every: Every = False,
    cancel: Cancel = False,
    rollback: Rollback = False,
    resume: Resume = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Build read models anew beside those in use, and switch when they have caught up.

    Readers notice nothing. An end of this command does not end the rebuild.

    Example: alliance-ledger rebuild postings relationship
    """
    asked = _asked(cancel=cancel, rollback=rollback, resume=resume)
    if bool(names) == every:
        typer.echo("Name the projections, or give --all.", err=True)
        raise typer.Exit(USAGE)
    with explained(), some_service(load_settings(), url, key) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
            chosen = list(_projections(client)) if every else list(names or ())
            for name in chosen:
                _ask(client, name, asked)
            until = _heads(client) if asked == "resume" else {}
            ended = _follow(client, chosen, until, quiet=as_json)
    _tell(ended, asked, as_json=as_json)
    if any(_wrong(item) for item in ended):
        raise typer.Exit(FOUND_WRONG)


def _asked(**chosen: bool) -> str:
    """What is asked for: one thing at a time, `rebuild` unless told otherwise."""
    given = [name for name, is_given in chosen.items() if is_given]
    if len(given) > 1:
        typer.echo(f"Give --{given[0]} or --{given[1]}, not both.", err=True)
        raise typer.Exit(USAGE)
    return given[0] if given else "rebuild"


def _ask(client: httpx2.Client, name: str, asked: str) -> None:
    if asked == "cancel":
        answer = client.delete(f"/v1/projections/{name}/rebuild")
    else:
        answer = client.post(f"/v1/projections/{name}/{asked}")
    if answer.is_error:
        raise CommandError(f"{name}: {answer.json()['detail']}")


def _projections(client: httpx2.Client) -> Mapping[str, Json]:
    answer = client.get("/v1/projections")
    body = answer.json()
    if answer.is_error:
        raise CommandError(body["detail"])
    return {item["name"]: item for item in body["items"]}


def _heads(client: httpx2.Client) -> Mapping[str, int]:
    return {name: item["head"] for name, item in _projections(client).items()}


def _follow(
    client: httpx2.Client,
    names: Sequence[str],
    until: Mapping[str, int],
    *,
    quiet: bool,
) -> list[Json]:
    """How the projections are once nothing of them is being built any more.

    `until` says by name which position is to be reached too.
    """
    with _bars(names, quiet=quiet) as (bars, tasks):
        while True:
            known = _projections(client)
            items = [known[name] for name in names]
            going_on = [_goes_on(item, until.get(item["name"], 0)) for item in items]
            for item, goes_on in zip(items, going_on, strict=True):
                progress = item["progress"] if goes_on else 1.0
                bars.update(tasks[item["name"]], completed=progress)
            if not any(going_on):
                return items
            time.sleep(LOOK_AGAIN)


@contextmanager
def _bars(
    names: Sequence[str], *, quiet: bool
) -> Iterator[tuple[Progress, Mapping[str, TaskID]]]:
    """A bar for each, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    with Progress(*columns, *times, console=console, disable=hidden) as bars:
        yield bars, {name: bars.add_task(name, total=1.0) for name in names}


def _goes_on(item: Json, until: int) -> bool:
    built = item["rebuild"]
    if built is not None and built["state"] in UNDER_WAY and built["error"] is None:
        return True
    return bool(item["position"] < until and item["state"] != "halted")


def _wrong(item: Json) -> bool:
    return item["last_error"] is not None


def _tell(items: Sequence[Json], asked: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"items": items}, ensure_ascii=False, indent=2))
        return
    for item in items:
        place = f"generation {item['generation']}, position {item['position']}"
        if _wrong(item):
            typer.echo(f"{item['name']}: {place}. {item['last_error']}", err=True)
        else:
            typer.echo(f"{item['name']}: {asked} done; {place}")
