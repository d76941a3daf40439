"""`alliance-ledger show`: derived answers on a terminal."""

import json
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.table import Table

from services.cli.failing import FOUND_WRONG, explained
from services.cli.running import some_service
from services.foundation.settings import load_settings
from services.projections.answers.balances import AMOUNTS

show = typer.Typer(help="Show what the ledger derives.", no_args_is_help=True)


@show.callback()
def _shows() -> None:
    """Keep `balance` a command of its own while it is the only one."""


@show.command("balance")
def show_balance(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    partner: Annotated[str, typer.Argument(help="The partner's id.")],
    as_of: Annotated[
        str | None, typer.Option(help="What had happened by then.")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option(help="What was recorded by then, or position:<n>.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    url: Annotated[str | None, typer.Option(help="The ledger's address.")] = None,
    key: Annotated[str | None, typer.Option(envvar="LEDGER_KEY")] = None,
) -> None:
    """Show the balance of mutual benefit with a partner.

    Example: alliance-ledger show balance acme --as-of 2025-12
    """
    clocks = {"as_of": as_of, "known_at": known_at}
    asked = {name: value for name, value in clocks.items() if value is not None}
    with explained(), some_service(load_settings(), url) as service:
        answer = httpx2.get(
            f"{service.url}/v1/partners/{partner}/balance",
            params=asked,
            headers={"Authorization": f"Bearer {key or service.key}"},
            timeout=30,
        )
    body = answer.json()
    if answer.status_code != httpx2.codes.OK:
        reasons = "; ".join(e["reason"] for e in body.get("errors", []))
        typer.echo(f"{body['detail']} {reasons}".strip(), err=True)
        raise typer.Exit(FOUND_WRONG)
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        Console().print(_table(body))


def _table(body: dict[str, Any]) -> Table:
    """A row for each amount that is not 0; narrow enough for any terminal."""
    title = f"{body['partner']} as of {body['as_of']} (position {body['position']})"
    table = Table("unit", "", "given", "received", title=title)
    for item in body["items"]:
        pairs = [
            (name, item["given"][name], item["received"][name]) for name in AMOUNTS
        ]
        told = [pair for pair in pairs if pair[1:] != ("0", "0")]
        for place, (name, given, received) in enumerate(told):
            table.add_row("" if place else item["unit"], name, given, received)
        net = ("net given" if told else "nothing but benefits", item["net"], "")
        table.add_row("" if told else item["unit"], *net, end_section=True)
    return table
