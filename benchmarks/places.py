"""A database of its own for a measurement: durable, in a folder that is removed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.foundation.access import Pepper
from services.foundation.embedded_postgres import start
from services.foundation.ledgers import ensure_default_ledger
from services.foundation.migrations.runner import migrate


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated database with the ledger `default`, and its owner's key."""

    folder: Path
    owner_dsn: str
    service_dsn: str
    key: str


@contextmanager
def place() -> Iterator[Place]:
    """Start a server with fsync on, on whatever disk temporary files have."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-bench-"))
    folder.chmod(0o711)  # the server's account walks through
    try:
        with start(folder / "data", durable=True) as server:
            migrate(server.dsn)
            data, pepper = folder / "data", Pepper.of(folder / "data" / "pepper")
            key = ensure_default_ledger(server.dsn, "UTC", data, pepper)
            yield Place(folder, server.dsn, server.service_dsn, key)
    finally:
        shutil.rmtree(folder)
