"""`alliance-ledger migrate`: bring the database's tables up to date."""

import json
from typing import Annotated

import typer

from services.cli.running import database
from services.foundation.access import Pepper
from services.foundation.ledgers import ensure_default_ledger
from services.foundation.migrations.runner import migrate, pending
from services.foundation.settings import load_settings
from services.ledger.privacy.erasures import Privacy, erase_again


def migrate_database(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Run the migrations that the database has not seen; `serve` does so too.

    Example: LEDGER_DSN=postgresql://owner@db/ledger alliance-ledger migrate
    """
    settings = load_settings()
    with database(settings) as found:
        ran = migrate(found.owner)
        pepper = Pepper.of(settings.pepper_path)
        ensure_default_ledger(
            found.owner, settings.time_zone, settings.data_dir, pepper
        )
        erase_again(found.owner, Privacy.of(settings))
        left = pending(found.owner)
    if as_json:
        typer.echo(json.dumps({"ran": ran, "pending": left}))
    else:
        typer.echo("\n".join(f"ran {name}" for name in ran) or "Nothing to do.")
