"""The database as it is at one moment, for commands that only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from services.cli.failing import CommandError
from services.cli.running import database
from services.foundation.migrations.runner import pending
from services.foundation.settings import Settings
from services.ledger.integrity.verification.live import one_moment


@contextmanager
def reading(settings: Settings) -> Iterator[Connection[Any]]:
    """The database of the settings; nothing that happens meanwhile is seen."""
    with database(settings) as found:
        if pending(found.owner):
            raise CommandError("First bring the database up: alliance-ledger migrate.")
        with one_moment(found.services.direct) as connection:
            yield connection
