"""The sample story in a running service, and a browser that is signed in to it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from services.cli.demo import load_story
from services.cli.running import Service
from services.foundation.settings import Settings
from tests.e2e.asking import head
from tests.pages.browsers import CHROMIUM, Signed, chromium, sign_in
from tests.pages.sending import Forms, forms_of
from tests.running import RunningService, running_service


@pytest.fixture(scope="session")
def story() -> Iterator[RunningService]:
    """A service that holds the sample story, for all tests of this process."""
    with running_service() as service:
        settings = Settings(_env_file=None, data_dir=service.data_dir)
        load_story(Service(service.url, service.key), settings)
        told = {"min_position": head(service.client), "wait": 30}
        for path in ("/v1/partners", "/v1/balances", "/v1/wheel"):
            assert service.client.get(path, params=told).status_code == 200
        yield service


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, for all tests of this process."""
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def signed(browser: Browser, story: RunningService) -> Signed:
    """A browser that came in by a link and may do everything."""
    return sign_in(browser, story)


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    """A service of a file's own: others look for who was recorded last."""
    with running_service() as running:
        yield running


@pytest.fixture(scope="module")
def forms(service: RunningService) -> Iterator[Forms]:
    """A browser's session there that sends forms."""
    with forms_of(service) as signed:
        yield signed
