"""Recording the same facts in any order gives the same stages now."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ledger.store.recordings import Recorded
from services.projections.relationship.view import RelationshipProjection
from tests.integration.test_stage_laws import asked
from tests.ledger_in_process import Books, Json, books
from tests.servers import Database
from tests.thoroughness import examples

names = count()
SIDES = ("us", "partner")
SAID: tuple[tuple[str, Json], ...] = (
    *[("ContactMade", {"by": by, "channel": "phone"}) for by in SIDES * 3],
    *[("GoalAsked", {"by": by}) for by in SIDES],
    *[("GoalShared", {"whose": by, "statement": "Teach."}) for by in SIDES],
    *[
        ("PrincipleStated", {"by": by, "statement": "Slow.", "takes_time": True})
        for by in SIDES
    ],
    *[
        ("HelpDelivered", {"by": by, "kind": "referral", "confirmed": True})
        for by in SIDES * 2
    ],
    *[
        (
            "BenefitReported",
            {
                "gained_by": by,
                "quantity": {"amount": "1", "unit": "JPY"},
                "confidence": "confirmed",
            },
        )
        for by in SIDES
    ],
    ("AllianceAgreed", {"name": "A", "project": "Seminar", "starts": "2014"}),
    (
        "AllianceAgreed",
        {"name": "B", "project": "Fair", "starts": "2014-06", "ends": "2014-12"},
    ),
    (
        "AllianceProposed",
        {"by": "partner", "scope": "All", "asks": ["All"], "gives": []},
    ),
    ("IssueRaised", {"by": "us", "severity": "high", "statement": "Late."}),
    ("RelationshipBrokenOff", {"by": "us", "reason": "No."}),
    ("CadenceSet", {"target_days": 7, "max_days": 20}),
    ("ReminderSnoozed", {"until": "2015-03"}),
    ("MeetingScheduled", {"on": "2015-02-01", "channel": "video"}),
)
POLICY = {"contact_days": 2, "delivery_days": 2, "min_days": 5}


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


@st.composite
def facts(draw: st.DrawFn) -> list[Json]:
    """Facts that need nothing of each other, each at a moment of its own."""
    chosen = draw(st.lists(st.sampled_from(SAID), min_size=5, max_size=30))
    hours = draw(
        st.lists(
            st.integers(0, 24 * 500),
            min_size=len(chosen),
            max_size=len(chosen),
            unique=True,
        )
    )
    return [
        {
            "type": kind,
            "partner": "acme",
            "occurred_at": _at(hour),
            "data": data,
            "source": {"system": "order", "ref": str(number)},
        }
        for number, ((kind, data), hour) in enumerate(zip(chosen, hours, strict=True))
    ]


def _at(hour: int) -> str:
    day = date(2014, 1, 1) + timedelta(days=hour // 24)
    return f"{day.isoformat()}T{hour % 24:02d}:00:00Z"


def stages_now(opened: Books, told: list[Json], batches: list[int]) -> Any:
    """The stages after recording, with the facts' own numbers as evidence."""
    name = f"order-{next(names)}"
    ledger = opened.ledger(name, "UTC", RelationshipProjection())
    identified = {"type": "PartnerIdentified", "partner": "acme", "occurred_at": "2013"}
    policy = {"type": "StagePolicyPublished", "partner": "_ledger", "data": POLICY}
    for request in ({**identified, "data": {"name": "Acme"}}, policy, *told):
        assert isinstance(ledger.record(request), Recorded)
    ledger.fold(batches)
    events = ledger.events()
    refs = {e["id"]: e["source"]["ref"] if e["source"] else "" for e in events}
    body = asked(ledger, "acme", "2015-06", len(events))
    del body["policy"]
    return _renamed(body, refs)


def _renamed(value: Any, refs: dict[str, str]) -> Any:
    match value:
        case dict():
            kept = {k: v for k, v in value.items() if k != "alliance"}
            return {k: _renamed(inner, refs) for k, inner in kept.items()}
        case list():
            return [_renamed(inner, refs) for inner in value]
        case _:
            return refs.get(value, value) if isinstance(value, str) else value


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), told=facts())
def test_facts_recorded_in_any_order_give_the_same_stages_and_flags_now(
    open_books: Books, data: st.DataObject, told: list[Json]
) -> None:
    in_order = sorted(told, key=lambda fact: str(fact["occurred_at"]))
    shuffled = data.draw(st.permutations(told))
    batches = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    assert stages_now(open_books, in_order, [5_000]) == stages_now(
        open_books, shuffled, batches
    )
