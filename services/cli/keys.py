"""`alliance-ledger keys`: who may come in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import psycopg
import typer
from psycopg import Connection
from rich.console import Console
from rich.table import Table

from services.cli.failing import USAGE, CommandError, explained
from services.cli.rotating import rotate
from services.cli.running import database, local_url
from services.foundation.access import SCOPES, KeyTerms, Pepper, add_key
from services.foundation.access.keys import list_keys, revoke_key
from services.foundation.access.sessions import make_link
from services.foundation.ledgers import DEFAULT, has_ledger
from services.foundation.migrations.runner import migrate
from services.foundation.settings import load_settings

keys = typer.Typer(help="Make, list and revoke keys.", no_args_is_help=True)
keys.command("rotate")(rotate)
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
MOST: Final = 1_000_000
Ledger = Annotated[str, typer.Option(help="The ledger that the key opens.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@contextmanager
def _opened(ledger: str) -> Iterator[Connection[Any]]:
    """The database, as its owner; the ledger must be there."""
    with explained(), database(load_settings()) as found:
        migrate(found.owner)
        with psycopg.connect(found.owner) as connection:
            if not has_ledger(connection, ledger):
                raise CommandError(f"There is no ledger {ledger}.")
            yield connection


@keys.command("create")
def create(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    name: Annotated[str, typer.Argument(help="Whom it names in what it records.")],
    scopes: Annotated[
        str, typer.Option(help="Of record, read, admin, with commas.")
    ] = "record,read",
    link: Annotated[
        bool, typer.Option("--link", help="Print a link for a browser, used once.")
    ] = False,
    rate: Annotated[int | None, typer.Option(min=1, help="Requests a second.")] = None,
    ledger: Ledger = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a key, or a link with which a colleague comes in; it is shown this once.

    Example: alliance-ledger keys create Hanako --link
    """
    terms = KeyTerms(name, _scopes(scopes), rate)
    settings = load_settings()
    with _opened(ledger) as connection:
        pepper = Pepper.of(settings.pepper_path)
        made = add_key(connection, pepper, ledger, terms)
        told = {"id": made.id, "key": made.key}
        if link:
            token = make_link(connection, pepper, ledger, made.id)
            told = {"id": made.id, "link": f"{local_url(settings)}/login?token={token}"}
    typer.echo(json.dumps(told) if as_json else told.get("link", made.key))


def _scopes(text: str) -> list[str]:
    asked = sorted({scope.strip() for scope in text.split(",")})
    if not set(asked) <= set(SCOPES):
        typer.echo(f"Scopes are {', '.join(SCOPES)}.", err=True)
        raise typer.Exit(USAGE)
    return asked


@keys.command("list")
def list_all(ledger: Ledger = DEFAULT, as_json: AsJson = False) -> None:
    """List the keys of a ledger; no secret is in the list.

    Example: alliance-ledger keys list --ledger harbour-guild
    """
    with _opened(ledger) as connection:
        every = list_keys(connection, ledger, (BEGINNING, ""), MOST)
    if as_json:
        typer.echo(json.dumps({"items": [key.told() for key in every]}))
    else:
        table = Table("id", "name", "scopes", "made", "last used", "revoked")
        for key in every:
            told = key.told()
            times = (told["created_at"], told["last_used_at"], told["revoked_at"])
            cells = (key.id, key.name, " ".join(key.scopes))
            table.add_row(*cells, *((time or "")[:16] for time in times))
        Console().print(table)


@keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `keys list` says.")],
    ledger: Ledger = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Revoke a key with its browsers, at once.

    Example: alliance-ledger keys revoke 5f2c9e0a41b7d836
    """
    with _opened(ledger) as connection:
        if not revoke_key(connection, ledger, key_id):
            raise CommandError(f"The ledger {ledger} has no key {key_id}.")
    told = {"id": key_id, "ledger": ledger, "revoked": True}
    typer.echo(json.dumps(told) if as_json else "The key is revoked.")
