"""Real data sets, imported into a running service and asked for again."""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx2
import pytest

from services.importers.account import Account
from services.importers.plan import prepare_import
from services.importers.run import ledger_client, run_import
from tests.e2e.asking import Json, head, read
from tests.oracle.balance import balance
from tests.oracle.reading import interval
from tests.running import PROJECT, RunningService, running_service

DATA: Final = PROJECT / ".." / "shared" / "data"
MAPS: Final = PROJECT / "docs" / "examples" / "maps"
ICEWS: Final = DATA / "icews14_events.tsv.gz"
FINANCE: Final = DATA / "aiddata_china_official_finance.csv.gz"
IATI: Final = DATA / "iati_covid19_transactions.csv.gz"
FCDO: Final = "Foreign, Commonwealth and Development Office"
UTC: Final = ZoneInfo("UTC")
DATES: Final = ("2014-03-31", "2014-08-15", "2014-12-31")
UMBRELLA: Final = "umbrella agreement, its parts have rows of their own"
NO_CURRENCY: Final = "amount in a currency that no list knows"
UNNAMED: Final = {"Correction", "Customer", "Supplier Name Withheld"}

Sums = dict[tuple[str, str], dict[str, Decimal]]

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data is not beside the project"
)


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@contextmanager
def imported(
    map_name: str, path: Path, **chosen: str
) -> Iterator[tuple[httpx2.Client, Account]]:
    """A ledger of its own that holds one data set, imported twice."""
    with (
        running_service() as service,
        ledger_client(service.url, service.key) as client,
    ):
        plan = prepare_import(MAPS / map_name, [path], chosen)
        first, again = run_import(client, plan), run_import(client, plan)
        assert not first.something_refused, first.as_json()
        assert_recorded_once(first.as_json(), again.as_json(), head(client))
        yield client, first


def assert_recorded_once(first: Json, again: Json, position: int) -> None:
    """The first import recorded all, the second nothing, and they account alike."""
    made = first["events"]["made"]
    assert first["position"] == again["position"] == position == made
    assert (first["events"]["recorded"], first["events"]["replayed"]) == (made, 0)
    assert (again["events"]["recorded"], again["events"]["replayed"]) == (0, made)
    assert again["rows"] == first["rows"]
    assert again["events"]["by_type"] == first["events"]["by_type"]


def items_of(client: httpx2.Client, path: str, **query: Any) -> list[Json]:
    """Every item of a list, page by page; derived ones reflect the whole log."""
    if path != "/v1/events":
        query |= {"min_position": head(client), "wait": 30}
    url = str(httpx2.URL(path, params={"limit": 1000, **query}))
    found: list[Json] = []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        url = answer.links.get("next", {}).get("url", "")
    return found


def log_of(client: httpx2.Client, account: Account) -> list[Json]:
    """The raw log, which holds what the account says: gapless, each source once."""
    events = items_of(client, "/v1/events")
    assert [e["position"] for e in events] == list(range(1, len(events) + 1))
    assert Counter(e["type"] for e in events) == account.events
    assert len({json.dumps(e["source"]) for e in events}) == len(events)
    return events


def numbers(value: Any) -> Any:
    """Amounts as numbers, so that `1.50` and `1.5` are the same."""
    if isinstance(value, dict):
        return {k: v if k == "unit" else numbers(v) for k, v in value.items()}
    return Decimal(value)


def assert_as_the_oracle_says(
    client: httpx2.Client, events: list[Json], partner: str, day: str
) -> None:
    told = read(client, f"/v1/partners/{partner}/balance", as_of=day, wait=30)
    cut: Json = {"as_of": interval(day, UTC)[1], "position": len(events)}
    expected = balance(events, zone=UTC, partner=partner, **cut)
    assert [numbers(i) for i in told["items"]] == expected["items"], (partner, day)
    assert told["uncertain"] == expected["uncertain"], (partner, day)


def assert_rows_of_the_owner_are_accounted_for(
    account: Account, events: list[Json], owner: str
) -> None:
    """Counted from the file alone, with neither the map nor the importer."""
    rows = rows_of(ICEWS, "\t")
    ours = {r["row_id"] for r in rows if owner in {r["source"], r["target"]}}
    named = {e["source"]["ref"] for e in events if e["type"] != "PartnerIdentified"}
    left_out = account.collapsed.total() + account.skipped.total()
    assert account.rows == len(rows)
    assert account.skipped["neither side is us"] == len(rows) - len(ours)
    assert named <= ours
    assert account.mapped == len(named) == len(rows) - left_out


@pytest.mark.parametrize(
    "owner", ["Japan", pytest.param("China", marks=pytest.mark.slow)]
)
def test_a_year_of_news_is_recorded_once_and_balances_as_by_hand(owner: str) -> None:
    with imported("icews.toml", ICEWS, owner=owner) as (client, account):
        events = log_of(client, account)
        assert_rows_of_the_owner_are_accounted_for(account, events, owner)
        for partner, _ in Counter(e["partner"] for e in events).most_common(10):
            for day in DATES:
                assert_as_the_oracle_says(client, events, partner, day)


