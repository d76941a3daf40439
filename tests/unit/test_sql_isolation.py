"""Every statement keeps to one ledger, but for those that say why they need not.

What serves requests is in no exception: those are of the workers, which look for what
is to be done in any ledger, of the metrics, which name no ledger, and of the command
line of whoever holds the database.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.sql_scopes import PROJECT, unfiltered

SERVICES: Final = PROJECT / "services"
FOUND: Final = "a worker asks which ledgers have work; it does the work a ledger each"
MADE: Final = "a worker makes rows for each ledger, of nothing but its name"
METRICS: Final = "sums over the installation, without the name of a ledger"
OPERATOR: Final = "a command of whoever holds the database: about all ledgers"
EVERY_LEDGER: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "cli/sql/newest_head.sql": (OPERATOR, ("ledger_heads",)),
    "foundation/sql/list_ledgers.sql": (
        OPERATOR,
        ("ledger_heads", "ledger_limits", "ledgers"),
    ),
    "ledger/integrity/sql/all_trees.sql": (FOUND, ("trees",)),
    "ledger/integrity/sql/find_behind.sql": (FOUND, ("ledger_heads", "trees")),
    "ledger/integrity/sql/tree_metrics.sql": (
        METRICS,
        ("ledger_heads", "tree_heads", "trees"),
    ),
    "ledger/integrity/verification/sql/every_ledger.sql": (
        OPERATOR,
        ("ledger_heads", "ledgers", "tree_heads", "trees"),
    ),
    "ledger/privacy/sql/all_ledgers.sql": (OPERATOR, ("ledgers",)),
    "ledger/privacy/sql/count_older_keys.sql": (OPERATOR, ("data_keys",)),
    "ledger/privacy/sql/wrapping_keys.sql": (OPERATOR, ("data_keys",)),
    "projections/answers/sql/projection_metrics.sql": (
        METRICS,
        ("checkpoints", "events", "ledger_heads"),
    ),
    "projections/audit/sql/find_due.sql": (FOUND, ("ledgers", "verifications")),
    "projections/audit/sql/find_unfinished.sql": (FOUND, ("verifications",)),
    "projections/audit/sql/overview.sql": (METRICS, ("verifications",) * 2),
    "projections/engine/sql/find_behind.sql": (FOUND, ("checkpoints", "ledger_heads")),
    "projections/engine/sql/find_building.sql": (FOUND, ("checkpoints",)),
    "projections/engine/sql/find_dropped.sql": (FOUND, ("checkpoints",)),
    "projections/engine/sql/find_other_use.sql": (
        "a generation's partition is dropped when no ledger uses it; tells yes or no",
        ("checkpoints",),
    ),
    "projections/engine/sql/find_outdated.sql": (
        FOUND,
        ("active_generations", "checkpoints", "checkpoints"),
    ),
    "projections/engine/sql/find_unprepared.sql": (
        FOUND,
        ("active_generations", "ledger_heads"),
    ),
    "projections/engine/sql/insert_active.sql": (
        MADE,
        ("active_generations", "ledger_heads"),
    ),
    "projections/engine/sql/insert_checkpoints.sql": (
        MADE,
        ("active_generations", "checkpoints", "ledger_heads"),
    ),
}
IN_PYTHON: Final[Mapping[str, str]] = {
    "COPY ": "the columns are those of a statement in `sql/`",
    "VACUUM (FULL) data_keys": "keeps no row and tells none",
}
"""Statements that stand in the code, because a table's name is a part of them."""
SQL: Final = re.compile(
    r"\s*(SELECT|INSERT INTO|DELETE FROM|UPDATE \S+ SET|COPY|VACUUM|TRUNCATE|WITH)\b"
)


def folders() -> list[str]:
    """The packages that have statements; migrations make what statements use."""
    found = {file.parent for file in SERVICES.rglob("sql/*.sql")}
    told = (folder.relative_to(SERVICES).as_posix() for folder in found)
    return sorted(folder for folder in told if "migrations" not in folder)


