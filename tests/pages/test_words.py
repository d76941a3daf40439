"""Every word of the pages is there in both languages; dates and numbers by locale."""

from typing import Final
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment
from jinja2.ext import InternationalizationExtension

from services.projections.pages.showing import FOLDER
from services.projections.pages.words import Words, catalogue

EN: Final = Words("en", ZoneInfo("Asia/Tokyo"))
JA: Final = Words("ja", ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("template", sorted(p.name for p in FOLDER.glob("*.html")))
def test_every_text_of_a_template_is_translated(template: str) -> None:
    environment = Environment(
        extensions=[InternationalizationExtension], autoescape=True
    )
    source = (FOLDER / template).read_text(encoding="utf-8")
    told = catalogue("ja")
    for _, function, message in environment.extract_translations(source):  # type: ignore[attr-defined]
        one = message if isinstance(message, str) else message[0]
        if function == "ngettext":
            assert told.ngettext(one, message[1], 2) != message[1], message
        else:
            assert told.gettext(one) != one, one


@pytest.mark.parametrize(
    ("told", "english", "japanese"),
    [
        ("2014", "2014", "2014年"),
        ("2014-03", "Mar 2014", "2014年3月"),
        ("2014-03-05", "5 Mar 2014", "2014年3月5日"),
        ("2014-03-05T16:00:00Z", "6 Mar 2014", "2014年3月6日"),
        (None, "", ""),
    ],
)
def test_a_date_is_told_as_precisely_as_it_is_known(
    told: str | None, english: str, japanese: str
) -> None:
    assert (EN.day(told), JA.day(told)) == (english, japanese)


def test_an_amount_is_exact_and_its_thousands_are_apart() -> None:
    assert EN.amount("-12345678901234567890.5") == "−12,345,678,901,234,567,890.5"  # noqa: RUF001


def test_a_partner_goes_by_its_name_in_the_language_of_the_page() -> None:
    item = {"partner": "a", "name": "Asanagi", "names": {"ja": "朝凪"}}
    assert (EN.called(item), JA.called(item)) == ("Asanagi", "朝凪")
    assert JA.called({"partner": "b", "name": "Kelp", "names": {}}) == "Kelp"
