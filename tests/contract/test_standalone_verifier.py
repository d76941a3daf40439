"""The verifier in the documentation, as its own process, on what the service gives."""

import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.ledger.integrity.notes import Signer
from tests.e2e.asking import contact, event, send
from tests.running import PROJECT, RunningService, running_service

SCRIPT: Final = PROJECT / "docs" / "verifier" / "verify_ledger.py"
EVENTS: Final = 30
WITHIN: Final = 60.0


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    """A service that has signed the events it holds, and some of them before."""
    with running_service(LEDGER_HEAD_SECONDS="0.1") as running:
        send(running.client, event("PartnerIdentified", "acme", name="Acme"))
        wait_for_head(running, 1)
        for _ in range(EVENTS - 1):
            assert send(running.client, contact("acme")).status_code == 201
        wait_for_head(running, EVENTS)
        yield running


def wait_for_head(service: RunningService, size: int) -> None:
    deadline = time.monotonic() + WITHIN
    while size_of(service.client.get("/v1/log/checkpoint").text) < size:
        assert time.monotonic() < deadline, service.said()
        time.sleep(0.05)


def size_of(note: str) -> int:
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0


@pytest.fixture
def kept(service: RunningService, tmp_path: Path) -> Path:
    """What somebody keeps elsewhere: the key and two heads."""
    (tmp_path / "ledger.key").write_text(service.client.get("/v1/log/key").text)
    notes = (service.data_dir / "heads" / "default.txt").read_text("utf-8")
    first, newest = notes.split("\n\n")[0], service.client.get("/v1/log/checkpoint")
    signature = notes.split("\n\n")[1].split("\n")[0]
    (tmp_path / "old.txt").write_text(f"{first}\n\n{signature}\n", "utf-8")
    (tmp_path / "new.txt").write_text(newest.text, "utf-8")
    return tmp_path


@pytest.fixture
def records(service: RunningService, tmp_path: Path) -> Path:
    """The records of a real export."""
    words = ["export", "--records", str(tmp_path / "export")]
    environment = {"LEDGER_DATA_DIR": str(service.data_dir)}
    result = CliRunner().invoke(app, words, env=environment)
    assert result.exit_code == 0, result.output
    return tmp_path / "export" / "records.ndjson"


def said(folder: Path, *words: object) -> tuple[int, str]:
    """The exit code and the answer of the script, run in a folder without ours."""
    command = [sys.executable, "-I", str(SCRIPT), *(str(word) for word in words)]
    done = subprocess.run(  # noqa: S603 - the script of our documentation
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def rewrite(records: Path, lines: list[bytes]) -> None:
    records.write_bytes(b"".join(lines))


def test_it_is_at_most_100_lines_and_imports_nothing_of_ours() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 100
    tree = list(ast.walk(ast.parse(text)))
    plain = {
        n.name for node in tree if isinstance(node, ast.Import) for n in node.names
    }
    of = {node.module or "" for node in tree if isinstance(node, ast.ImportFrom)}
    packages = {name.partition(".")[0] for name in plain | of}
    assert packages - sys.stdlib_module_names == {"cryptography"}


def test_an_export_is_proven_up_to_the_newest_head_given(
    kept: Path, records: Path
) -> None:
    assert said(kept, "ledger.key", records, "new.txt", "old.txt") == (
        0,
        f"OK: 1 to {EVENTS} of {EVENTS}",
    )
    assert said(kept, "ledger.key", records, "old.txt") == (
        0,
        f"OK: 1 to 1 of {EVENTS}",
    )


def test_an_edited_record_is_found(kept: Path, records: Path) -> None:
    lines = records.read_bytes().splitlines(keepends=True)
    lines[6] = lines[6].replace(b"phone", b"video")
    rewrite(records, lines)
    code, told = said(kept, "ledger.key", records, "old.txt", "new.txt")
    assert (code, told) == (1, f"WRONG: altered between positions 2 and {EVENTS}")


def test_swapped_records_are_found(kept: Path, records: Path) -> None:
    lines = records.read_bytes().splitlines(keepends=True)
    lines[6], lines[7] = lines[7], lines[6]
    rewrite(records, lines)
    code, told = said(kept, "ledger.key", records, "new.txt")
    assert code == 1
    assert "line 7 is no record of position 7" in told
    assert f"altered between positions 1 and {EVENTS}" in told


def test_missing_records_are_found(kept: Path, records: Path) -> None:
    rewrite(records, records.read_bytes().splitlines(keepends=True)[:-3])
    code, told = said(kept, "ledger.key", records, "new.txt")
    assert (code, told) == (1, f"WRONG: positions {EVENTS - 2} to {EVENTS} are missing")


def test_an_added_record_is_found(kept: Path, records: Path) -> None:
    lines = records.read_bytes().splitlines(keepends=True)
    made = [json.loads(line) for line in [*lines[:4], lines[3], *lines[4:]]]
    for position, members in enumerate(made, start=1):
        members[1] = position
    encoded = (json.dumps(m, ensure_ascii=False, separators=(",", ":")) for m in made)
    rewrite(records, [f"{line}\n".encode() for line in encoded])
    code, told = said(kept, "ledger.key", records, "old.txt", "new.txt")
    assert (code, told) == (1, f"WRONG: altered between positions 2 and {EVENTS}")


@pytest.mark.parametrize(
    "what", ["another key", "an altered head", "no head", "no key"]
)
def test_what_the_key_has_not_signed_is_refused(
    kept: Path, records: Path, what: str
) -> None:
    key, head = kept / "ledger.key", kept / "new.txt"
    match what:
        case "another key":
            name = key.read_text().split("+")[0].partition("/")[0]
            other = Signer.of(kept / "other.pem", name).verifier("default")
            key.write_text(other.text)
        case "an altered head":
            head.write_text(
                head.read_text("utf-8").replace("\n30\n", "\n29\n"), "utf-8"
            )
        case "no head":
            head.write_text("hello\n", "utf-8")
        case _:
            key.write_text("hello\n")
    code, told = said(kept, "ledger.key", records, "new.txt")
    assert code == 1
    assert told.startswith("WRONG: not signed by this key, or not readable")


def ask_for_proof(service: RunningService, folder: Path, position: int) -> None:
    """Save an event's record and its proof, as the API gives them."""
    page = service.client.get("/v1/events", params={"limit": "100"}).json()
    (found,) = (item for item in page["items"] if item["position"] == position)
    path = f"/v1/events/{found['id']}"
    record = service.client.get(path, params={"format": "record"})
    size = size_of((folder / "new.txt").read_text("utf-8"))
    proof = service.client.get(
        "/v1/log/proof/inclusion", params={"position": position, "size": size}
    )
    (folder / "event.json").write_bytes(record.content)
    (folder / "proof.json").write_bytes(proof.content)


@pytest.mark.parametrize("position", [1, 2, 17, 29, EVENTS])
def test_one_event_is_proven_to_be_in_the_ledger(
    service: RunningService, kept: Path, position: int
) -> None:
    ask_for_proof(service, kept, position)
    words = ("ledger.key", "event.json", "new.txt", "proof.json")
    assert said(kept, *words) == (0, f"OK: position {position} of {EVENTS}")


def test_another_event_is_not_proven_by_the_same_proof(
    service: RunningService, kept: Path
) -> None:
    ask_for_proof(service, kept, 17)
    event_file = kept / "event.json"
    event_file.write_bytes(event_file.read_bytes().replace(b"phone", b"video"))
    words = ("ledger.key", "event.json", "new.txt", "proof.json")
    code, told = said(kept, *words)
    assert (code, told.partition(":")[0]) == (1, "WRONG")
