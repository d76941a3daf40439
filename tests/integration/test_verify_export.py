"""An export that was altered, verified offline: what is named, and where."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.signed_ledgers import SIZES, Found, Signed, a_signed_ledger, verified

SIZE = SIZES[-1]


@pytest.fixture(scope="module")
def honest(
    server: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    folder = tmp_path_factory.mktemp("data")
    with a_signed_ledger(server.dsn, migrated, folder) as made:
        yield made


@pytest.fixture
def exported(honest: Signed, tmp_path: Path) -> Path:
    words = ["export", "--records", str(tmp_path / "export")]
    result = CliRunner().invoke(app, words, env=honest.environment())
    assert result.exit_code == 0, result.output
    return tmp_path / "export"


def kept(signed: Signed, folder: Path, at: int = -1) -> str:
    """A file with one of the heads that were handed out."""
    path = folder / f"kept{at}.txt"
    path.write_text(signed.notes[at], "utf-8")
    return str(path)


def test_an_honest_export_is_proven_by_a_head_kept_elsewhere(
    honest: Signed, exported: Path, tmp_path: Path
) -> None:
    words = ("--export", str(exported), "--key", honest.verifier)
    alone = verified({}, *words)
    assert (alone.code, alone.ledger["proven"], alone.ledger["signed"]) == (0, 0, SIZE)
    with_head = verified({}, *words, "--checkpoint", kept(honest, tmp_path))
    assert (with_head.code, with_head.ledger["proven"]) == (0, SIZE)


def altered(name: str, lines: list[bytes]) -> Found:
    """Alter the lines of an export in one of several ways; what is to be found."""
    match name:
        case "changed":
            lines[256] = lines[256].replace(b"tester", b"eve")
            return {("changed", 257, 257)}
        case "swapped":
            lines[9], lines[19] = lines[19], lines[9]
            return {("swapped", 10, 20)}
        case "removed":
            del lines[299:310]
            return {("removed", 300, 310)}
        case "added":
            lines.insert(5, lines[4])
            return {("added", 6, 6)}
        case _:
            del lines[500:]
            return {("removed", 501, 600)}


@pytest.mark.parametrize("name", ["changed", "swapped", "removed", "added", "cut"])
def test_an_altered_export_is_found_with_the_positions(
    honest: Signed, exported: Path, tmp_path: Path, name: str
) -> None:
    path = exported / "records.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    expected = altered(name, lines)
    path.write_bytes(b"".join(lines))
    key, head = honest.verifier, kept(honest, tmp_path)
    words = ("--key", key, "--checkpoint", head)
    result = verified({}, "--export", str(exported), *words)
    assert result.code == 1
    assert expected <= result.found


def test_the_records_alone_are_bracketed_by_the_heads_that_were_kept(
    honest: Signed, exported: Path, tmp_path: Path
) -> None:
    path = exported / "records.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    altered("changed", lines)
    alone = tmp_path / "alone.ndjson"
    alone.write_bytes(b"".join(lines))
    heads = [w for n in (1, 2) for w in ("--checkpoint", kept(honest, tmp_path, n))]
    words = ("--export", str(alone), "--key", honest.verifier, *heads)
    assert ("altered", 201, 300) in verified({}, *words).found


def test_leaves_that_were_altered_with_the_records_leave_the_heads(
    honest: Signed, exported: Path, tmp_path: Path
) -> None:
    (exported / "leaves.bin").write_bytes(base64.b64decode("AAAA") * 6400)
    words = ("--key", honest.verifier, "--checkpoint", kept(honest, tmp_path))
    result = verified({}, "--export", str(exported), *words)
    assert {kind for kind, *_ in result.found} == {"tree"}
    assert result.ledger["proven"] == SIZE
