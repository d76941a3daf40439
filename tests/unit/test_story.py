"""The sample story, told to the rules alone: who the two companies turn out to be."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.events import (
    AllianceAgreed,
    BenefitReported,
    ContactMade,
    DeliveryAcknowledged,
    EventCorrected,
    EventData,
    EventRetracted,
    GoalAsked,
    GoalShared,
    HelpDelivered,
    PrincipleAcknowledged,
    PrincipleStated,
    RelationshipBrokenOff,
)
from contracts.events.reading import Fact
from contracts.occurrence import day_of, interval
from services.cli.story.chapters import chapters
from services.cli.story.dates import days_from_today, resolved_date
from services.cli.story.items import SYSTEM, with_ids
from services.cli.story.telling import OPENING, record_story, tell, told_on
from tests.builders import EVENT_ID
from tests.oracle.balance import balance
from tests.scenario_ledger import Ledger, Step

TODAY = date(2026, 11, 24)
TOKYO = ZoneInfo("Asia/Tokyo")
FIRST, SECOND = "tallowick-marketing", "asanagi-works"
DAYS = [TODAY, date(2027, 1, 1), date(2028, 2, 29), date(2030, 7, 31)]
ZONES = ["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "America/Sao_Paulo"]

Item = dict[str, Any]


@dataclass
class Listener:
    """Takes lists of events as the ledger does, by the rules alone."""

    ledger: Ledger = field(default_factory=lambda: Ledger(TOKYO))
    told: dict[str, list[Item]] = field(default_factory=dict)

    def post(self, items: list[Item], key: str) -> list[Item]:
        assert key not in self.told
        self.told[key] = items
        answers = [self._recorded(item) for item in items]
        for number, item in enumerate(items):
            self._check_cause(item.get("causation"), number)
        return answers

    def _recorded(self, item: Item) -> Item:
        new = Step(item["type"], item["data"], item["partner"], item["occurred_at"])
        return {**item, "id": self.ledger.record(new).id}

    def _check_cause(self, cause: str | None, number: int) -> None:
        if cause is not None and cause.startswith("#"):
            assert 1 <= int(cause[1:]) <= number
        elif cause is not None:
            assert cause in {event.id for event in self.ledger.events}

    def of(self, partner: str) -> list[Fact]:
        """The partner's facts in force, in order of happening."""
        facts = [f for f in self.ledger.facts() if f.event.partner == partner]
        return sorted(facts, key=lambda fact: fact.acts_from)


@pytest.fixture(scope="module")
def listener() -> Listener:
    told = Listener()
    assert record_story(told.post, TODAY, TOKYO) == len(told.ledger.events)
    return told


@pytest.fixture(scope="module")
def second(listener: Listener) -> list[Fact]:
    return listener.of(SECOND)


def days_of(facts: list[Fact]) -> list[date]:
    return sorted({day_of(fact.acts_from, TOKYO) for fact in facts})


def of_type(facts: list[Fact], *types: type[EventData]) -> list[Fact]:
    return [fact for fact in facts if isinstance(fact.data, types)]


def acknowledged(facts: list[Fact]) -> list[Fact]:
    """The deliveries that count, by either side."""
    thanked = {
        f.data.delivery for f in facts if isinstance(f.data, DeliveryAcknowledged)
    }
    return [
        fact
        for fact in facts
        if isinstance(fact.data, HelpDelivered)
        and (fact.data.acknowledged_by_recording or fact.data.delivery in thanked)
    ]


def densest(days: list[date], window: int) -> int:
    """The most days that lie within a window of days."""
    last = timedelta(days=window)
    return max(sum(first <= d <= first + last for d in days) for first in days)


def items() -> Iterator[Item]:
    for step in tell(TODAY, TOKYO):
        yield from step.items


def test_the_ledger_records_the_whole_story_by_its_rules(listener: Listener) -> None:
    assert 250 <= len(listener.ledger.events) <= 350


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("today", DAYS)
def test_told_on_any_day_it_is_valid_and_has_happened(today: date, zone: str) -> None:
    place = ZoneInfo(zone)
    tonight = datetime.combine(today, time.min, place)
    told = [item for step in tell(today, place) for item in step.items]
    ids = {item["source"]["ref"]: EVENT_ID for item in told}
    for item in (with_ids(item, ids) for item in told):
        EventData.catalogue[item["type"]].model_validate(item["data"])
        assert interval(item["occurred_at"], place).first <= tonight


