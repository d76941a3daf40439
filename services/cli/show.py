"""`alliance-ledger show`: derived answers on a terminal."""

import json
from collections.abc import Callable, Mapping
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


Partner = Annotated[str, typer.Argument(help="The partner's id.")]
AsOf = Annotated[str | None, typer.Option(help="What had happened by then.")]
KnownAt = Annotated[
    str | None, typer.Option(help="What was recorded by then, or position:<n>.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Url = Annotated[str | None, typer.Option(help="The ledger's address.")]
Key = Annotated[str | None, typer.Option(envvar="LEDGER_KEY")]


@show.command("balance")
def show_balance(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    partner: Partner,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Show the balance of mutual benefit with a partner.

    Example: alliance-ledger show balance acme --as-of 2025-12
    """
    clocks = {"as_of": as_of, "known_at": known_at}
    body = _asked(f"/v1/partners/{partner}/balance", clocks, url, key)
    _print(body, _balance, as_json=as_json)


@show.command("stages")
def show_stages(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    partner: Partner,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    policy: Annotated[
        str | None, typer.Option(help="`v1`, or the event that published one.")
    ] = None,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Show how an alliance developed, and what its next stage still needs.

    Example: alliance-ledger show stages acme --known-at 2025-12
    """
    asked = {"as_of": as_of, "known_at": known_at, "policy": policy}
    body = _asked(f"/v1/partners/{partner}/stages", asked, url, key)
    _print(body, _stages, as_json=as_json)


def _asked(
    path: str, asked: Mapping[str, str | None], url: str | None, key: str | None
) -> dict[str, Any]:
    """What the service answers; its problem in words, and exit 1, if it is one."""
    given = {name: value for name, value in asked.items() if value is not None}
    with explained(), some_service(load_settings(), url, key) as service:
        answer = httpx2.get(
            f"{service.url}{path}",
            params=given,
            headers={"Authorization": f"Bearer {service.key}"},
            timeout=30,
        )
    body: dict[str, Any] = answer.json()
    if answer.status_code != httpx2.codes.OK:
        reasons = "; ".join(e["reason"] for e in body.get("errors", []))
        typer.echo(f"{body['detail']} {reasons}".strip(), err=True)
        raise typer.Exit(FOUND_WRONG)
    return body


def _print(
    body: dict[str, Any],
    table: Callable[[dict[str, Any]], Table],
    *,
    as_json: bool,
) -> None:
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        Console().print(table(body))


def _title(body: dict[str, Any]) -> str:
    return f"{body['partner']} as of {body['as_of']} (position {body['position']})"


def _stages(body: dict[str, Any]) -> Table:
    """The stages in order, then the flags and what is missing."""
    table = Table("stage", "from", "to", "events", title=_title(body))
    for row in body["history"]:
        until = row["to"][:10] if row["to"] else ""
        count = str(len(row["because"]))
        table.add_row(row["stage"], row["from"][:10], until, count)
    table.add_section()
    current = body["current"] or {"flags": [], "missing": []}
    for flag in current["flags"]:
        table.add_row("flag", flag["since"][:10], "", flag["flag"])
    for lack in current["missing"]:
        told = f"{lack['condition']}: {lack['have']} of {lack['need']}"
        table.add_row("missing", "", "", told)
    return table


def _balance(body: dict[str, Any]) -> Table:
    """A row for each amount that is not 0; narrow enough for any terminal."""
    table = Table("unit", "", "given", "received", title=_title(body))
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
