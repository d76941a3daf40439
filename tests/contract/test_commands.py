"""Every command shows how it is used, and answers programs too."""

from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from services.cli.main import app

COMMAND_LINE = typer.main.get_command(app)


def paths(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Of each command, the words that call it."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
        return
    for name, each in inner.items():
        yield from paths(each, (*path, name))


COMMANDS = list(paths(COMMAND_LINE))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_and_answers_as_json(
    path: tuple[str, ...],
) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    example = " ".join(shown.output.split("Example: ")[1].split())
    assert example.split("alliance-ledger ")[1].startswith(" ".join(path))
    assert "--json" in shown.output


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_option_that_there_is_not_is_a_mistake_of_usage(
    path: tuple[str, ...],
) -> None:
    assert CliRunner().invoke(app, [*path, "--no-such-option"]).exit_code == 2
