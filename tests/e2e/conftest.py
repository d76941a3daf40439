"""The service that the end-to-end tests share, and what they say to it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.asking import new_partner
from tests.running import RunningService, running_service


@pytest.fixture(scope="session")
def service() -> Iterator[RunningService]:
    """One service for the whole run of this process."""
    with running_service() as running:
        yield running


@pytest.fixture
def client(service: RunningService) -> httpx2.Client:
    """A client with the owner's key."""
    return service.client


@pytest.fixture
def partner(client: httpx2.Client) -> str:
    """A partner of this test's own, at version 1."""
    return new_partner(client)


@pytest.fixture(scope="session")
def reading_key(service: RunningService) -> str:
    """A key that may only read."""
    return service.make_key("read")


@pytest.fixture(scope="session")
def recording_key(service: RunningService) -> str:
    """A key that may only record."""
    return service.make_key("record")


@pytest.fixture(scope="session")
def foreign_key(service: RunningService) -> str:
    """The key of another ledger's owner."""
    return service.make_key("record", "read", "admin", ledger="another")
