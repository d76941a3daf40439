"""`alliance-ledger doctor`: what the ledger needs is looked at."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.examining import examine
from services.cli.failing import FOUND_WRONG
from services.cli.running import database
from services.foundation.migrations.runner import migrate
from services.foundation.settings import load_settings


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Look at the settings, the database and the projections.

    Of a database of your own nothing is changed; the embedded one is migrated first,
    as by every command.

    Whether the log was altered is what `verify` looks at. Exit code 1 when anything is
    wrong.

    Example: alliance-ledger doctor --json
    """
    settings = load_settings()
    with database(settings) as found:
        if settings.dsn is None:
            migrate(found.owner)
        findings = list(examine(settings, found.owner))
    ok = all(finding.ok for finding in findings)
    if as_json:
        told = [finding._asdict() for finding in findings]
        typer.echo(json.dumps({"ok": ok, "findings": told}))
    else:
        table = Table("", "looked at", "seen")
        for name, right, said in findings:
            table.add_row("ok" if right else "wrong", name, said)
        Console().print(table)
    if not ok:
        raise typer.Exit(FOUND_WRONG)
