"""Balances worked out by hand from the design, which the oracle must agree with."""

from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.log import Log, hours

NOTHING = dict.fromkeys(
    (
        *("offered", "lapsed", "accepted", "committed", "outstanding"),
        *("delivered", "acknowledged", "awaiting", "disputed"),
    ),
    0,
)


@pytest.fixture
def log() -> Log:
    return Log()


def test_nothing_recorded_is_no_item(log: Log) -> None:
    assert log.balance() == {"items": [], "uncertain": 0}


def test_an_open_offer_is_offered_and_nothing_else(log: Log) -> None:
    log.offer()
    assert log.balance()["items"] == [
        {
            "unit": "hour",
            "given": NOTHING | {"offered": 10},
            "received": NOTHING,
            "net": 0,
            "benefit": {
                "us": {"estimated": 0, "reported": 0, "confirmed": 0},
                "partner": {"estimated": 0, "reported": 0, "confirmed": 0},
            },
        }
    ]


def test_help_without_a_quantity_counts_as_one_act(log: Log) -> None:
    log.add("2014", "HelpDelivered", by="partner", kind="referral")
    (item,) = log.balance()["items"]
    assert (item["unit"], item["net"]) == ("act", -1)
    assert item["received"] == NOTHING | {"delivered": 1, "acknowledged": 1}


def test_an_accepted_offer_is_no_longer_offered(log: Log) -> None:
    log.offer()
    log.add("2014-03-06", "OfferAccepted", offer="o")
    assert log.one() == {"accepted": 10}
    assert log.one(as_of="2014-03-05") == {"offered": 10}


def test_an_offer_lapses_only_after_the_whole_of_its_last_month(log: Log) -> None:
    log.offer(valid_until="2014-12")
    assert log.one(as_of="2014-12") == {"offered": 10}
    assert log.one(as_of="2015-01-01T00:00:00Z") == {"offered": 10, "lapsed": 10}


def test_an_accepted_offer_never_lapses(log: Log) -> None:
    log.offer(valid_until="2014-12")
    log.add("2016", "OfferAccepted", offer="o")
    assert log.one(as_of="2015") == {"offered": 10, "lapsed": 10}
    assert log.one(as_of="2016") == {"accepted": 10}


@pytest.mark.parametrize("closing", ["OfferDeclined", "OfferWithdrawn"])
def test_a_closed_offer_leaves_its_unit_with_zeros(log: Log, closing: str) -> None:
    log.offer()
    log.add("2015", closing, offer="o")
    assert log.one() == {}


def test_a_delivery_accepts_the_offer_and_lowers_what_is_left(log: Log) -> None:
    log.offer()
    log.deliver("2015", "4", offer="o")
    assert log.one() == {"accepted": 6, "delivered": 4, "awaiting": 4}


def test_more_than_promised_is_a_gift_and_leaves_no_negative(log: Log) -> None:
    log.offer()
    log.deliver("2015", "15", offer="o")
    assert log.one() == {"delivered": 15, "awaiting": 15}


def test_a_gift_beyond_one_promise_does_not_lower_another(log: Log) -> None:
    log.commit()
    log.deliver("2015", "15", commitment="c")
    log.add("2015", "ResourceCommitted", commitment="e", by="us", quantity=hours("3"))
    assert log.one() == {
        "committed": 13,
        "outstanding": 3,
        "delivered": 15,
        "awaiting": 15,
    }


def test_a_promise_without_quantity_is_not_lowered_in_another_unit(log: Log) -> None:
    log.add("2014", "HelpOffered", offer="o", by="us", kind="expertise")
    log.deliver("2015", "4", offer="o")
    acts, hours_item = log.balance()["items"]
    assert (acts["unit"], hours_item["unit"]) == ("act", "hour")
    assert acts["given"] == NOTHING | {"accepted": 1}
    assert hours_item["given"] == NOTHING | {"delivered": 4, "awaiting": 4}


def test_a_completed_commitment_keeps_what_was_delivered_of_it(log: Log) -> None:
    log.commit()
    log.deliver("2015", "4", commitment="c", completes=True, confirmed=True)
    assert log.one() == {"committed": 4, "delivered": 4, "acknowledged": 4}


def test_a_cancelled_commitment_of_which_nothing_came_is_zero(log: Log) -> None:
    log.commit()
    log.add("2015", "CommitmentCancelled", commitment="c", reason="Overtaken.")
    assert log.one() == {}
    assert log.one(as_of="2014") == {"committed": 10, "outstanding": 10}


