"""The stages of a year of real news, as counted and looked up by hand."""

import gzip
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from services.importers.run import ledger_client
from tests.e2e.asking import fresh, read
from tests.e2e.test_real_data import DATA, ICEWS, MAPS, items_of
from tests.running import PROJECT, RunningService

SCRIPT: Final = PROJECT / "docs" / "examples" / "icews_2014_stages.py"
DOCUMENT: Final = SCRIPT.with_name("icews-2014-stages.md")
JUNE, DECEMBER = "2014-06-30", "2014-12-31"
COUNTED: Final[dict[str, dict[str, int]]] = {
    JUNE: {
        "identified": 74,
        "acquainted": 32,
        "exploring": 7,
        "helping": 4,
        "ready": 1,
        "allied": 6,
    },
    DECEMBER: {
        "identified": 118,
        "acquainted": 62,
        "exploring": 8,
        "helping": 3,
        "ready": 4,
        "allied": 9,
    },
}
FLAGGED: Final = {
    "cooling": 76,
    "dormant": 33,
    "one_sided": 2,
    "reactivated": 1,
    "silent_partner_in_alliance": 5,
    "strained": 16,
    "unearned": 6,
}
LOOKED_UP: Final = (
    ("vietnam", "acquainted", "2014-04-21", "train:26167"),
    ("vietnam", "exploring", "2014-07-16", "train:48159"),
    ("vietnam", "reciprocal", "2014-08-01", "train:51707"),
    ("north-korea", "exploring", "2014-02-28", "train:13662"),
    ("north-korea", "helping", "2014-03-04", "train:14582"),
    ("north-korea", "allied", "2014-03-26", "train:20037"),
    ("barack-obama", "reciprocal", "2014-11-23", "valid:6518"),
    ("south-korea", "allied", "2014-02-04", "train:7585"),
    ("chuck-hagel", "helping", "2014-04-05", "train:22693"),
)
"""Partner, stage, day, and the row of the file that completed it."""

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data is not beside the project"
)


@dataclass(frozen=True)
class Book:
    """A ledger that holds one owner's year, and what the script says of it."""

    client: httpx2.Client
    tables: str


def run(*command: str, key: str) -> str:
    """What a command prints that must succeed."""
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *command],
        env={**os.environ, "LEDGER_KEY": key},
        cwd=PROJECT,
        timeout=100,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tables_of(service: RunningService, key: str, file: Path, owner: str) -> str:
    """Import an owner's year as a person would, and let the script tell of it."""
    chosen = ("--map", str(MAPS / "icews.toml"), "--set", f"owner={owner}")
    command = ("-m", "services.cli.main", "import", str(file), *chosen)
    run(*command, "--url", service.url, key=key)
    return run(str(SCRIPT), service.url, key, key=key)


def key_of_a_new_ledger(service: RunningService) -> str:
    return service.make_key("record", "read", "admin", ledger=fresh("icews"))


def rows_naming(owner: str, file: Path) -> Path:
    """The heading and the rows of one owner: the other rows make no events."""
    with (
        gzip.open(ICEWS, "rt", encoding="utf-8") as whole,
        gzip.open(file, "wt", encoding="utf-8") as part,
    ):
        part.write(next(whole))
        part.writelines(line for line in whole if owner in line.split("\t")[1:4:2])
    return file


@pytest.fixture(scope="module")
def japan(
    service: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Book]:
    file = rows_naming("Japan", tmp_path_factory.mktemp("icews") / "japan.tsv.gz")
    key = key_of_a_new_ledger(service)
    tables = tables_of(service, key, file, "Japan")
    with ledger_client(service.url, key) as client:
        yield Book(client, tables)


@pytest.mark.parametrize("day", COUNTED)
def test_the_partners_of_japan_stand_as_counted_by_hand(japan: Book, day: str) -> None:
    listed = items_of(japan.client, "/v1/partners", as_of=day)
    assert Counter(partner["stage"] for partner in listed) == COUNTED[day]
    month = items_of(japan.client, "/v1/stages", as_of=day)[-1]
    assert month.pop("month") == day[:7]
    assert {stage: count for stage, count in month.items() if count} == COUNTED[day]


def test_the_partners_of_japan_are_flagged_as_counted_by_hand(japan: Book) -> None:
    listed = items_of(japan.client, "/v1/partners", as_of=DECEMBER)
    assert Counter(flag for partner in listed for flag in partner["flags"]) == FLAGGED


def test_stages_are_told_with_the_rows_found_by_hand(japan: Book) -> None:
    refs = {e["id"]: e["source"]["ref"] for e in rows_recorded(japan.client)}
    for partner, stage, day, row in LOOKED_UP:
        told = read(japan.client, f"/v1/partners/{partner}/stages", as_of=DECEMBER)
        (found,) = (one for one in told["history"] if one["stage"] == stage)
        completed = refs[found["because"][-1]]
        assert (found["from"][:10], completed) == (day, f"icews14:{row}"), partner


def rows_recorded(client: httpx2.Client) -> list[dict[str, Any]]:
    """The events that came from the file; the policy did not."""
    return [e for e in items_of(client, "/v1/events") if e.get("source")]


def test_the_document_tells_of_japan_what_the_ledger_says(japan: Book) -> None:
    assert japan.tables in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("owner", ["Japan", "China", "South Korea"])
def test_the_document_tells_what_the_whole_file_gives(
    service: RunningService, owner: str
) -> None:
    tables = tables_of(service, key_of_a_new_ledger(service), ICEWS, owner)
    assert f"## {owner}\n\n{tables}" in DOCUMENT.read_text(encoding="utf-8")
