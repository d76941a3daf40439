import re
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from services.cli.import_ import import_file

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "import.md"


def block(language: str) -> str:
    found = re.search(
        rf"^```{language}\n(.*?)^```",
        GUIDE.read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert found is not None
    return found[1]


def test_the_example_of_the_guide_gives_what_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visits.csv").write_text(block("csv"), "utf-8")
    (tmp_path / "visits.toml").write_text(block("toml"), "utf-8")
    monkeypatch.chdir(tmp_path)
    app = Typer()
    app.command("import")(import_file)
    words = "visits.csv --map visits.toml --set owner=Acme --dry-run"
    shown = CliRunner().invoke(app, words.split()).stdout
    assert [line.rstrip() for line in shown.splitlines()] == block("text").splitlines()
