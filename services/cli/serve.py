"""`alliance-ledger serve`: everything on one port, until interrupted."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.cli.running import Running, database
from services.foundation import telemetry
from services.foundation.settings import load_settings


def serve(
    as_json: Annotated[
        bool, typer.Option("--json", help="Say where it serves as JSON.")
    ] = False,
) -> None:
    """Serve the ledger; the first start makes the database and the owner's key.

    Example: LEDGER_PORT=8080 alliance-ledger serve
    """
    telemetry.write_logs()
    settings = load_settings()
    with database(settings) as found:
        running = Running(settings, found, settings.port)
        url, key_file = running.service.url, settings.data_dir / "owner.key"
        link = running.link()
        if as_json:
            told = {"url": url, "key_file": str(key_file), "link": link}
            typer.echo(json.dumps(told))
        else:
            typer.echo(f"Alliance Ledger serves at {url}")
            _tell_owner(link, key_file)
        running.serve()


def _tell_owner(link: str | None, key_file: Path) -> None:
    if link is None:
        typer.echo(f"Its owner's key, in {key_file}, is revoked.")
        return
    typer.echo(f"Its owner's key is in {key_file}")
    typer.echo("Open it in a browser; the link works once, within a day:")
    typer.echo(f"    {link}")