def test_telling_it_again_the_same_day_sends_the_same() -> None:
    steps = tell(TODAY, TOKYO)
    assert steps == tell(TODAY, TOKYO)
    assert len({step.key for step in steps}) == len(steps)
    assert all(re.fullmatch("sample-story:[a-z0-9.-]{1,200}", s.key) for s in steps)
    assert all(len(step.items) <= 100 for step in steps)
    refs = [item["source"]["ref"] for item in items()]
    assert len(set(refs)) == len(refs)


@pytest.mark.parametrize("zone", [UTC, *map(ZoneInfo, ZONES)])
def test_a_ledger_knows_on_which_day_it_heard_the_story(zone: tzinfo) -> None:
    opening = tell(TODAY, zone)[0].items[0]
    assert opening["source"] == {"system": SYSTEM, "ref": OPENING}
    assert told_on(opening) == TODAY


def test_every_chapter_is_told_in_order_of_happening() -> None:
    for chapter in chapters():
        days = [days_from_today(m.when) for m in chapter.moment if not m.late]
        assert days == sorted(days)


@pytest.mark.parametrize(
    ("relative", "dated"),
    [
        ("today-3", "2026-11-21"),
        ("today+9 18:00", "2026-12-03T18:00:00+09:00"),
        ("month of today-30", "2026-10"),
        ("year of today-4440", "2014"),
    ],
)
def test_a_relative_date_is_as_precise_as_it_is_told(relative: str, dated: str) -> None:
    assert resolved_date(relative, TODAY, TOKYO) == dated


def test_what_is_no_relative_date_is_refused() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        resolved_date("tomorrow", TODAY, TOKYO)


def test_the_first_company_asks_for_everything_and_is_gone_in_a_day(
    listener: Listener,
) -> None:
    facts = listener.of(FIRST)
    types = Counter(fact.event.type for fact in facts)
    assert len(days_of(facts)) == 1
    assert types["ContactMade"] == 1
    assert not of_type(facts, GoalAsked, GoalShared, HelpDelivered)
    assert isinstance(facts[-1].data, RelationshipBrokenOff)
    (proposal,) = (f.data for f in facts if f.event.type == "AllianceProposed")
    assert len(getattr(proposal, "asks", ())) >= 3
    assert not getattr(proposal, "gives", ("something",))
    stances = [
        f.data.stance for f in facts if isinstance(f.data, PrincipleAcknowledged)
    ]
    assert stances == ["understood", "rejected"]
    assert getattr(of_type(facts, PrincipleStated)[0].data, "takes_time", False)


def test_the_second_company_is_exploring_after_its_first_day(
    second: list[Fact],
) -> None:
    first_day = days_of(of_type(second, ContactMade))[0]
    day = [f for f in second if day_of(f.acts_from, TOKYO) == first_day]
    assert [f.data.by for f in day if isinstance(f.data, GoalAsked)] == ["partner"]
    assert [f.data.whose for f in day if isinstance(f.data, GoalShared)] == ["us"] * 2
    offer = next(f.data for f in day if f.event.type == "HelpOffered")
    assert getattr(offer, "quantity", "given") is None
    assert getattr(offer, "goal", None) == "young-hands"


def test_the_second_company_gets_ready_by_small_acts(second: list[Fact]) -> None:
    contacts = days_of(of_type(second, ContactMade))
    deliveries = acknowledged(second)
    assert (contacts[-1] - contacts[0]).days > 4.4 * 365
    assert densest(contacts, 180) >= 3
    assert densest(days_of(deliveries), 365) >= 3
    assert {f.data.by for f in deliveries if isinstance(f.data, HelpDelivered)} == {
        "us",
        "partner",
    }
    stances = {
        f.data.principle: f.data.stance
        for f in second
        if isinstance(f.data, PrincipleAcknowledged) and f.data.by == "partner"
    }
    assert stances == {"time": "supported", "together": "supported"}


