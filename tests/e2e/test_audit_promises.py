"""What the guide to the audit questions tells of promises, help and balances."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pytest

from tests.e2e.asking import Json
from tests.e2e.audit_story import Audited, at, audited, day
from tests.running import RunningService

ASANAGI = "asanagi-works"


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[Audited]:
    """A ledger in which all was told."""
    with audited(service) as ledger:
        yield ledger


def test_a_proposal_tells_what_was_asked_and_the_alliance_what_came(
    told: Audited,
) -> None:
    proposals, alliance = told.ask(5)
    (proposal,) = proposals["items"]
    assert (proposal["by"], proposal["premature"]) == ("partner", False)
    assert proposal["asks"] == ["Apprentices who come back", "Material for the bench"]
    assert len(proposal["gives"]) == 3
    # 60,000 + 90,000 + 90,000 + 60,000 of 360,000.
    assert alliance["given"] == {
        "promised": {"JPY": "360000"},
        "delivered": {"JPY": "300000"},
    }
    # Seven evenings of 3 hours and two of 3.5, the masters' 6 + 8 + 7 without a number
    # promised, and a vise that nobody had promised.
    assert alliance["received"] == {
        "promised": {"hour": "72", "act": "1"},
        "delivered": {"hour": "49", "item:vise": "1"},
    }
    (partner,) = alliance["partners"]
    evenings = _by(partner["received"]["commitments"], "commitment")["bench-evenings"]
    assert evenings["remaining"] == "44"
    assert partner["agreed_at"] == at(-574, "11:00")


def test_what_was_due_is_told_as_changed_and_its_changes_one_by_one(
    told: Audited,
) -> None:
    overdue, changes = told.ask(6)
    (stalls,) = overdue["items"]
    assert (stalls["partner"], stalls["commitment"]) == ("hamabe-city", "street-stalls")
    assert (stalls["by"], stalls["due"]) == ("partner", day(-60))
    assert stalls["quantity"] == {"amount": "8", "unit": "item:stall"}
    assert stalls["remaining"] == "8"
    (change,) = changes["items"]
    assert change["data"] == {
        "commitment": "street-stalls",
        "delta": "-2",
        "reason": "Two stalls broke.",
    }
    # Before two of them broke all ten were due.
    before = told.get(f"/v1/commitments?overdue=true&as_of={day(-46)}")
    by_name = _by(before["items"], "commitment")
    assert by_name["street-stalls"]["remaining"] == "10"


def test_offers_without_an_answer_are_told_by_side(told: Audited) -> None:
    still_open, lapsed = told.ask(7)
    assert _told_of(still_open, "partner", "by", "offer") == {
        ("river-bend", "us", "evenings-in-our-hall"),
        (ASANAGI, "partner", "school-day"),
    }
    assert _told_of(lapsed, "partner", "by", "offer") == {
        (ASANAGI, "us", "stand-at-the-fair"),
        ("lantern-press", "partner", "guillotine"),
    }


def test_deliveries_that_await_or_are_disputed_are_told(told: Audited) -> None:
    awaiting, disputed = told.ask(8)
    assert _told_of(awaiting, "partner", "by", "delivery", "awaiting") == {
        (ASANAGI, "us", "material-4", "60000"),
        (ASANAGI, "partner", "saltmarsh", "1"),
        ("tidal-commons", "partner", "photographs", "1"),
    }
    # Eighteen hours; of the other twelve nobody has said a word.
    (hands,) = disputed["items"]
    assert (hands["partner"], hands["by"]) == ("tidal-commons", "us")
    assert (hands["delivery"], hands["quantity"]["amount"]) == ("hands-2", "18")
    assert (hands["disputed"], hands["awaiting"]) == ("6", "12")


def test_the_postings_behind_a_balance_add_up_to_it(told: Audited) -> None:
    postings, balance = told.ask(9)
    hours = _by(balance["items"], "unit")["hour"]
    # The hall's evening and the first hands; of 18 later ones 6 are in doubt.
    given = {"acknowledged": "26.5", "awaiting": "12", "disputed": "6"}
    assert {name: hours["given"][name] for name in given} == given
    assert hours["received"]["acknowledged"] == "7.5"
    for side, direction in (("us", "given"), ("partner", "received")):
        for account in given:
            rows = [
                Decimal(row["amount"])
                for row in postings["items"]
                if (row["side"], row["account"], row["unit"]) == (side, account, "hour")
            ]
            assert sum(rows) == Decimal(hours[direction][account])
    recorded = {event["id"] for event in told.log("tidal-commons")}
    assert {row["event"] for row in postings["items"]} <= recorded


def test_corrections_tell_what_they_made_of_a_balance(told: Audited) -> None:
    (body,) = told.ask(10)
    changed = {
        (row["unit"], row["side"], row["account"]): (row["then"], row["now"])
        for row in body["changed"]["balance"]
    }
    # Thirty hours were three, of 72 promised; twenty chairs were remembered late.
    assert changed == {
        ("hour", "partner", "delivered"): ("95", "68"),
        ("hour", "partner", "acknowledged"): ("95", "68"),
        ("hour", "partner", "outstanding"): ("17", "44"),
        ("item:chair", "partner", "delivered"): ("0", "20"),
        ("item:chair", "partner", "acknowledged"): ("0", "20"),
    }
    ids = {name.removeprefix(f"{ASANAGI}."): of for name, of in told.ids.items()}
    assert [(e["event"], e["target"]) for e in body["events"]] == [
        (ids["chairs-from-the-cellar.1"], None),
        (ids["thirty-hours-were-three.1"], ids["evening-two.2"]),
        (ids["it-was-the-day-before.1"], ids["on-the-ferry.1"]),
        (ids["not-this-partner.1"], ids["wrong-partner.1"]),
    ]


def test_referrals_that_became_business_are_those_that_a_benefit_names(
    told: Audited,
) -> None:
    deliveries, benefits = told.ask(15)
    referrals = {
        (item["partner"], item["delivery"])
        for item in deliveries["items"]
        if item["kind"] == "referral"
    }
    brought = [
        (named, item["data"]["confidence"], item["data"]["quantity"]["amount"])
        for item in benefits["items"]
        for named in [(item["partner"], item["data"].get("delivery"))]
        if named in referrals
    ]
    assert sorted(brought) == [
        ((ASANAGI, "boatyard"), "confirmed", "212000"),
        ((ASANAGI, "boatyard"), "estimated", "180000"),
        ((ASANAGI, "new-member"), "confirmed", "50000"),
        ((ASANAGI, "two-hotels"), "reported", "95000"),
    ]
    idle = referrals - {named for named, *_ in brought}
    assert idle == {
        (ASANAGI, "three-kitchens"),
        (ASANAGI, "two-builders"),
        ("lantern-press", "visitors"),
    }


def test_the_side_that_delivered_nothing_is_named(told: Audited) -> None:
    (body,) = told.ask(20)
    (partner,) = body["partners"]
    assert partner["silent"] == ["partner"]
    assert partner["in_force_from"] == at(-240)
    assert partner["given"]["delivered"] == {"hour": "8"}
    assert partner["received"]["promised"] == {"item:stall": "8"}
    assert partner["received"]["delivered"] == {}
    of_ours = told.get("/v1/alliances/open-bench")["partners"]
    assert [one["silent"] for one in of_ours] == [[]]


def _by(items: Iterable[Json], name: str) -> dict[str, Json]:
    return {item[name]: item for item in items}


def _told_of(body: Json, *names: str) -> set[tuple[str, ...]]:
    return {tuple(item[name] for name in names) for item in body["items"]}
