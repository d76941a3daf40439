"""Schemathesis asks whatever the OpenAPI document allows, and all that it forbids."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from services.cli.demo import load_story
from services.cli.running import Service
from services.cli.schemas import openapi
from services.foundation.describing.operations import operations
from services.foundation.settings import load_settings
from tests.e2e.asking import head
from tests.running import PROJECT, RunningService

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
LEDGER: Final = "schemathesis"
SEED: Final = 1
OPERATIONS: Final = sum(not e.path.endswith("/stream") for e in operations(openapi()))


@pytest.fixture(scope="module")
def key(service: RunningService) -> str:
    """The owner's key of a ledger that holds the sample story, for examples."""
    made = service.make_key("record", "read", "admin", ledger=LEDGER)
    load_story(Service(service.url, made), load_settings(None))
    return made


def complaint(
    service: RunningService, key: str, folder: Path, *options: str
) -> str | None:
    """Run Schemathesis in a folder with all its checks; what it says if it failed."""
    command = (
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
        *("run", f"{service.url}/openapi.json", "--no-color", "--seed", str(SEED)),
        *("--header", f"Authorization: Bearer {key}", "--continue-on-failure"),
        *("--exclude-path-regex", "/stream$", *options),  # they never end
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(  # noqa: S603 (our own arguments)
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0 and f"Tested: {OPERATIONS}\n" in done.stdout:
        return None
    return done.stdout[-8000:] + done.stderr[-2000:]


def test_what_is_asked_at_random_is_answered_as_documented(
    service: RunningService, key: str, tmp_path: Path
) -> None:
    before = head(service.client)
    phases = "examples,fuzzing,stateful"
    options = ("--phases", phases, "--max-examples", "8")
    assert complaint(service, key, tmp_path, *options) is None
    assert head(service.client) == before, "another ledger was recorded into"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_edge_of_the_document_is_answered_as_documented(
    service: RunningService, key: str, tmp_path: Path
) -> None:
    assert complaint(service, key, tmp_path, "--max-examples", "40") is None
