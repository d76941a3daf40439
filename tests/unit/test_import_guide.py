import re
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from services.cli.import_ import import_file
from services.importers.plan import load_sections

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "import.md"


def blocks(language: str) -> list[str]:
    pattern = rf"^```{language}\n(.*?)^```"
    return re.findall(pattern, GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_map_of_people_in_the_guide_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(blocks("toml")[0], "utf-8")
    sections = load_sections(tmp_path / "people.toml")
    assert sections.us.names == ("Ours Ltd.",)
    assert sections.domains["news@acme.example"] == ""
    assert sections.mail.keep_subject


def test_the_example_of_the_guide_gives_what_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visits.csv").write_text(blocks("csv")[0], "utf-8")
    (tmp_path / "visits.toml").write_text(blocks("toml")[1], "utf-8")
    monkeypatch.chdir(tmp_path)
    app = Typer()
    app.command("import")(import_file)
    words = "visits.csv --map visits.toml --set owner=Acme --dry-run"
    shown = CliRunner().invoke(app, words.split()).stdout
    lines = blocks("text")[0].splitlines()
    assert [line.rstrip() for line in shown.splitlines()] == lines
