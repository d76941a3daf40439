"""`alliance-ledger keys rotate`: a new key over the keys of personal text."""

import json
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.progress import Progress

from services.cli.failing import explained
from services.cli.running import database
from services.foundation.migrations.runner import migrate
from services.foundation.sealing import Keyring
from services.foundation.settings import load_settings
from services.ledger.privacy.rewrapping import (
    add_key,
    count_older,
    drop_older,
    rewrap,
)


def rotate(
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the newest key there is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Wrap the keys of personal text under a new key, and destroy the old one.

    It works while the ledger serves. Afterwards nothing opens the wrapped keys that
    older backups and write-ahead logs still hold, erased ones among them. Keep a copy
    of the new file of LEDGER_KEK_FILE: without it personal text is lost.

    Example: alliance-ledger keys rotate
    """
    settings = load_settings()
    path = settings.kek_path
    with explained(), database(settings) as found:
        migrate(found.owner)
        Keyring.of(path)
        if not resume:
            add_key(path)
        keyring = Keyring.of(path)
        with psycopg.connect(found.owner) as connection:
            total = count_older(connection, keyring)
            connection.commit()
            with Progress(console=Console(stderr=True)) as bars:
                task = bars.add_task("wrapping anew", total=total)
                for count in rewrap(connection, keyring):
                    bars.advance(task, count)
        drop_older(path)
        with psycopg.connect(found.owner, autocommit=True) as connection:
            connection.execute("VACUUM (FULL) data_keys")
    told = {"wrapped": total, "key_file": str(path)}
    sentence = f"{total} keys are under the new key of {path}; the old one is gone."
    typer.echo(json.dumps(told) if as_json else sentence)
