"""A year of news about Japan, looked at and added to on the pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from services.importers.plan import prepare_import
from services.importers.run import ledger_client, run_import
from tests.e2e.test_real_data import DATA, ICEWS, MAPS
from tests.pages.browsers import PHONE, Signed, sign_in, violations
from tests.running import running_service

pytestmark = [
    pytest.mark.skipif(
        not DATA.is_dir(), reason="the real data is not beside the project"
    ),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def japan(browser: Browser) -> Iterator[Signed]:
    """A browser that is signed in to what the news told of Japan in 2014."""
    with running_service() as service:
        with ledger_client(service.url, service.key) as client:
            plan = prepare_import(MAPS / "icews.toml", [ICEWS], {"owner": "Japan"})
            run_import(client, plan)
            head = client.get("/v1/events", params={"order": "-position", "limit": 1})
            position = head.json()["items"][0]["position"]
            for path in ("/v1/partners", "/v1/balances", "/v1/wheel"):
                asked = {"min_position": position, "wait": 30, "limit": 1}
                client.get(path, params=asked).raise_for_status()
        yield sign_in(browser, service)


def test_many_partners_and_long_stories_are_shown(japan: Signed) -> None:
    with japan.page(PHONE) as page:
        for path in ("/", "/partners", "/insights?as_of=2014-12", "/log"):
            page.goto(path)
            assert violations(page) == []
        page.goto("/partners?q=china")
        page.get_by_role("link", name="China", exact=True).click()
        expect(page.get_by_role("link", name="Earlier")).to_be_visible()
        assert violations(page) == []


def test_a_call_is_added_to_a_year_of_news(japan: Signed) -> None:
    with japan.page() as page:
        page.goto("/record")
        first = page.locator("fieldset").first.locator(".chips label").first
        name = first.inner_text()
        first.click()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="The story so far").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        newest = page.locator("#story > ol > li").first
        expect(newest).to_contain_text("phone")
