"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from services.foundation.embedded_postgres import EmbeddedPostgres
from services.foundation.migrations.runner import migrate
from tests.servers import (
    Database,
    drop_database,
    embedded_server,
    fresh_database,
    name_template,
)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """One server for the whole run of this process."""
    with embedded_server() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(server: EmbeddedPostgres) -> str:
    """The name of a migrated database to copy: faster than migrating each time."""
    owner_dsn, _ = fresh_database(server.dsn)
    migrate(owner_dsn)
    return name_template(owner_dsn)


@pytest.fixture
def empty_database(server: EmbeddedPostgres) -> Iterator[Database]:
    """A database without any table."""
    made = Database(*fresh_database(server.dsn))
    yield made
    drop_database(made.owner_dsn)


@pytest.fixture
def database(server: EmbeddedPostgres, migrated: str) -> Iterator[Database]:
    """A freshly migrated database of this test's own."""
    made = Database(*fresh_database(server.dsn, template=migrated))
    yield made
    drop_database(made.owner_dsn)
