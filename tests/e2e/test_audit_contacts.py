"""What the guide to the audit questions tells of contact, and of what came in late."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.e2e.asking import Json
from tests.e2e.audit_story import ARCHIVIST, Audited, at, audited, day
from tests.running import RunningService

ASANAGI = "asanagi-works"
GOVERNANCE = {"EventCorrected", "EventRetracted", "StagePolicyPublished"}


@pytest.fixture(scope="module")
def told(service: RunningService) -> Iterator[Audited]:
    """A ledger in which all was told."""
    with audited(service) as ledger:
        yield ledger


def test_contact_and_help_before_the_proposal_are_counted(told: Audited) -> None:
    proposals, wheel = told.ask(4)
    (proposal,) = proposals["items"]
    assert (proposal["at"], proposal["premature"]) == (at(-712, "10:30"), False)
    found: Counter[tuple[str, str | None]] = Counter()
    for item in wheel["items"]:
        by = item["by"] if item["act"] == "delivery" else None
        found[item["act"], by] += item["count"]
    before = [e for e in told.log(ASANAGI) if e["occurred_from"] < at(-712)]
    kinds = Counter((e["type"], e["data"].get("by")) for e in before)
    # Read in the chapter: lessons, words, a press, knives, tools, chairs, evenings
    # and a member came to us; schools, seats, a page, referrals, a country to them.
    assert kinds["HelpDelivered", "us"] == found["delivery", "us"] == 9
    assert kinds["HelpDelivered", "partner"] == found["delivery", "partner"] == 10
    sides = (kinds["ContactMade", "us"], kinds["ContactMade", "partner"])
    assert sum(sides) == found["contact", None] == 31


def test_what_was_recorded_late_is_told_with_who_recorded_it(told: Audited) -> None:
    (body,) = told.ask(11)
    by_archivist = {
        item["event"] for item in body["items"] if item["recorded_by"] == ARCHIVIST
    }
    assert by_archivist == {
        told.ids[name] for name in ("visit-1", "visit-2", "visit-3", "late-1")
    }
    facts = [e for e in told.log() if e["type"] not in GOVERNANCE]
    assert {item["event"] for item in body["items"]} == {e["id"] for e in facts} - {
        # That call was taken back: it was with another partner.
        told.ids[f"{ASANAGI}.wrong-partner.1"]
    }
    days = [item["days"] for item in body["items"]]
    assert days == sorted(days, reverse=True)


def test_the_longest_silence_is_the_widest_gap_between_contacts(
    told: Audited,
) -> None:
    (body,) = told.ask(12)
    silence = body["partners"][0]["longest_silence"]
    # From the letter about the bindery to the fair. Without the import's call of day
    # -600 the next gap, from the fair to the guillotine, would be 318 days.
    ended_by = told.ids["lantern-press.a-seat-at-the-fair.1"]
    assert silence["days"] == 1105 - 815
    assert silence["ended_by"]["event"] == ended_by
    ended = silence["ended_by"]
    assert (ended["by"], ended["channel"]) == ("us", "group_event")


def test_the_in_person_share_before_and_after_the_agreement(told: Audited) -> None:
    before, whole = (_contact_days(body["items"]) for body in told.ask(13))
    moved = told.ids[f"{ASANAGI}.on-the-ferry.1"]
    undone = told.ids[f"{ASANAGI}.wrong-partner.1"]
    contacts = [
        (day(-1372) if e["id"] == moved else e["occurred_at"][:10], e["data"])
        for e in told.log(ASANAGI, "ContactMade")
        if e["id"] != undone
    ]
    assert whole == _distinct(contacts)
    assert before == _distinct(c for c in contacts if c[0] < day(-574))
    assert whole[0] > before[0] > before[1] > 0


def _contact_days(items: Iterable[Json]) -> tuple[int, int]:
    rows = [(item["contact_days"], item["in_person_days"]) for item in items]
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def _distinct(contacts: Iterable[tuple[str, Json]]) -> tuple[int, int]:
    told = list(contacts)
    seen = {on for on, data in told if data["channel"] == "in_person"}
    return len({on for on, _ in told}), len(seen)


def test_an_import_is_told_event_by_event(told: Audited) -> None:
    (body,) = told.ask(16)
    assert [
        (item["source"]["ref"], item["partner"], item["type"], item["occurred_at"])
        for item in body["items"]
    ] == [
        ("visit-1", "ferry-line", "PartnerIdentified", day(-620)),
        ("visit-2", "ferry-line", "ContactMade", day(-620)),
        ("visit-3", "lantern-press", "ContactMade", day(-600)),
    ]
    assert {item["recorded_by"] for item in body["items"]} == {ARCHIVIST}