def test_the_second_company_is_compounding_today(second: list[Fact]) -> None:
    (agreed,) = of_type(second, AllianceAgreed)
    assert isinstance(agreed.data, AllianceAgreed)
    starts = date.fromisoformat(agreed.data.starts)
    assert (TODAY - starts).days > 180
    ripe = starts + timedelta(days=180)
    after = [f for f in second if day_of(f.acts_from, TOKYO) >= ripe]
    assert of_type(after, ContactMade, BenefitReported)
    against = [f.data for f in acknowledged(second) if f.acts_from > agreed.acts_from]
    promised = (d for d in against if isinstance(d, HelpDelivered) and d.commitment)
    assert {data.by for data in promised} == {"us", "partner"}
    confirmed = {
        f.data.gained_by
        for f in second
        if isinstance(f.data, BenefitReported) and f.data.confidence == "confirmed"
    }
    assert confirmed == {"us", "partner"}


def test_its_proposal_comes_late_and_is_put_off_before_it_is_agreed(
    second: list[Fact],
) -> None:
    names = ("AllianceProposed", "ProposalDeferred", "AllianceAgreed")
    steps = [f for f in second if f.event.type in names]
    assert tuple(f.event.type for f in steps) == names
    first = of_type(second, ContactMade)[0]
    assert (steps[0].acts_from - first.acts_from).days > 365


def test_they_keep_in_touch_and_mostly_in_person(second: list[Fact]) -> None:
    contacts = [f for f in second if isinstance(f.data, ContactMade)]
    channels = Counter(getattr(f.data, "channel", "") for f in contacts)
    assert channels["in_person"] / len(contacts) > 0.5
    days = days_of(of_type(second, ContactMade))
    assert max((later - earlier).days for earlier, later in pairwise(days)) <= 60
    assert (TODAY - days[-1]).days < 21


def test_both_give_many_small_acts_in_many_units(listener: Listener) -> None:
    written = balance(
        [
            {
                "id": e.id,
                "position": e.position,
                "partner": e.partner,
                "type": e.type,
                "occurred_from": e.occurred_from.isoformat(),
                "occurred_to": e.occurred_to.isoformat(),
                "data": e.data.model_dump(mode="json", exclude_none=True),
                "completed": dict(e.completed),
            }
            for e in listener.ledger.events
        ],
        as_of=datetime.combine(TODAY, time.max, TOKYO),
        position=len(listener.ledger.events),
        zone=TOKYO,
        partner=SECOND,
    )
    by_unit = {item["unit"]: item for item in written["items"]}
    assert {"act", "hour", "referral", "introduction", "seat", "JPY", "USD"} <= set(
        by_unit
    )
    assert by_unit["referral"]["given"]["acknowledged"] == Decimal(7)
    assert by_unit["hour"]["received"]["outstanding"] == Decimal(44)
    assert by_unit["JPY"]["given"]["outstanding"] == Decimal(60000)
    assert by_unit["USD"]["benefit"]["partner"]["confirmed"] == Decimal("18450.75")
    assert by_unit["item:fair-stand"]["given"]["lapsed"] == Decimal(1)
    assert by_unit["introduction"]["received"]["awaiting"] == Decimal(1)


def test_corrections_and_the_retraction_name_recorded_events(
    listener: Listener,
) -> None:
    ids = {event.id: event for event in listener.ledger.events}
    changes = [
        event.data
        for event in listener.ledger.events
        if isinstance(event.data, EventCorrected | EventRetracted)
    ]
    assert [ids[data.target].type for data in changes] == [
        "HelpDelivered",
        "ContactMade",
        "ContactMade",
    ]


def test_some_facts_are_dated_coarsely_and_learned_long_after() -> None:
    lengths = [(len(item["occurred_at"]), item["partner"]) for item in items()]
    assert (4, "hamabe-city") in lengths
    assert (7, SECOND) in lengths
    assert {"2014"} <= {item["occurred_at"] for item in items()}


def test_the_other_partners_fill_the_dashboards(listener: Listener) -> None:
    identified = [
        event.data
        for event in listener.ledger.events
        if event.type == "PartnerIdentified"
    ]
    kinds = Counter(getattr(data, "kind", None) for data in identified)
    assert set(kinds) == {"company", "nonprofit", "government", "person", "group"}
    names = [getattr(data, "names", None) for data in identified]
    assert sum(name is not None for name in names) >= 4


def test_the_story_speaks_of_contributions_only() -> None:
    texts = repr([item["data"] for item in items()]).lower()
    assert not re.search(r"\b(debts?|owes?|owed|scores?|credits?)\b", texts)
