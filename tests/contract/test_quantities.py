"""Quantities: exact decimals in strings, units that are never converted."""

import json
from decimal import Decimal, Inexact
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from contracts.currencies import CURRENT, WITHDRAWN
from contracts.quantity import (
    ONE_ACT,
    Quantity,
    SignedAmount,
    Unit,
    counted,
    exact_arithmetic,
    plain,
)
from tests.contract.strategies import QUANTITIES

LARGEST = "99999999999999999999.999999999999"
SIGNED: TypeAdapter[str] = TypeAdapter(SignedAmount)
UNIT: TypeAdapter[str] = TypeAdapter(Unit)


def hours(amount: object) -> dict[str, object]:
    return {"amount": amount, "unit": "hour"}


@pytest.mark.parametrize(
    "amount", ["1", "0.5", "12.50", "0.000000000001", "10", "1.0", LARGEST]
)
def test_an_amount_is_kept_as_written_and_counts_exactly(amount: str) -> None:
    quantity = Quantity.model_validate(hours(amount))
    assert quantity.amount == amount
    assert quantity.value == Decimal(amount)


WRONG: list[Any] = [
    *("", " 1", "1 ", "+1", "-1", "01", "00.5", ".5", "1.", "1e3", "1E3", "1,5"),
    *("1_000", "NaN", "Infinity", "0x1", "1\n", "\uff11", "٣", "1.1.1", "--1", "½"),
    *("0", "0.0", "0.000000000000"),
    *("100000000000000000000", "1.0000000000001"),
    *(1, 1.5, 0, True, None, ["1"], {"amount": "1"}, Decimal(1), b"1"),
]


@pytest.mark.parametrize("amount", WRONG, ids=repr)
def test_what_is_not_an_exact_positive_decimal_in_a_string_is_refused(
    amount: object,
) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate(hours(amount))


@pytest.mark.parametrize("delta", ["-2.5", "2.5", f"-{LARGEST}", "-0.000000000001"])
def test_only_a_delta_may_be_negative(delta: str) -> None:
    assert SIGNED.validate_python(delta) == delta


@pytest.mark.parametrize("delta", ["0", "-0", "-0.00", "+1", "--1", "-01", "-", "- 1"])
def test_a_delta_is_signed_once_and_not_zero(delta: str) -> None:
    with pytest.raises(ValidationError):
        SIGNED.validate_python(delta)


GOOD_UNITS = [
    *("JPY", "GHC", "DEM", "XAU", "USD", "hour", "referral", "introduction", "seat"),
    *("act", "item:laptop", "x", "a-b_9", "item:.", "item:2014-03.v2", "z" * 32),
    f"item:{'9' * 64}",
]
BAD_UNITS = [
    *("", "Hour", "jpy ", " hour", "ZZZ", "JP", "JPYY", "Jpy", "9hours", "-hour"),
    *("item:", "item:A", "item:a:b", ":a", "item laptop", "heure·", "hour\n", "時間"),
    *("z" * 33, f"item:{'9' * 65}", "JPY:cash"),
]


@pytest.mark.parametrize("unit", GOOD_UNITS)
def test_a_unit_is_a_currency_or_a_word(unit: str) -> None:
    assert UNIT.validate_python(unit) == unit


@pytest.mark.parametrize("unit", BAD_UNITS)
def test_any_other_unit_is_refused(unit: str) -> None:
    with pytest.raises(ValidationError):
        UNIT.validate_python(unit)


def test_currencies_are_current_or_withdrawn_and_never_both() -> None:
    assert not CURRENT & WITHDRAWN
    assert all(len(code) == 3 and code.isupper() for code in CURRENT | WITHDRAWN)
    assert {"JPY", "CNY", "EUR", "USD"} <= CURRENT
    assert {"GHC", "DEM", "FRF", "ZWD"} <= WITHDRAWN


@pytest.mark.parametrize("extra", [{"note": "x"}, {"currency": "JPY"}])
def test_a_quantity_has_no_other_members(extra: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({**hours("1"), **extra})


def test_unquantified_help_counts_as_one_act() -> None:
    assert counted(None) == ONE_ACT
    assert counted(None).model_dump() == {"amount": "1", "unit": "act"}
    given_quantity = Quantity.model_validate(hours("3"))
    assert counted(given_quantity) is given_quantity


@given(QUANTITIES)
def test_a_quantity_survives_json_unrounded(quantity: dict[str, str]) -> None:
    value = Quantity.model_validate(quantity)
    assert Quantity.model_validate(json.loads(value.model_dump_json())) == value
    assert Decimal(plain(value.value)) == Decimal(quantity["amount"])


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *(("12.50", "12.5"), ("0", "0"), ("-0", "0"), ("-0.00", "0"), ("100", "100")),
        *(("1E+3", "1000"), ("1E-12", "0.000000000001"), ("-3.0", "-3")),
        *(("10.0", "10"), ("-0.5", "-0.5"), (LARGEST, LARGEST)),
    ],
)
def test_numbers_are_written_in_plain_notation(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_sums_of_a_million_largest_and_smallest_amounts_are_exact() -> None:
    with exact_arithmetic():
        total = 10**6 * Decimal(LARGEST) + Decimal("0.000000000001")
    assert plain(total) == "99999999999999999999999999.999999000001"


def test_a_sum_that_would_round_fails_loudly() -> None:
    with exact_arithmetic(), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)
