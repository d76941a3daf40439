"""Letting tests in: what an application in this process runs on, and keys for it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg

from services.foundation.access import KeyTerms, Pepper, add_key
from services.foundation.ledgers import create_ledger
from services.foundation.sealing import Keyring
from services.foundation.serving import Dsns, Means
from services.ledger.privacy.erasures import Privacy
from tests.servers import Database

PEPPER: Final = Pepper(b"of these tests")
KEYRING: Final = Keyring([b"a wrapping key of these tests, 32"[:32]])
DATA_DIR: Final = Path(tempfile.mkdtemp(prefix="ledger-tests-"))
"""Where applications in this process note erasures."""


def privacy() -> Privacy:
    """What a writer in this process seals with."""
    return Privacy.at(KEYRING, DATA_DIR)


def means(database: Database) -> Means:
    """What an application in this process runs on; no key has a rate."""
    service = database.service_dsn
    return Means(Dsns(service, service), DATA_DIR, PEPPER, KEYRING, 0)


def make_key(
    dsn: str,
    scopes: Sequence[str],
    ledger: str = "default",
    *,
    zone: str = "UTC",
    pepper: Pepper = PEPPER,
) -> str:
    """A new key of a ledger, which is made when it does not exist."""
    with psycopg.connect(dsn) as connection:
        create_ledger(connection, ledger, zone)
        terms = KeyTerms(f"key for {scopes}", scopes)
        return add_key(connection, pepper, ledger, terms).key


def pepper_of(data_dir: Path) -> Pepper:
    """The pepper of an installation's data folder."""
    return Pepper.of(data_dir / "pepper")
