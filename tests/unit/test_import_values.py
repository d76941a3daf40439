import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.importers.naming import PartnerIds, identifier, slug
from services.importers.refusals import RowRefused
from services.importers.values import exact_amount, known_unit, negated, occurrence


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("7249122.656", "7249122.656"),
        ("0012.50", "12.50"),
        ("+3", "3"),
        ("-0.5", "-0.5"),
        ("99999999999999999999.000000000001", "99999999999999999999.000000000001"),
    ],
)
def test_an_amount_keeps_every_digit(written: str, amount: str) -> None:
    assert exact_amount(written) == amount


def test_an_amount_is_read_as_the_file_writes_numbers() -> None:
    assert exact_amount("1.234,50", decimal=",", thousands=".") == "1234.50"


@pytest.mark.parametrize(
    "written", ["1e6", "1,000", "", "0", "ten", "1.2.3", "9" * 21, "NaN", "0.0"]
)
def test_an_amount_that_is_not_exact_is_refused(written: str) -> None:
    with pytest.raises(RowRefused, match="unreadable amount"):
        exact_amount(written)


def test_a_withdrawn_currency_is_known_and_an_invented_one_is_not() -> None:
    assert known_unit("GHC") == "GHC"
    with pytest.raises(RowRefused, match="unknown unit"):
        known_unit("D")


def test_a_number_is_negated_as_text() -> None:
    assert (negated("12.50"), negated("-12.50"), negated("+1")) == (
        "-12.50",
        "12.50",
        "-1",
    )


@pytest.mark.parametrize(
    "written", ["2014", "2014-03", "2014-03-05", "2014-03-05T10:00:00+09:00"]
)
def test_a_date_stays_as_imprecise_as_it_is_written(written: str) -> None:
    assert occurrence(written) == written


@pytest.mark.parametrize(
    ("written", "date"),
    [("5.3.2014", "2014-03-05"), ("03/2014", "2014-03"), ("FY0987", "0987")],
)
def test_a_form_reads_no_more_of_a_date_than_it_names(written: str, date: str) -> None:
    assert occurrence(written, ["%d.%m.%Y", "%m/%Y", "FY%Y"]) == date


def test_a_date_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RowRefused, match="unreadable date"):
        occurrence("2014-02-30", ["%d.%m.%Y"])


def test_a_slug_is_readable() -> None:
    assert slug("Foreign Affairs (Taiwan)") == "foreign-affairs-taiwan"
    assert slug("Oluṣẹgun Ọbasanjọ") == "olusegun-obasanjo"
    assert slug("日本").startswith("p-")


@given(st.lists(st.text(min_size=1), unique=True))
def test_distinct_names_never_share_an_id(names: list[str]) -> None:
    ids = PartnerIds({})
    assert len({ids.of(name) for name in names}) == len(names)


@given(st.text(min_size=1))
def test_a_partner_id_has_the_form_that_the_ledger_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9._~-]{0,63}", slug(name))


@given(st.text(min_size=1), st.text(min_size=1))
def test_distinct_texts_become_distinct_identifiers(one: str, other: str) -> None:
    assert (identifier(one) == identifier(other)) == (one == other)


def test_a_second_name_with_the_same_slug_is_set_apart() -> None:
    ids = PartnerIds({})
    assert ids.of("World Vision") == "world-vision"
    assert ids.of("WORLD VISION") != "world-vision"
    assert list(ids.set_apart) == ["WORLD VISION"]


def test_a_name_keeps_the_id_that_the_ledger_has_for_it() -> None:
    ids = PartnerIds({}, {"a-b": "A-B", "a-b-1234": "A B"})
    assert ids.of("A B") == "a-b-1234"
    assert ids.of("a b") not in {"a-b", "a-b-1234"}
