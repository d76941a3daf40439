"""A ledger on a real server whose tree was grown and signed as it was recorded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from typer.testing import CliRunner

from services.cli.main import app
from services.foundation.database import open_pool
from services.ledger.integrity.growing import Grower
from services.ledger.integrity.heads import Signing, file_of, read_heads
from services.ledger.integrity.notes import Signer
from tests.faults.writing import (
    a_writer,
    contact,
    identified,
    make_ledgers,
    record,
)
from tests.servers import Database, drop_database, fresh_database

LEDGER: Final = "default"
PARTNERS: Final = ("acme", "birch", "cedar")
SIZES: Final = (100, 200, 300, 512, 600)
OLDER: Final = 300
Found = set[tuple[str, int, int]]


@dataclass(frozen=True)
class Signed:
    """The database, and what is kept outside it: heads, and a copy of older events."""

    database: Database
    data_dir: Path
    older: bytes = b""

    @property
    def name(self) -> str:
        return str(conninfo_to_dict(self.database.owner_dsn)["dbname"])

    @property
    def notes(self) -> Sequence[str]:
        """All heads as they were handed out, oldest first."""
        return read_heads(file_of(self.data_dir, LEDGER))

    @property
    def signer(self) -> Signer:
        return Signer.of(self.data_dir / "signing.key")

    @property
    def verifier(self) -> str:
        return self.signer.verifier(LEDGER).text

    def verified(self, *words: str, data_dir: Path | None = None) -> "Verified":
        """What `alliance-ledger verify` says, as JSON."""
        return verified(self.environment(data_dir), *words)

    def environment(self, data_dir: Path | None = None) -> Mapping[str, str]:
        return {
            "LEDGER_DSN": self.database.service_dsn,
            "LEDGER_DATA_DIR": str(data_dir or self.data_dir),
        }


@dataclass(frozen=True)
class Verified:
    """The exit code, and the one ledger of the answer."""

    code: int
    ledger: Mapping[str, Any]

    @property
    def found(self) -> Found:
        """What is wrong, without the words."""
        findings = self.ledger["findings"]
        return {(one["kind"], one["first"], one["last"]) for one in findings}


def verified(environment: Mapping[str, str], *words: str) -> Verified:
    result = CliRunner().invoke(app, ["verify", "--json", *words], env=environment)
    assert result.stdout.startswith("{"), (result.output, result.exception)
    (ledger,) = json.loads(result.stdout)["ledgers"]
    assert (result.exit_code == 0) == ledger["ok"]
    return Verified(result.exit_code, ledger)


@contextmanager
def a_signed_ledger(dsn: str, template: str, folder: Path) -> Iterator[Signed]:
    """Events and heads on a server, made once, to be copied."""
    made = Database(*fresh_database(dsn, template=template))
    yield record_and_sign(made, folder)
    drop_database(made.owner_dsn)


@contextmanager
def a_copy(dsn: str, of: Signed) -> Iterator[Signed]:
    """The same in a database of its own, to be altered."""
    made = Database(*fresh_database(dsn, template=of.name))
    yield Signed(made, of.data_dir, of.older)
    drop_database(made.owner_dsn)


def record_and_sign(database: Database, data_dir: Path) -> Signed:
    """Record events and sign their tree at some sizes, as the worker does."""
    make_ledgers(database)
    signed = Signed(database, data_dir)
    older = b""
    with a_writer(database.service_dsn) as writer:
        record(writer, identified(*PARTNERS))
        size = len(PARTNERS)
        for upto in SIZES:
            while size < upto:
                count = min(90, upto - size)
                turns = (PARTNERS[(size + n) % 3] for n in range(count))
                record(writer, [contact(on, size + n) for n, on in enumerate(turns)])
                size += count
            grow_and_sign(database.service_dsn, signed.signer, data_dir)
            if upto == OLDER:
                older = copied(database)
    return Signed(database, data_dir, older)


def grow_and_sign(dsn: str, signer: Signer, data_dir: Path) -> None:
    """One round of the tree's worker."""
    with open_pool(dsn, min_size=1, max_size=1, name="tree") as pool:
        grower = Grower(pool, Signing(signer, data_dir))
        for ledger in grower.find_behind():
            while grower.grow(ledger):
                pass
            grower.sign(ledger)


def copied(database: Database) -> bytes:
    """All events as pg_dump writes them."""
    with (
        psycopg.connect(database.owner_dsn) as connection,
        connection.cursor().copy("COPY events TO STDOUT") as copy,
    ):
        return b"".join(bytes(block) for block in copy)


@contextmanager
def as_superuser(database: Database) -> Iterator[Connection[Any]]:
    """A connection that no trigger holds back."""
    with psycopg.connect(database.owner_dsn) as connection:
        for table in ("events", "tree_heads"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield connection
        for table in ("events", "tree_heads"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def empty(connection: Connection[Any], *tables: str) -> None:
    for table in tables:
        connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))


def forge_tree(signed: Signed, elsewhere: Path) -> None:
    """Make tree and heads of the database fit its events, with the very signing key.

    The file of heads is not touched: what is signed now goes elsewhere.
    """
    with as_superuser(signed.database) as connection:
        empty(connection, "tree_tiles", "tree_heads", "trees")
    grow_and_sign(signed.database.service_dsn, signed.signer, elsewhere)
