"""`export` and `verify` beside a service that runs, and without one."""

import json
from pathlib import Path

import httpx2
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.e2e.asking import contact, send
from tests.running import RunningService
from tests.servers import data_folder


def run(data_dir: Path, *words: str) -> Result:
    return CliRunner().invoke(app, words, env={"LEDGER_DATA_DIR": str(data_dir)})


def export(service: RunningService, *words: str) -> Result:
    reached = ("--url", service.url, "--json")
    return run(service.data_dir, "export", *words, *reached)


def test_the_events_are_exported_as_the_api_shows_them(
    service: RunningService, client: httpx2.Client, partner: str, tmp_path: Path
) -> None:
    path = tmp_path / "events.ndjson"
    recorded = send(client, contact(partner)).json()
    result = export(service, "--events", str(path))
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[-1] == recorded
    assert [line["position"] for line in lines] == list(range(1, len(lines) + 1))
    told = json.loads(result.stdout)["events"]
    assert told == {"path": str(path), "events": len(lines)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_journal_is_exported_up_to_the_newest_event(
    service: RunningService, client: httpx2.Client, partner: str, tmp_path: Path
) -> None:
    position = send(client, contact(partner)).json()["position"]
    path = tmp_path / "alliances.journal"
    result = export(service, "--journal", str(path))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["journal"]["position"] >= position
    assert path.read_text("utf-8").splitlines()[-1].startswith("; end of the journal:")


def test_a_refused_export_leaves_no_file(
    service: RunningService, recording_key: str, tmp_path: Path
) -> None:
    words = ("--events", str(tmp_path / "events.ndjson"), "--key", recording_key)
    result = export(service, *words)
    assert result.exit_code == 1
    assert result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_runs_is_verified_beside_it(
    service: RunningService, client: httpx2.Client, partner: str
) -> None:
    send(client, contact(partner))
    result = run(service.data_dir, "verify", "--ledger", "default", "--json")
    (ledger,) = json.loads(result.stdout)["ledgers"]
    assert (result.exit_code, ledger["findings"]) == (0, [])


def test_a_ledger_that_does_not_run_is_verified_and_exported() -> None:
    with data_folder() as folder:
        assert run(folder / "data", "ledgers", "create", "guild").exit_code == 0
        verified = run(folder / "data", "verify")
        assert verified.exit_code == 0, verified.output
        assert verified.stdout.startswith("ledger guild: 0 events")
        words = ("--records", str(folder / "export"), "--ledger", "guild")
        assert run(folder / "data", "export", *words).exit_code == 0
        assert (folder / "export" / "records.ndjson").read_bytes() == b""


def test_a_ledger_that_does_not_exist_cannot_be_exported() -> None:
    with data_folder() as folder:
        assert run(folder / "data", "ledgers", "create", "guild").exit_code == 0
        words = ("--records", str(folder / "export"), "--ledger", "other")
        result = run(folder / "data", "export", *words)
        assert (result.exit_code, result.stderr) == (1, "There is no ledger other.\n")
        assert not (folder / "export").exists()
