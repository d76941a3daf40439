"""PostgreSQL's own pgbench with rows like ours, one a transaction."""

import re
import subprocess
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.places import Place
from services.foundation.embedded_postgres.account import account_for
from services.foundation.embedded_postgres.binaries import find_binaries

CLIENTS: Final = 16
TABLE: Final = "CREATE TABLE yardstick (LIKE events INCLUDING ALL)"
NUMBERS: Final = "CREATE SEQUENCE yardstick_position"
SCRIPT: Final = """
INSERT INTO yardstick (
    ledger_id, position, id, partner, version, type, schema, occurred_at,
    occurred_from, occurred_to, recorded_at, recorded_by, data, completed
)
VALUES (
    'default', nextval('yardstick_position'), gen_random_uuid(), 'p1',
    currval('yardstick_position'), 'HelpOffered', 1, '2025-03-04', now(), now(), now(),
    'owner', '{"by":"us","kind":"goods","quantity":{"amount":"12","unit":"hour"}}', '{}'
);
"""


def plain_pace(place: Place, seconds: float) -> float:
    """Rows a second of 16 clients that insert one row a transaction."""
    with psycopg.connect(place.owner_dsn) as connection:
        connection.execute(TABLE)
        connection.execute(NUMBERS)
    script = place.folder / "yardstick.sql"
    script.write_text(SCRIPT, "utf-8")
    told = subprocess.run(  # noqa: S603 (a program of the database's own wheel)
        [_program(place), *_options(seconds, script), place.owner_dsn],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    if found is None:
        raise ValueError(told)
    return float(found[1])


def _program(place: Place) -> Path:
    account = account_for(place.folder / "data" / "pg")
    return find_binaries(account, None, None).folder / "pgbench"


def _options(seconds: float, script: Path) -> list[str]:
    whole = str(max(1, round(seconds)))
    clients = ["-c", str(CLIENTS), "-j", "2"]
    return ["-n", "-M", "prepared", *clients, "-T", whole, "-f", str(script)]
