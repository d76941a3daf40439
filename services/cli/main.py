"""`alliance-ledger`: the commands, each in its own module."""

import typer

from services.cli.demo import demo
from services.cli.doctor import doctor
from services.cli.export import export
from services.cli.failing import explained
from services.cli.import_ import import_file
from services.cli.keys import keys
from services.cli.ledgers import ledgers
from services.cli.migrate import migrate_database
from services.cli.rebuild import rebuild
from services.cli.record import record
from services.cli.serve import serve
from services.cli.show import show
from services.cli.verify import verify

app = typer.Typer(
    help="Remembers every act between allies and shows how each alliance developed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serve)
app.command()(demo)
app.command("record")(record)
app.command("import")(import_file)
app.command("export")(export)
app.add_typer(show, name="show")
app.command("rebuild")(rebuild)
app.add_typer(ledgers, name="ledgers")
app.add_typer(keys, name="keys")
app.command("verify")(verify)
app.command("migrate")(migrate_database)
app.command()(doctor)


def main() -> None:
    """Run a command; what the person can mend is one sentence, not a traceback."""
    with explained():
        app()


if __name__ == "__main__":
    main()
