"""Forms take whatever is sent: numbers as nobody writes them, ties of any text."""

from typing import Final
from urllib.parse import quote

import pytest

from tests.e2e.asking import contact, new_partner, record
from tests.pages.sending import Forms
from tests.running import RunningService

NUMBERS: Final = (
    *("", "-1", "²", "٣", "1" * 401, "1e9", "0x1F", "NaN", "1_0", " 7 ", "+7"),
    *("999", "10000000", "7.5", "七"),
)


@pytest.fixture(scope="module")
def partner(service: RunningService) -> str:
    return new_partner(service.client)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_form_takes_any_text_for_a_number(
    forms: Forms, partner: str, number: str
) -> None:
    offer = {"offer": "space", "offer_amount": number, "date": number}
    for path, fields in (
        (f"/partners/{partner}/snooze", {"days": number}),
        ("/record", {"partner": partner, "minutes": number}),
        ("/record", {"partner": partner, **offer}),
        ("/new", {"name": f"A {number}", "kind": number}),
    ):
        answer = forms.send(path, **fields, tie=f"{number} of {fields}")
        assert answer.status_code in {303, 422}, (path, answer.text)


def test_what_was_recorded_under_any_text_is_taken_back(
    service: RunningService, forms: Forms, partner: str
) -> None:
    tie = 'Übergabe "七"'
    record(service.client, contact(partner, correlation=tie))
    assert forms.send(f"/recorded/{quote(tie)}/undo").status_code == 303


def test_a_refused_form_says_why_in_the_language_of_the_page(
    forms: Forms, partner: str
) -> None:
    forms.send("/language", language="ja")
    page = forms.send("/record", partner=partner, minutes="七", tie="refused")
    assert page.status_code == 422
    notice = page.text.partition('role="alert">')[2].partition("</div>")[0]
    assert "何も記録されていません" in notice
    assert "minutes: 整数にしてください" in notice
    assert "七" not in notice
