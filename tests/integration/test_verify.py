"""`verify` and `export --records` on a real database: what they say, and exits."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.ledgers import create_ledger
from services.ledger.integrity.verification.live import (
    Elsewhere,
    one_moment,
    verify_live,
)
from services.ledger.integrity.verification.stored import Stored
from tests.faults.writing import a_writer, contact, record
from tests.signed_ledgers import (
    LEDGER,
    SIZES,
    Signed,
    a_copy,
    a_signed_ledger,
    as_superuser,
    grow_and_sign,
)

SIZE = SIZES[-1]


@pytest.fixture(scope="module")
def honest(
    server: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    folder = tmp_path_factory.mktemp("data")
    with a_signed_ledger(server.dsn, migrated, folder) as made:
        yield made


@pytest.fixture
def signed(server: EmbeddedPostgres, honest: Signed) -> Iterator[Signed]:
    with a_copy(server.dsn, honest) as made:
        yield made


@pytest.fixture
def exported(honest: Signed, tmp_path: Path) -> Path:
    result = run(honest, "export", "--records", str(tmp_path / "export"))
    assert result.exit_code == 0, result.output
    return tmp_path / "export"


def run(signed: Signed, *words: str) -> Result:
    return CliRunner().invoke(app, words, env=signed.environment())


def kept(signed: Signed, folder: Path, at: int = -1) -> str:
    """A file with one of the heads that were handed out."""
    path = folder / f"kept{at}.txt"
    path.write_text(signed.notes[at], "utf-8")
    return str(path)


def test_what_is_proven_is_told_in_words(honest: Signed, tmp_path: Path) -> None:
    result = run(honest, "verify", "--checkpoint", kept(honest, tmp_path, 1))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "ledger default: 600 events"
    assert "proven by a head kept outside the database: positions 1 to 600" in lines[1]
    assert "heads in the database: 5, newest that holds: 600" in result.stdout
    assert "kept1.txt: 1, newest that holds: 200" in result.stdout
    assert "The key is the database's own word" in result.stdout
    assert lines[-1].strip() == "nothing is wrong"


def test_events_behind_every_head_from_outside_are_said_to_be_so(
    honest: Signed, tmp_path: Path
) -> None:
    words = ("--checkpoint", kept(honest, tmp_path, 1))
    result = honest.verified(*words, data_dir=tmp_path)
    assert (result.code, result.ledger["proven"]) == (0, 200)
    assert result.ledger["signed"] == SIZE
    no_file = f"There is no file of heads at {tmp_path}/heads/default.txt."
    assert no_file in result.ledger["remarks"]
    assert honest.verified(*words, "--at-rest", data_dir=tmp_path).code == 1


def test_a_tile_that_was_altered_is_told_from_an_altered_log(signed: Signed) -> None:
    with as_superuser(signed.database) as connection:
        connection.execute(
            "UPDATE tree_tiles SET nodes = set_byte(nodes, 0, get_byte(nodes, 0) # 1)"
            " WHERE height = 0 AND tile = 1"
        )
    found = signed.verified().found
    assert found == {("tree", 257, 257), ("tree", 257, 512)}


def test_a_tile_above_the_leaves_that_was_altered_is_found(signed: Signed) -> None:
    with as_superuser(signed.database) as connection:
        connection.execute(
            "UPDATE tree_tiles SET nodes = set_byte(nodes, 0, get_byte(nodes, 0) # 1)"
            " WHERE height = 1"
        )
    assert signed.verified().found == {("tree", 1, 256)}


def test_a_tile_far_beyond_the_tree_is_found_and_holds_nothing_up(
    signed: Signed,
) -> None:
    with as_superuser(signed.database) as connection:
        connection.execute(
            "INSERT INTO tree_tiles SELECT ledger_id, 0, 1000000000000, nodes"
            " FROM tree_tiles WHERE height = 0 AND tile = 1"
        )
    kinds = {kind for kind, *_ in signed.verified().found}
    assert kinds == {"count", "tree", "differs"}


def test_a_tree_that_was_emptied_is_found(signed: Signed) -> None:
    with as_superuser(signed.database) as connection:
        connection.execute("DELETE FROM tree_tiles")
    assert signed.verified().found == {("count", 0, 0)}


def test_a_head_that_was_altered_is_not_signed(signed: Signed) -> None:
    with as_superuser(signed.database) as connection:
        connection.execute(
            "UPDATE tree_heads SET note = replace(note, '200', '201') WHERE size = 200"
        )
    assert signed.verified().found == {("signature", 0, 0)}


def test_heads_of_another_key_vouch_for_nothing(honest: Signed, tmp_path: Path) -> None:
    other = Signed(honest.database, tmp_path)
    result = honest.verified("--key", other.verifier, data_dir=tmp_path)
    assert {kind for kind, *_ in result.found} == {"signature"}
    assert (result.ledger["proven"], result.ledger["signed"]) == (0, 0)


def test_a_record_of_a_head_cut_off_by_a_crash_is_passed_over(
    honest: Signed, tmp_path: Path
) -> None:
    path = tmp_path / "heads" / f"{LEDGER}.txt"
    path.parent.mkdir()
    path.write_text("".join(honest.notes)[:-30], "utf-8")
    result = honest.verified(data_dir=tmp_path)
    assert (result.code, result.ledger["proven"]) == (0, SIZES[-2])


def test_every_ledger_is_verified_unless_one_is_named(signed: Signed) -> None:
    with as_superuser(signed.database) as connection:
        create_ledger(connection, "another", "UTC")
    every = run(signed, "verify", "--json")
    names = [one["ledger"] for one in json.loads(every.stdout)["ledgers"]]
    assert names == ["another", "default"]
    assert every.exit_code == 0
    assert signed.verified("--ledger", LEDGER).ledger["ledger"] == LEDGER


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--key", "no key"),
        ("verify", "--key", "a+b+c"),
        ("verify", "--checkpoint", "pyproject.toml"),
        ("verify", "--checkpoint", "no-such-file"),
        ("verify", "--export", "pyproject.toml"),
        ("export",),
    ],
)
def test_what_cannot_be_used_is_told_with_exit_code_2(
    honest: Signed, words: tuple[str, ...]
) -> None:
    result = run(honest, *words)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["verify", "export"])
def test_help_shows_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"]).stdout
    assert f"Example: alliance-ledger {command} --" in " ".join(shown.split())


def test_an_export_is_for_its_owner_only_and_has_all_that_verifying_needs(
    exported: Path,
) -> None:
    names = {path.name: path for path in exported.iterdir()}
    expected = {"records.ndjson", "leaves.bin", "heads.txt", "checkpoint.txt"}
    assert names.keys() == {*expected, "verifier.key"}
    assert exported.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in names.values()} == {0o600}
    assert len(names["records.ndjson"].read_bytes().splitlines()) == SIZE
    assert names["leaves.bin"].stat().st_size == 32 * SIZE


def test_an_export_never_replaces_anything(honest: Signed, exported: Path) -> None:
    result = run(honest, "export", "--records", str(exported))
    assert result.exit_code == 1
    assert "already" in result.stderr
    assert [path.name for path in exported.parent.glob(".*")] == []


def test_heads_that_are_signed_meanwhile_are_not_held_against_a_ledger(
    signed: Signed, tmp_path: Path
) -> None:
    given = Elsewhere.gathered(tmp_path, (), ())
    with one_moment(signed.database.service_dsn) as connection:
        stored = Stored(connection, LEDGER)
        with a_writer(signed.database.service_dsn) as writer:
            record(writer, contact("acme"))
        grow_and_sign(signed.database.service_dsn, signed.signer, tmp_path)
        report = verify_live(stored, given, lambda _: None)
    assert (report.events, report.findings) == (SIZE, [])