@pytest.mark.parametrize("folder", folders())
def test_every_statement_keeps_to_one_ledger(folder: str) -> None:
    found = {
        file.relative_to(SERVICES).as_posix(): tuple(unfiltered(file.read_text()))
        for file in (SERVICES / folder).glob("*.sql")
    }
    allowed = {
        name: tables
        for name, (_, tables) in EVERY_LEDGER.items()
        if Path(name).parent.as_posix() == folder
    }
    assert {name: tables for name, tables in found.items() if tables} == allowed


def test_statements_that_stand_in_the_code_keep_to_one_ledger() -> None:
    found = [text for file in SERVICES.rglob("*.py") for text in statements_in(file)]
    loose = {text for text in found if "ledger_id = %" not in text}
    assert loose == IN_PYTHON.keys()
    assert len(found) > len(loose)


def statements_in(file: Path) -> Iterator[str]:
    """The texts of a module that are SQL; docstrings begin otherwise."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and SQL.match(text):
            yield text


ONE_LEDGER: Final = """
SELECT * FROM events WHERE ledger_id = %(ledger)s
SELECT * FROM events AS e WHERE %s = e.ledger_id AND (e.a = 1 OR e.b = 2)
SELECT * FROM a AS x, b WHERE x.ledger_id = %s AND b.ledger_id = %s
SELECT * FROM a INNER JOIN b ON a.ledger_id = b.ledger_id WHERE a.ledger_id = %s
SELECT * FROM a LEFT JOIN b ON a.ledger_id = b.ledger_id WHERE a.ledger_id = %s
WITH k AS (SELECT ledger_id FROM a WHERE ledger_id = %s) SELECT * FROM k
INSERT INTO a (n, ledger_id) VALUES (1, %(ledger)s)
INSERT INTO a (ledger_id) SELECT b.ledger_id FROM b WHERE b.ledger_id = %s
UPDATE a SET n = b.n FROM b WHERE a.ledger_id = %s AND b.ledger_id = a.ledger_id
COPY a (ledger_id, n) FROM STDIN
"""
MIXED: Final = """
a: SELECT * FROM a
a: SELECT * FROM a WHERE ledger_id = %s OR n = 1
a: SELECT * FROM a WHERE ledger_id = %(other)s
a: SELECT * FROM a WHERE ledger_id <> %s
a: SELECT * FROM a WHERE NOT ledger_id = %s
b: SELECT * FROM a INNER JOIN b ON a.n = b.n WHERE a.ledger_id = %s
a: SELECT * FROM a LEFT JOIN b ON a.ledger_id = %s AND b.ledger_id = %s
a: SELECT * FROM a LEFT JOIN b ON a.ledger_id = b.ledger_id AND b.ledger_id = %s
b: SELECT (SELECT 1 FROM b WHERE b.ledger_id = a.ledger_id) FROM a WHERE ledger_id = %s
b: SELECT * FROM a WHERE a.ledger_id = %s AND exists(SELECT 1 FROM b)
b: SELECT * FROM a WHERE ledger_id = %s UNION SELECT * FROM b
b: SELECT * FROM a, (SELECT * FROM b) AS q WHERE a.ledger_id = %s
a b: WITH k AS (SELECT * FROM a) SELECT * FROM b, k WHERE b.ledger_id = k.ledger_id
a: INSERT INTO a (n, ledger_id) VALUES (%(ledger)s, 1)
a: INSERT INTO a (n) VALUES (1)
a b: INSERT INTO a (ledger_id) SELECT b.ledger_id FROM b WHERE b.ledger_id = 1
b: UPDATE a SET n = b.n FROM b WHERE a.ledger_id = %s
a: DELETE FROM a USING b WHERE b.ledger_id = %s
a: COPY a (n) FROM STDIN
"""


@pytest.mark.parametrize("sql", ONE_LEDGER.strip().splitlines())
def test_a_statement_of_one_ledger_is_seen_to_be_one(sql: str) -> None:
    assert unfiltered(sql) == []


@pytest.mark.parametrize("line", MIXED.strip().splitlines())
def test_a_statement_that_could_mix_ledgers_is_seen(line: str) -> None:
    tables, _, sql = line.partition(": ")
    assert unfiltered(sql) == tables.split()
