"""What some integration tests share."""

from collections.abc import Iterator

import pytest
from psycopg.conninfo import conninfo_to_dict

from services.foundation.embedded_postgres import EmbeddedPostgres
from tests.rebuilding import Story, stories, tell_story
from tests.servers import Database, drop_database, fresh_database


@pytest.fixture(scope="session")
def told(server: EmbeddedPostgres, migrated: str) -> str:
    """The name of a database in which the sample story was told once, to copy."""
    made = Database(*fresh_database(server.dsn, template=migrated))
    tell_story(made)
    return str(conninfo_to_dict(made.owner_dsn)["dbname"])


@pytest.fixture
def story(server: EmbeddedPostgres, told: str) -> Iterator[Story]:
    """A ledger of this test's own, with a story and its read models."""
    made = Database(*fresh_database(server.dsn, template=told))
    with stories(made) as opened:
        yield opened
    drop_database(made.owner_dsn)
