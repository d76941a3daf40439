"""People's own SQL reads the views of `ledger_read`, and nothing else."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from contracts.events.base import SEALED
from services.foundation import freshness
from tests.integration.people_told import MARKERS, House, house, tell
from tests.servers import Database

GUIDE: Final = Path(__file__).parents[2] / "docs" / "guides" / "sql.md"
VIEWS: Final = (
    "acts",
    "alliance_partners",
    "balances",
    "benefits",
    "contacts",
    "events",
    "ledgers",
    "merges",
    "partners",
    "postings",
    "projections",
    "promises",
    "stages",
)
PRIVATE: Final = (*MARKERS, "Jiro Notermann", SEALED, "key for", "Misheard")


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house in which much was said of people, gains and a merged partner."""
    monkeypatch.setattr(freshness, "LISTEN_SECONDS", 0.05)
    with house(database) as opened:
        tell(opened)
        gain = {"gained_by": "us", "confidence": "reported"}
        money = {"amount": "5", "unit": "JPY"}
        opened.say("BenefitReported", "second", **gain, quantity=money)
        commitment = {"by": "us", "kind": "goods", "due": "2020-03"}
        opened.say("ResourceCommitted", "second", commitment="c", **commitment)
        opened.say("PartnerIdentified", "third", name="Third")
        opened.say("PartnerMerged", "third", into="second", reason="The same.")
        opened.fold()
        yield opened


@pytest.fixture
def reader(told: House) -> Iterator[Connection[Any]]:
    """A login that is a member of the group and nothing else."""
    owner, login = told.database.owner_dsn, "a_reader"
    make = f"CREATE ROLE {login} LOGIN IN ROLE ledger_reader"
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(make)
    with psycopg.connect(make_conninfo(owner, user=login), autocommit=True) as made:
        yield made
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP ROLE {login}")


def relations(reader: Connection[Any], schema: str) -> list[str]:
    """The tables and views of a schema, partitions included."""
    query = (
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
        " AND relkind IN ('r', 'p', 'v') ORDER BY relname"
    )
    return [name for (name,) in reader.execute(query, (schema,))]


def rows(reader: Connection[Any], view: str) -> list[dict[str, Any]]:
    """All rows of a view."""
    query = sql.SQL("SELECT * FROM ledger_read.{}").format(sql.Identifier(view))
    cursor = reader.execute(query)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def test_every_view_is_read_and_none_tells_anything_personal(
    reader: Connection[Any],
) -> None:
    assert relations(reader, "ledger_read") == sorted(VIEWS)
    for view in VIEWS:
        told = rows(reader, view)
        assert told, view
        assert {row["ledger_id"] for row in told} == {"default"}
        text = str(told)
        assert not [private for private in PRIVATE if private in text], view


def test_a_partner_who_is_a_person_has_no_name(reader: Connection[Any]) -> None:
    names = {row["partner"]: row["name"] for row in rows(reader, "partners")}
    assert names == {"second": "Second Company", "taro": None}


def test_who_stays_no_person_keeps_a_sealed_name_to_itself(
    told: House, reader: Connection[Any]
) -> None:
    """A name that was sealed while the partner was a person stays hidden."""
    first = told.ledger.get("/v1/events", params={"partner": "taro"}).json()["items"][0]
    company = {"name": "Taro and Sons", "kind": "company"}
    said = {"target": first["id"], "data": company, "reason": "A company."}
    told.say("EventCorrected", "taro", **said)
    told.fold()
    (taro,) = [row for row in rows(reader, "partners") if row["partner"] == "taro"]
    assert (taro["kind"], taro["name"]) == ("company", None)


def test_a_reader_is_refused_every_table_and_every_write(
    reader: Connection[Any],
) -> None:
    refused = psycopg.errors.InsufficientPrivilege
    for name in relations(reader, "public"):
        table = sql.Identifier("public", name)
        for verb in ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises((refused, psycopg.errors.WrongObjectType)):
                reader.execute(sql.SQL(verb).format(table))
    for view in VIEWS:
        target = sql.Identifier("ledger_read", view)
        for verb in ("DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"):
            with pytest.raises((refused, psycopg.errors.ObjectNotInPrerequisiteState)):
                reader.execute(sql.SQL(verb).format(target))
    for making in ("public.x (n int)", "ledger_read.x (n int)"):
        with pytest.raises(refused):
            reader.execute(f"CREATE TABLE {making}")


def test_a_reader_is_refused_every_function_of_ours(reader: Connection[Any]) -> None:
    """All but those of triggers, which nobody can call."""
    query = (
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p"
        " WHERE p.pronamespace IN ('public'::regnamespace, 'ledger_read'::regnamespace)"
        " AND p.prorettype <> 'trigger'::regtype"
    )
    functions = [name for (name,) in reader.execute(query)]
    assert len(functions) > 5
    may = "SELECT has_function_privilege(%s, 'EXECUTE')"
    allowed = [f for f in functions if reader.execute(may, (f,)).fetchone() == (True,)]
    assert allowed == []


def test_every_view_and_column_is_described(reader: Connection[Any]) -> None:
    query = (
        "SELECT c.relname, a.attname FROM pg_class AS c"
        " INNER JOIN pg_attribute AS a ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'ledger_read'::regnamespace"
        " AND (col_description(c.oid, a.attnum) IS NULL"
        " OR obj_description(c.oid) IS NULL)"
    )
    assert reader.execute(query).fetchall() == []


def test_balances_are_those_of_the_api(told: House, reader: Connection[Any]) -> None:
    sides = {"us": "given", "partner": "received"}
    items = told.answers.get("/v1/balances").json()["items"]
    expected = {
        (item["partner"], item["unit"], side): {
            account: Decimal(amount) for account, amount in item[direction].items()
        }
        for item in items
        for side, direction in sides.items()
        if any(Decimal(amount) for amount in item[direction].values())
    }
    found = {
        (row.pop("partner"), row.pop("unit"), row.pop("side")): row
        for row in rows(reader, "balances")
        if row.pop("ledger_id")
    }
    assert expected == {key: row for key, row in found.items() if any(row.values())}


def test_promises_are_those_of_the_api(told: House, reader: Connection[Any]) -> None:
    paths = {"offer": "/v1/offers", "commitment": "/v1/commitments"}
    expected = {
        (item["partner"], kind, item[kind]): (item["state"], item["overdue"])
        for kind, path in paths.items()
        for item in told.answers.get(path).json()["items"]
    }
    found = {
        (row["partner"], row["kind"], row["ref"]): (row["state"], row["is_overdue"])
        for row in rows(reader, "promises")
    }
    assert expected == found


def test_every_example_of_the_guide_runs(reader: Connection[Any]) -> None:
    guide = GUIDE.read_text("utf-8")
    examples = re.findall(r"### (\w+)\n(?:.*?)```sql\n(.*?)```", guide, re.DOTALL)
    assert sorted(view for view, _ in examples) == sorted(VIEWS)
    for view, example in examples:
        assert f"ledger_read.{view}" in example
        assert reader.execute(example).description, view


def test_a_view_restricts_a_reader_to_one_ledger(
    told: House, reader: Connection[Any]
) -> None:
    with psycopg.connect(told.database.owner_dsn, autocommit=True) as owner:
        owner.execute(
            "CREATE VIEW ledger_read.of_another WITH (security_barrier) AS"
            " SELECT * FROM ledger_read.partners WHERE ledger_id = 'another'"
        )
        owner.execute("GRANT SELECT ON ledger_read.of_another TO ledger_reader")
    assert rows(reader, "of_another") == []
