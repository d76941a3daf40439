import csv
import gzip
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.importers.mapping import RowMapper
from services.importers.outcomes import EventLine, Mapped
from services.importers.plan import Plan, prepare_import
from services.importers.rows import read_rows
from services.importers.run import dry_run

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".." / "shared" / "data"
MAPS = ROOT / "docs" / "examples" / "maps"
ICEWS = "icews14_events.tsv.gz"
CHINA = "aiddata_china_official_finance.csv.gz"
IATI = "iati_covid19_transactions.csv.gz"
FCDO = "Foreign, Commonwealth and Development Office"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data is not kept with the project"
)


def real(map_name: str, file: str, **chosen: str) -> Plan:
    return prepare_import(MAPS / map_name, [DATA / file], chosen)


def data(line: EventLine) -> dict[str, Any]:
    found: Any = line["data"]
    return dict(found)


@cache
def made(map_name: str, file: str, **chosen: str) -> list[EventLine]:
    plan = real(map_name, file, **chosen)
    return [
        line
        for outcome in RowMapper(plan).outcomes(read_rows(plan))
        if isinstance(outcome, Mapped)
        for line in outcome.lines
    ]


@pytest.mark.parametrize(
    ("owner", "rows_of_owner", "mapped", "collapsed"),
    [
        ("Japan", 3_015, 2_052, 485),
        ("China", 6_083, 3_923, 1_033),
        ("South Korea", 2_623, 1_817, 462),
    ],
)
def test_every_row_of_an_owner_is_recorded_collapsed_or_skipped_by_name(
    owner: str, rows_of_owner: int, mapped: int, collapsed: int
) -> None:
    account = dry_run(real("icews.toml", ICEWS, owner=owner))
    others = account.skipped.pop("neither side is us")
    skipped = account.skipped.total()
    assert (account.rows, account.rows - others) == (90_730, rows_of_owner)
    assert (account.mapped, account.collapsed.total()) == (mapped, collapsed)
    assert mapped + collapsed + skipped == rows_of_owner
    assert not account.something_refused


def test_every_relation_has_a_meaning() -> None:
    with (DATA / "icews_relation_map.csv").open(encoding="utf-8", newline="") as file:
        relations = {row["relation"] for row in csv.DictReader(file)}
    plan = real("icews.toml", ICEWS, owner="Japan")
    assert plan.tables["relations"].keys() == relations


def test_a_pair_meets_once_a_day_and_kind_however_often_it_is_told() -> None:
    contacts = Counter(
        (line["partner"], line["occurred_at"], data(line)["topic"])
        for line in made("icews.toml", ICEWS, owner="Japan")
        if line["type"] == "ContactMade"
    )
    assert set(contacts.values()) == {1}


def test_the_guest_began_a_visit_whoever_tells_of_it() -> None:
    with gzip.open(DATA / ICEWS, "rt", encoding="utf-8", newline="") as file:
        rows = {r["row_id"]: r for r in csv.DictReader(file, delimiter="\t")}
    for line in made("icews.toml", ICEWS, owner="Japan"):
        source: Any = line["source"]
        row = rows.get(str(source["ref"]))
        if row is None or "visit" not in row["relation"]:
            continue
        guest = row["target" if row["relation"] == "Host a visit" else "source"]
        by = "us" if guest == "Japan" else "partner"
        assert data(line)["by"] == by


def test_every_amount_of_the_chinese_finance_arrives_exactly() -> None:
    with gzip.open(DATA / CHINA, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row["currency"] != "D":
            wanted.update(_expected(row))
    found: Counter[tuple[str, str, str]] = Counter()
    for line in made("china_official_finance.toml", CHINA, umbrellas="keep"):
        quantity = data(line).get("quantity", {"amount": "", "unit": ""})
        if "by" in data(line):
            part = (str(line["type"]), quantity["amount"], quantity["unit"])
            found[part] += 1
    assert found == wanted


def _expected(row: dict[str, str]) -> list[tuple[str, str, str]]:
    what = (row["amount"], row["currency"])
    match row["status"]:
        case "Pipeline: Pledge":
            return [("HelpOffered", *what)]
        case "Implementation" | "Completion":
            return [("ResourceCommitted", *what), ("HelpDelivered", *what)]
        case _:
            return [("ResourceCommitted", *what)]


def test_umbrella_agreements_are_left_out_unless_asked_for() -> None:
    account = dry_run(real("china_official_finance.toml", CHINA))
    assert account.skipped == {
        "umbrella agreement, its parts have rows of their own": 399,
        "amount in a currency that no list knows": 23,
    }
    assert account.mapped == 5_044
    assert not account.something_refused


def test_iati_money_back_is_given_by_the_other_side() -> None:
    account = dry_run(real("iati_covid19.toml", IATI, owner=FCDO))
    assert account.rows == 1_012
    assert not account.something_refused
    back = [
        data(line)["quantity"]["amount"]
        for line in made("iati_covid19.toml", IATI, owner=FCDO)
        if data(line).get("by") == "partner"
    ]
    assert Counter(back) == Counter(["2000000", "78000", "42000", "53050"])


def test_iati_commitments_add_up_to_those_of_the_file() -> None:
    with gzip.open(DATA / IATI, "rt", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["reporting_org"] == FCDO]
    wanted = sum(
        Decimal(r["value"])
        for r in rows
        if r["kind"] == "outgoing_commitment"
        and r["receiver"] != "Supplier Name Withheld"
    )
    found = Decimal(0)
    for line in made("iati_covid19.toml", IATI, owner=FCDO):
        if line["type"] == "ResourceCommitted":
            found += Decimal(data(line)["quantity"]["amount"])
        if line["type"] == "CommitmentChanged":
            found += Decimal(data(line)["delta"])
    assert found == wanted


def test_no_two_events_share_a_source_and_every_partner_id_has_its_form() -> None:
    for lines in (
        made("icews.toml", ICEWS, owner="Japan"),
        made("china_official_finance.toml", CHINA, umbrellas="keep"),
        made("iati_covid19.toml", IATI, owner=FCDO),
    ):
        assert len({str(line["source"]) for line in lines}) == len(lines)
        for line in lines:
            partner = str(line["partner"])
            assert re.fullmatch("[a-z0-9][a-z0-9._~-]{0,63}", partner)
