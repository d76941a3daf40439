"""The oracle of the campaign notices what it is there for."""

import pytest

from tests.e2e.asking import Json, contact
from tests.faults.campaign.journal import Fate, Form, Sent
from tests.faults.campaign.judging import check_requests


def sent(number: int, fate: Fate) -> Sent:
    asked = contact("acme", occurred_at="2024-03-05", correlation=f"c.{number}.0")
    told = [logged(number, number)] if fate is Fate.RECORDED else []
    return Sent(Form.ONE, [asked], None, fate, told)


def logged(position: int, number: int) -> Json:
    asked = contact("acme", occurred_at="2024-03-05", correlation=f"c.{number}.0")
    return {"position": position, "version": position, **asked}


KNOWN = [sent(1, Fate.RECORDED), sent(2, Fate.UNKNOWN), sent(3, Fate.REFUSED)]
LOST: list[Json] = []
DOUBLED = [logged(1, 1), logged(2, 1)]
UNKNOWN_TWICE = [logged(1, 1), logged(2, 2), logged(3, 2)]
REFUSED_YET_THERE = [logged(1, 1), logged(2, 3)]
NEVER_SENT = [logged(1, 1), logged(2, 9)]
WITH_A_GAP = [logged(1, 1), logged(3, 2)]
ALTERED = [logged(1, 1) | {"data": {"by": "partner", "channel": "phone"}}]


@pytest.mark.parametrize("log", [[logged(1, 1)], [logged(1, 1), logged(2, 2)]])
def test_what_clients_know_is_found_true(log: list[Json]) -> None:
    check_requests(log, KNOWN)


@pytest.mark.parametrize(
    "log",
    [
        LOST,
        DOUBLED,
        UNKNOWN_TWICE,
        REFUSED_YET_THERE,
        NEVER_SENT,
        WITH_A_GAP,
        ALTERED,
    ],
)
def test_what_clients_know_otherwise_is_found_out(log: list[Json]) -> None:
    with pytest.raises(AssertionError):
        check_requests(log, KNOWN)
