"""`alliance-ledger serve`: everything on one port, until interrupted."""

import typer

from services.cli.running import Running, database
from services.foundation import telemetry
from services.foundation.settings import load_settings


def serve() -> None:
    """Serve the ledger; the first start makes the database and the owner's key.

    Example: LEDGER_PORT=8080 alliance-ledger serve
    """
    telemetry.write_logs()
    settings = load_settings()
    with database(settings) as found:
        running = Running(settings, found, settings.port)
        typer.echo(f"Alliance Ledger serves at {running.service.url}")
        typer.echo(f"Its owner's key is in {settings.data_dir / 'owner.key'}")
        running.serve()
