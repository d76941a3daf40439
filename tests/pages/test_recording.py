"""A contact is recorded in a few taps, and taken back or moved as easily."""

import re
import time
from typing import Final

from playwright.sync_api import Page, expect

from tests.pages.browsers import PATIENCE, PHONE, Signed

TEN_SECONDS: Final = 10
ONE_SECOND: Final = 1_000


def phone(signed: Signed) -> Page:
    """A page on a phone that is touched."""
    context = signed.browser.new_context(
        base_url=signed.url,
        storage_state=signed.state,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def chip(page: Page, group: str, words: str) -> None:
    """Tap a chip of a group of fields."""
    fields = page.get_by_role("group", name=group)
    fields.locator("label", has_text=re.compile(f"^{words}$")).first.tap()


def record_call(page: Page, partner: str) -> None:
    """A phone call with a goal and an offer: seven taps, and nothing is typed."""
    page.goto("/record")
    chip(page, "With whom?", partner)
    page.locator("summary", has_text="A goal").tap()
    page.locator("label", has_text="be better known").tap()
    page.locator("summary", has_text="An offer of help").tap()
    page.locator("details[open] label[for=offer-1]").tap()
    page.get_by_role("button", name="Save").tap()
    page.wait_for_url("**/recorded/*")


def test_a_call_with_a_goal_and_an_offer_takes_ten_seconds_and_is_seen_at_once(
    signed: Signed,
) -> None:
    watching, page = phone(signed), phone(signed)
    watching.goto("/partners/saltmarsh-bakery")
    before = watching.locator("#story .act").count()
    begun = time.monotonic()
    record_call(page, "Saltmarsh Bakery")
    assert time.monotonic() - begun < TEN_SECONDS
    acts = watching.locator("#story .act")
    expect(acts).to_have_count(before + 3, timeout=ONE_SECOND)
    told = watching.locator("#story > ol > li").first
    for words in ("In touch", "be better known", "introduction"):
        expect(told).to_contain_text(words)
    page.get_by_role("button", name="Undo").tap()
    page.wait_for_url("**/partners/saltmarsh-bakery")
    expect(acts).to_have_count(before, timeout=ONE_SECOND)
    watching.context.close()
    page.context.close()


def test_what_was_recorded_on_the_wrong_partner_moves(signed: Signed) -> None:
    page = phone(signed)
    record_call(page, "Ines Okafor")
    page.get_by_label("Wrong partner? It was").fill("Tidal Commons")
    page.get_by_role("button", name="Move it there").tap()
    expect(page.get_by_role("heading", name="Tidal Commons")).to_be_visible()
    expect(page.locator("ul.acts > li")).to_have_count(3)
    page.goto("/partners/ines-okafor")
    expect(page.locator("#story")).not_to_contain_text("be better known")
    page.context.close()


def test_a_contact_may_have_been_some_time_in_2014(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/record?partner=hamabe-city")
        page.get_by_label("or some time in").fill("2014")
        page.get_by_label("note").fill("A letter that somebody found.")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="The story so far").click()
        page.goto("/partners/hamabe-city?as_of=2015")
        found = page.locator("#story > ol > li", has_text="A letter that somebody")
        expect(found.locator("h3")).to_have_text("2014")


def test_a_partner_that_is_not_known_yet_is_added_while_recording(
    signed: Signed,
) -> None:
    with signed.page() as page:
        page.goto("/record")
        page.get_by_label("or another").fill("Kelp & Kiln <b>Studio</b>")
        page.get_by_label("a new partner of that name").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name="Kelp & Kiln")).to_have_text(
            "Kelp & Kiln <b>Studio</b>"
        )


def test_a_partner_is_added_without_a_contact(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/partners")
        page.get_by_role("link", name="New partner").click()
        page.get_by_label("name").fill("Gull Printers")
        page.get_by_text("company", exact=True).click()
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Gull Printers")


def test_a_partner_is_found_by_a_part_of_its_name(signed: Signed) -> None:
    with signed.page(complains=True) as page:
        page.goto("/record")
        page.get_by_label("or another").fill("Lantern")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Which partner is it?")
        page.get_by_text("Lantern Press and Bindery", exact=True).click()
        page.get_by_label("or another").fill("")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/recorded/*")


def test_names_are_suggested_while_somebody_types(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/record")
        page.get_by_label("or another").press_sequentially("asan")
        suggested = page.locator("#partners-known option").first
        expect(suggested).to_have_attribute("value", "Asanagi Works")


def test_those_who_took_part_are_named(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/record?partner=asanagi-works")
        page.get_by_text("Lena Duarte", exact=True).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="The story so far").click()
        newest = page.locator("#story > ol > li").first
        expect(newest).to_contain_text("with Lena Duarte")
