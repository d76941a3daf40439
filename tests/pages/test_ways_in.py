"""Coming in, going out, and working without a mouse or without scripts."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.pages.browsers import PHONE, Signed, links
from tests.running import RunningService


def test_a_link_lets_one_browser_in_once(
    browser: Browser, story: RunningService
) -> None:
    (link,) = links(story, 1)
    first, second = browser.new_page(), browser.new_page()
    first.goto(link)
    first.wait_for_url(f"{story.url}/")
    expect(first.get_by_text("Signed in as Hanako")).to_be_visible()
    second.goto(link)
    expect(second.get_by_role("alert")).to_contain_text("Each link works once")
    first.get_by_role("button", name="Sign out").click()
    first.wait_for_url(f"{story.url}/login")
    first.goto(f"{story.url}/partners")
    assert first.url == f"{story.url}/login"
    first.close()
    second.close()


def test_who_may_only_read_is_offered_nothing_to_record(
    browser: Browser, story: RunningService
) -> None:
    (link,) = links(story, 1, "read")
    page = browser.new_page()
    page.goto(link)
    page.wait_for_url(f"{story.url}/")
    expect(page.get_by_role("link", name=re.compile("^Record"))).to_have_count(0)
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    words: str = page.evaluate(
        "document.activeElement.labels?.[0]?.textContent"
        " ?? document.activeElement.textContent"
    )
    return words.strip()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has these words is in focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    raise AssertionError(words)


def test_a_contact_is_recorded_with_the_keyboard_alone(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/")
        press(page, "Tab")
        assert focused(page) == "To the content"
        tab_to(page, "Record")
        press(page, "Enter")
        page.wait_for_url("**/record")
        tab_to(page, page.locator("label[for=partner-1]").inner_text())
        press(page, "Space", "ArrowRight")
        assert focused(page) == page.locator("label[for=partner-2]").inner_text()
        tab_to(page, "A goal")
        press(page, "Enter")
        tab_to(page, "more members")
        press(page, "Space")
        tab_to(page, "Save")
        press(page, "Enter")
        page.wait_for_url("**/recorded/*")
        expect(page.get_by_text("more members")).to_be_visible()


def test_everything_works_without_script(signed: Signed) -> None:
    with signed.page(PHONE, script=False) as page:
        page.goto("/record")
        page.get_by_text("River Bend Craft Circle", exact=True).click()
        page.locator("summary", has_text="A promise").click()
        page.locator("label[for=promise-2]").click()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/recorded/*")
        page.get_by_role("link", name="The story so far").click()
        expect(page.locator("#story")).to_contain_text("referral")
        page.goto("/")
        asked = page.locator("li", has_text="Hamabe City").first
        asked.get_by_role("button", name="in a month").click()
        expect(page.locator("#today section").first).not_to_contain_text("Hamabe")


def test_whoever_looks_after_a_partner_sees_only_theirs(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/")
        page.locator("select[name=owner]").select_option(label="Tomas Adeyemi")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#today")).to_contain_text("Asanagi Works")
        expect(page.locator("#today")).not_to_contain_text("Hamabe City")


def test_a_calendar_reads_the_reminders_until_its_link_ends(
    signed: Signed, story: RunningService
) -> None:
    with story.anonymous() as stranger, signed.page() as page:
        page.goto("/calendar")
        page.get_by_role("button", name="Make a link").click()
        link = page.get_by_label("or copy this address:").input_value()
        feed = stranger.get(link)
        assert feed.headers["content-type"].startswith("text/calendar")
        assert "SUMMARY:Meeting: Asanagi Works\r\n" in feed.text
        token = link.partition("token=")[2]
        bearer = {"Authorization": f"Bearer {token}"}
        assert stranger.get("/v1/partners", headers=bearer).status_code == 401
        cookie = {"Cookie": f"alliance_ledger={token}"}
        assert stranger.get("/v1/partners", headers=cookie).status_code == 401
        page.get_by_role("button", name="End this link").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert stranger.get(link).status_code == 401
