"""`alliance-ledger ledgers`: one organisation's book each."""

import json
import re
from dataclasses import asdict
from typing import Annotated, Any, Final

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from contracts.occurrence import format_instant
from services.cli.failing import CommandError, explained
from services.cli.running import database
from services.foundation.access import Pepper, add_key
from services.foundation.ledgers import (
    OWNER,
    Ledger,
    create_ledger,
    has_ledger,
    limit_ledger,
    list_ledgers,
)
from services.foundation.migrations.runner import migrate
from services.foundation.settings import SettingsError, check_time_zone, load_settings

ledgers = typer.Typer(help="Make and list ledgers.", no_args_is_help=True)
NAME: Final = re.compile("[a-z0-9][a-z0-9-]{0,62}")
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@ledgers.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens.")],
    time_zone: Annotated[
        str, typer.Option(help="IANA name; fixed from then on.")
    ] = "UTC",
    max_events: Annotated[
        int | None, typer.Option(min=1, help="It grows no further.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a ledger, and print its owner's key, which is shown this once.

    Example: alliance-ledger ledgers create harbour-guild --time-zone Asia/Tokyo --json
    """
    with explained():
        _check(name, time_zone)
        settings = load_settings()
        pepper = Pepper.of(settings.pepper_path)
        with database(settings) as found:
            migrate(found.owner)
            with psycopg.connect(found.owner) as connection:
                if not create_ledger(connection, name, time_zone):
                    raise CommandError(f"There is a ledger {name} already.")
                if max_events is not None:
                    limit_ledger(connection, name, max_events)
                made = add_key(connection, pepper, name, OWNER)
    if as_json:
        typer.echo(json.dumps({"id": name, "time_zone": time_zone, "key": made.key}))
    else:
        typer.echo(f"The ledger {name} is made. Its owner's key, shown this once:")
        typer.echo(made.key)


@ledgers.command("limit")
def limit(
    name: Annotated[str, typer.Argument(help="The ledger.")],
    max_events: Annotated[int, typer.Argument(min=1, help="It grows no further.")],
    as_json: AsJson = False,
) -> None:
    """Say how many events a ledger may hold; people can be erased from a full one.

    Example: alliance-ledger ledgers limit harbour-guild 1000000
    """
    with (
        explained(),
        database(load_settings()) as found,
        psycopg.connect(found.owner) as connection,
    ):
        migrate(found.owner)
        if not has_ledger(connection, name):
            raise CommandError(f"There is no ledger {name}.")
        limit_ledger(connection, name, max_events)
    told = {"id": name, "max_events": max_events}
    sentence = f"The ledger {name} may hold {max_events} events."
    typer.echo(json.dumps(told) if as_json else sentence)


def _check(name: str, time_zone: str) -> None:
    if NAME.fullmatch(name) is None:
        sentence = (
            "A ledger is named with small letters, digits and hyphens, 63 at most."
        )
        raise SettingsError(sentence)
    try:
        check_time_zone(time_zone)
    except ValueError as wrong:
        raise SettingsError(f"--time-zone: {wrong}.") from None


@ledgers.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the ledgers of this installation.

    Example: alliance-ledger ledgers list --json
    """
    with (
        explained(),
        database(load_settings()) as found,
        psycopg.connect(found.owner) as connection,
    ):
        migrate(found.owner)
        every = list_ledgers(connection)
    if as_json:
        typer.echo(json.dumps({"items": [_told(one) for one in every]}))
    else:
        Console().print(_table(list(every)))


def _told(ledger: Ledger) -> dict[str, Any]:
    return asdict(ledger) | {"created_at": format_instant(ledger.created_at)}


def _table(every: list[Ledger]) -> Table:
    table = Table("ledger", "time zone", "events", "may hold")
    for one in every:
        limit = "" if one.max_events is None else str(one.max_events)
        table.add_row(one.name, one.time_zone, str(one.events), limit)
    return table