def test_a_commitment_goes_up_and_down_by_its_changes(log: Log) -> None:
    log.commit()
    log.add("2015", "CommitmentChanged", commitment="c", delta="5.5")
    log.add("2016", "CommitmentChanged", commitment="c", delta="-12")
    assert log.one(as_of="2015") == {
        "committed": Decimal("15.5"),
        "outstanding": Decimal("15.5"),
    }
    assert log.one() == {"committed": Decimal("3.5"), "outstanding": Decimal("3.5")}


def test_a_lowering_dated_before_the_raise_floors_at_zero(log: Log) -> None:
    log.commit()
    log.add("2016", "CommitmentChanged", commitment="c", delta="5")
    log.add("2015", "CommitmentChanged", commitment="c", delta="-12")
    assert log.one(as_of="2015") == {}
    assert log.one(as_of="2016") == {"committed": 3, "outstanding": 3}


def test_what_the_partner_delivers_is_acknowledged_unless_unconfirmed(log: Log) -> None:
    log.deliver("2014", "2", by="partner")
    log.deliver("2014", "3", by="partner", delivery="e", confirmed=False)
    expected = {"delivered": 5, "acknowledged": 2, "awaiting": 3}
    assert log.one("received") == expected


def test_an_acknowledgement_without_quantity_takes_the_completed_one(log: Log) -> None:
    log.deliver("2014")
    log.add("2015", "DeliveryAcknowledged", delivery="d", quantity=hours("4"))
    log.add("2016", "DeliveryAcknowledged", delivery="d", done=hours("6"))
    assert log.one(as_of="2015") == {"delivered": 10, "acknowledged": 4, "awaiting": 6}
    assert log.balance()["items"][0]["net"] == 10


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("acknowledged", {"delivered": 10, "acknowledged": 3, "awaiting": 7}),
        ("withdrawn", {"delivered": 10, "awaiting": 10}),
        ("conceded", {"delivered": 7, "awaiting": 7}),
    ],
)
def test_a_dispute_ends_by_its_outcome(
    log: Log, outcome: str, expected: dict[str, int]
) -> None:
    log.deliver("2014")
    log.add("2015", "DeliveryDisputed", delivery="d", quantity=hours("3"))
    fields = {"delivery": "d", "outcome": outcome}
    log.add("2016", "DisputeResolved", done=hours("3"), **fields)
    assert log.one(as_of="2015") == {"delivered": 10, "disputed": 3, "awaiting": 7}
    assert log.one() == expected


def test_a_concession_does_not_bring_the_promise_back(log: Log) -> None:
    log.commit()
    log.deliver("2014-04", "10", commitment="c")
    log.add("2015", "DeliveryDisputed", delivery="d", done=hours("10"))
    fields = {"delivery": "d", "outcome": "conceded"}
    log.add("2016", "DisputeResolved", done=hours("10"), **fields)
    assert log.one() == {"committed": 10}


def test_benefits_stand_beside_and_move_no_balance(log: Log) -> None:
    yen = {"amount": "150000", "unit": "JPY"}
    for who, confidence in (("us", "confirmed"), ("us", "estimated")):
        fields: dict[str, Any] = {
            "gained_by": who,
            "quantity": yen,
            "confidence": confidence,
        }
        log.add("2014", "BenefitReported", **fields)
    (item,) = log.balance()["items"]
    assert item["benefit"]["us"] == {
        "estimated": 150000,
        "reported": 0,
        "confirmed": 150000,
    }
    assert (item["given"], item["received"], item["net"]) == (NOTHING, NOTHING, 0)


def test_units_are_listed_in_order_and_never_added_together(log: Log) -> None:
    log.add("2014", "HelpDelivered", by="us", quantity={"amount": "1", "unit": "seat"})
    log.add("2014", "HelpDelivered", by="us", quantity={"amount": "1", "unit": "JPY"})
    assert [item["unit"] for item in log.balance()["items"]] == ["JPY", "seat"]


def test_amounts_of_the_longest_kind_add_up_exactly(log: Log) -> None:
    long = "99999999999999999999.999999999999"
    for name in "ab":
        log.offer(offer=name, quantity=hours(long))
    assert log.one() == {"offered": Decimal("199999999999999999999.999999999998")}
