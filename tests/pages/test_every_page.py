"""Every page, in every width, theme and language: nothing is out of reach or cut."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest

from tests.pages.browsers import DESK, PHONE, Signed, violations

PAGES: Final = (
    "/",
    "/partners",
    "/partners/asanagi-works",
    "/partners/tallowick-marketing",
    "/partners/asanagi-works?as_of=2024-06&known_at=2026",
    "/partners/asanagi-works/changes?known_from=position:200",
    "/record",
    "/record?partner=asanagi-works&type=HelpDelivered",
    "/record/other",
    "/record/other?partner=asanagi-works",
    "/record/other?type=HelpDelivered&partner=asanagi-works",
    "/record/other?type=PersonalDataErased&partner=asanagi-works",
    "/record/other?type=StagePolicyPublished&partner=_ledger",
    "/record/other?type=PartnerIdentified",
    "/compare?partners=asanagi-works,tallowick-marketing",
    "/insights",
    "/log",
    "/new",
    "/calendar",
    "/login",
)
THEMES: Final = ("light", "dark")
LANGUAGES: Final = ("en", "ja")
WIDER: Final = "document.documentElement.scrollWidth > window.innerWidth"
OPENED: Final = "document.querySelectorAll('details').forEach((one) => one.open = true)"
CUT: Final = """() => [...document.querySelectorAll('svg.chart text')].filter((one) => {
  const box = one.getBBox(), view = one.ownerSVGElement.viewBox.baseVal;
  return box.x < -1 || box.x + box.width > view.width + 1
    || box.y < -1 || box.y + box.height > view.height + 1;
}).map((one) => one.textContent)"""


def looks() -> Iterator[Any]:
    """Every width, theme and language; each pair of them in every run."""
    for size, theme, language in product((PHONE, DESK), THEMES, LANGUAGES):
        place = (size == DESK) + (theme == "dark") + (language == "ja")
        marks = [pytest.mark.slow] if place % 2 else []
        name = f"{size[0]}-{theme}-{language}"
        yield pytest.param(size, theme, language, id=name, marks=marks)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("size", "theme", "language"), list(looks()))
def test_everybody_can_use_every_page(
    signed: Signed, size: tuple[int, int], theme: Any, language: str
) -> None:
    with signed.page(size, theme=theme, language=language) as page:
        for path in PAGES:
            page.goto(path)
            page.evaluate(OPENED)
            assert not page.evaluate(WIDER), f"{path} is wider than the window"
            assert page.evaluate(CUT) == [], f"{path} cuts words off"
            assert violations(page) == []


def test_a_page_that_is_not_there_says_so_kindly(signed: Signed) -> None:
    with signed.page(language="ja", complains=True) as page:
        page.goto("/partners/nobody")
        assert page.get_by_role("heading", level=1).inner_text() == "見つかりません"
        assert violations(page) == []


def test_what_another_site_adds_to_an_address_is_ignored(signed: Signed) -> None:
    with signed.page() as page:
        answer = page.goto("/partners?utm_source=mail&q=asanagi&q=works")
        assert answer is not None
        assert answer.status == 200


def test_the_pages_are_in_both_languages(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/partners/asanagi-works?as_of=2025")
        page.get_by_role("button", name="日本語").click()
        assert page.url.endswith("/partners/asanagi-works?as_of=2025")
        assert page.locator("html").get_attribute("lang") == "ja"
        assert "朝凪製作所" in page.get_by_role("heading", level=1).inner_text()
        assert "これまでの歩み" in page.locator("main").inner_text()
        page.get_by_role("button", name="English").click()
        assert "The story so far" in page.locator("main").inner_text()


def test_the_two_companies_are_told_apart_side_by_side(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/compare")
        page.get_by_text("Asanagi Works", exact=True).click()
        page.get_by_text("Tallowick Marketing", exact=True).click()
        page.get_by_role("button", name="Compare").click()
        asked = page.get_by_role("row", name="who asked for goals first")
        assert asked.get_by_role("cell").all_inner_texts()[1] == "nobody"
        asks = page.get_by_role("row", name="what proposals ask")
        assert asks.get_by_role("listitem").count() == 6


def test_a_story_is_told_page_by_page(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/partners/asanagi-works")
        days = page.locator("#story h3").all_inner_texts()
        page.get_by_role("link", name="Earlier").click()
        earlier = page.locator("#story h3").all_inner_texts()
        assert earlier
        assert not set(days[:-1]) & set(earlier[1:])


def test_what_changed_is_told_by_side_and_by_how_sure_it_is(signed: Signed) -> None:
    with signed.page() as page:
        page.goto("/partners/asanagi-works/changes?known_from=position:150")
        given = page.get_by_role("row", name="JPY given · delivered")
        assert given.get_by_role("cell").all_inner_texts() == ["0", "300,000"]
        gained = page.get_by_role("row", name="USD for the partner · confirmed")
        assert gained.get_by_role("cell").all_inner_texts() == ["0", "18,450.75"]