def test_chinese_finance_balances_are_the_sums_of_the_file() -> None:
    rows = rows_of(FINANCE)
    with imported("china_official_finance.toml", FINANCE) as (client, account):
        umbrellas = sum(row["umbrella"] == "1" for row in rows)
        unknown = sum(row["umbrella"] == "0" and row["currency"] == "D" for row in rows)
        assert account.skipped == {UMBRELLA: umbrellas, NO_CURRENCY: unknown}
        assert account.mapped == account.rows - umbrellas - unknown
        early, late = finance_told(client, "2007"), finance_told(client, "2030")
        assert early == finance_of(rows, "2007")
        assert late == finance_of(rows, "2030")
        assert {"act", "GHC", "ROL", "ZMK", "ZWD"} <= {unit for _, unit in late}


def names_of(client: httpx2.Client) -> dict[str, str]:
    """Names as the file spells them, by partner."""
    found = items_of(client, "/v1/events", type="PartnerIdentified")
    return {event["partner"]: event["data"]["name"] for event in found}


def finance_told(client: httpx2.Client, year: str) -> Sums:
    """What the service says: all amounts that are not zero, by partner and unit."""
    names, told = names_of(client), Sums()
    for item in items_of(client, "/v1/balances", as_of=year):
        assert not any(numbers(item["received"]).values())
        given = {k: v for k, v in numbers(item["given"]).items() if v}
        told[names[item["partner"]], item["unit"]] = given
    return told


def finance_of(rows: list[dict[str, str]], year: str) -> Sums:
    """The same from the columns, at the end of a year, with `Decimal` alone."""
    found = Sums()
    for row in rows:
        if row["umbrella"] == "0" and row["currency"] != "D" and row["year"] <= year:
            unit = row["currency"] or "act"
            sums = found.setdefault((row["recipient_condensed"], unit), {})
            for name in _accounts_of(row, year):
                sums[name] = sums.get(name, Decimal(0)) + Decimal(row["amount"] or "1")
    return found


def _accounts_of(row: dict[str, str], year: str) -> tuple[str, ...]:
    """Where the amount of a row stands; a delivery never precedes its promise."""
    reached = {"Implementation": row["start_actual"], "Completion": row["end_actual"]}
    if row["status"] in {"Pipeline: Pledge", "Cancelled"}:
        return ("offered",) if row["status"] != "Cancelled" else ()
    if reached.get(row["status"], "later")[:4] <= year:
        return ("committed", "delivered", "awaiting")
    return ("committed", "outstanding")


def run_command(service: RunningService) -> Json:
    """`alliance-ledger import`, as a person types it."""
    chosen = ["--map", str(MAPS / "iati_covid19.toml"), "--set", f"owner={FCDO}"]
    command = [sys.executable, "-m", "services.cli.main", "import", str(IATI), *chosen]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--json", "--url", service.url],
        env={**os.environ, "LEDGER_KEY": service.key},
        cwd=PROJECT,
        timeout=60,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    account: Json = json.loads(done.stdout)
    return account


def test_a_publisher_imported_by_the_command_balances_as_by_hand() -> None:
    with running_service() as service:
        first, again = run_command(service), run_command(service)
        events = items_of(service.client, "/v1/events")
        assert_recorded_once(first, again, len(events))
        for partner in {e["partner"] for e in events}:
            for day in ("2020-06-30", "2030"):
                assert_as_the_oracle_says(service.client, events, partner, day)
        assert publisher_told(service.client) == publisher_of(rows_of(IATI))


def publisher_told(client: httpx2.Client) -> Sums:
    names, told = names_of(client), Sums()
    for item in items_of(client, "/v1/balances", as_of="2030"):
        given, received = numbers(item["given"]), numbers(item["received"])
        told[names[item["partner"]], item["unit"]] = {
            "committed": given["committed"],
            "delivered": given["delivered"],
            "given back": received["delivered"],
        }
    return told


def publisher_of(rows: list[dict[str, str]]) -> Sums:
    """The same from the columns; what names no partner is left out."""
    found: Sums = defaultdict(
        lambda: dict.fromkeys(("committed", "delivered", "given back"), Decimal(0))
    )
    for row in rows:
        named = "implementing_orgs" if row["receiver"] in UNNAMED else "receiver"
        partner = row[named]
        if partner and row["reporting_org"] == FCDO and row["kind"] != "expenditure":
            sums, value = found[partner, row["currency"]], Decimal(row["value"])
            promised = row["kind"] == "outgoing_commitment"
            paid = "delivered" if value > 0 else "given back"
            sums["committed" if promised else paid] += abs(value)
    return dict(found)
