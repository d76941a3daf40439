"""What each fold makes of the same events, kept by version: it changes with it only."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from contracts.events import EventCorrected, EventRetracted, RecordedEvent
from contracts.quantity import exact_arithmetic
from services.cli.story.items import Item
from services.cli.story.telling import record_story
from services.projections.acts import fold as acts
from services.projections.engine.projection import Target
from services.projections.postings import fold as postings
from services.projections.postings.view import rows_of as posting_rows
from services.projections.relationship.fold import relationship
from services.projections.relationship.fold.moment import Setting, moment_of
from services.projections.relationship.fold.policy import Policy
from services.projections.relationship.fold.promises import promise_changes
from services.projections.relationship.rows import (
    Written,
    promise_rows,
    rows_of,
)
from services.projections.relationship.streams import survivors
from tests.builders import EXAMPLES, LEDGER_ONLY
from tests.scenario_ledger import Ledger, Step, correction, retraction, step

GOLDEN: Final = Path(__file__).parent / "golden"
ZONE: Final = ZoneInfo("Asia/Tokyo")
TODAY: Final = date(2026, 11, 24)
TARGET: Final = Target("golden", ZONE, 1)
Rows = Mapping[str, Sequence[Any]]
Make = Callable[[Sequence[RecordedEvent]], Rows]


def of_postings(events: Sequence[RecordedEvent]) -> Rows:
    revised = {
        e.partner for e in events if isinstance(e.data, EventCorrected | EventRetracted)
    }
    histories = {name: [e for e in events if e.partner == name] for name in revised}
    with exact_arithmetic():
        return posting_rows(postings.fold(events, histories, ZONE), TARGET)


def of_acts(events: Sequence[RecordedEvent]) -> Rows:
    anew = acts.told_anew(events)
    histories = [[e for e in events if e.partner == name] for name in sorted(anew)]
    made = acts.fold(events, histories, ZONE)
    late = [
        (f.partner, f.event.position, f.occurred_at, f.occurred_from, f.days)
        for f in made.late
    ]
    return {"acts": made.acts, "act_people": made.people, "late_facts": late}


def of_relationships(events: Sequence[RecordedEvent]) -> Rows:
    ledger = Ledger(ZONE, list(events))
    streams = {e.partner: [x for x in events if x.partner == e.partner] for e in events}
    roots = survivors(streams)
    rows: dict[str, list[Any]] = {}
    for root in sorted(set(roots.values()) - {"_ledger"}):
        facts = [f for f in ledger.facts() if roots[f.event.partner] == root]
        for table, made in _of_partner(root, relationship.in_order(facts)):
            rows.setdefault(table, []).extend(made)
    return rows


def _of_partner(
    partner: str, facts: Sequence[Any]
) -> Iterator[tuple[str, Sequence[Any]]]:
    setting, state = Setting(partner, ZONE, Policy()), relationship.Relationship()
    moments = []
    for fact in facts:
        moments.append(moment_of(fact, state.facts + 1, setting))
        state = relationship.after(state, moments[-1])
    written = Written(len(facts), "default")
    yield from rows_of(partner, state, TARGET, setting.policy, written).items()
    with exact_arithmetic():
        changes = promise_changes(moments)
    yield "open_promises", promise_rows(partner, changes, TARGET)


FOLDS: Final[Mapping[str, tuple[int, Make]]] = {
    "postings": (postings.VERSION, of_postings),
    "relationship": (relationship.VERSION, of_relationships),
    "acts": (acts.VERSION, of_acts),
}


@pytest.fixture(scope="module")
def story() -> Sequence[RecordedEvent]:
    """The sample story, and after it a correction and a retraction."""
    ledger = Ledger(ZONE)

    def post(items: list[Item], _key: str) -> list[Item]:
        return [{"id": ledger.record(_step(item)).id} for item in items]

    record_story(post, TODAY, ZONE)
    return ledger.events


def _step(item: Item) -> Step:
    return Step(item["type"], item["data"], item["partner"], item["occurred_at"])


@pytest.fixture(scope="module")
def examples() -> Sequence[Sequence[RecordedEvent]]:
    """Every example in a ledger of its own, and one corrected and one retracted."""
    kinds = sorted(EXAMPLES.keys() - LEDGER_ONLY - REVISIONS)
    return [*map(_exemplified, kinds), _revised()]


def _exemplified(kind: str) -> Sequence[RecordedEvent]:
    before = takewhile(lambda earlier: earlier != kind, INTRODUCING)
    ledger = _begun()
    for each in (*before, *NEEDED.get(kind, ()), kind):
        ledger.record(_example(each, kind.lower()))
    return ledger.events


def _revised() -> Sequence[RecordedEvent]:
    ledger, of = _begun(), "revised"
    ledger.record(_example("PartnerIdentified", of))
    ledger.record(_example("PersonAdded", of))
    told, offered = _example("ContactMade", of), _example("HelpOffered", of)
    offered = offered.but(of=of, goal=None, idea=None, request=None)
    ledger.record(told)
    ledger.record(offered)
    ledger.record(correction(told, occurred_at="2014-03-09"))
    ledger.record(retraction(offered))
    return ledger.events


def _begun() -> Ledger:
    ledger = Ledger(ZONE)
    ledger.record(step("PartnerIdentified", of="first-company", name="First"))
    return ledger


def _example(kind: str, of: str) -> Step:
    return Step(kind, EXAMPLES[kind]["full"], of)


REVISIONS: Final = frozenset({"EventRetracted", "EventCorrected"})
INTRODUCING: Final = (
    "PartnerIdentified",
    "PersonAdded",
    "GoalShared",
    "PrincipleStated",
    "IdeaProposed",
    "MeetingScheduled",
    "IssueRaised",
    "HelpRequested",
    "HelpOffered",
    "AllianceProposed",
)
NEEDED: Final = {
    "GroupLeft": ("GroupJoined",),
    "HelpDelivered": ("OfferAccepted", "AllianceAgreed"),
    "ResourceCommitted": ("AllianceAgreed",),
    "AllianceEnded": ("AllianceAgreed",),
    "CommitmentChanged": ("AllianceAgreed", "ResourceCommitted"),
    "CommitmentCancelled": ("AllianceAgreed", "ResourceCommitted"),
    "BenefitReported": ("OfferAccepted", "AllianceAgreed", "HelpDelivered"),
    "DeliveryAcknowledged": ("OfferAccepted", "AllianceAgreed", "HelpDelivered"),
    "DeliveryDisputed": ("OfferAccepted", "AllianceAgreed", "HelpDelivered"),
    "DisputeResolved": (
        "OfferAccepted",
        "AllianceAgreed",
        "HelpDelivered",
        "DeliveryDisputed",
    ),
}


@pytest.mark.parametrize("name", FOLDS)
def test_what_a_fold_makes_changes_with_its_version_only(
    name: str,
    story: Sequence[RecordedEvent],
    examples: Sequence[Sequence[RecordedEvent]],
) -> None:
    version, make = FOLDS[name]
    found = {"story": hashes([make(story)]), "examples": hashes(map(make, examples))}
    file = GOLDEN / f"{name}.json"
    golden = json.loads(file.read_text("utf-8")) if file.exists() else {}
    wrong = fault(name, version, golden, found)
    assert wrong is None, wrong


def fault(
    name: str, version: int, golden: Mapping[str, Any], found: Mapping[str, Any]
) -> str | None:
    """What to do when a fold makes something else than its version did."""
    newest = max(map(int, golden), default=0)
    if version < newest:
        return f"The golden file of {name} knows version {newest}; this is {version}."
    if golden.get(str(version)) == found:
        return None
    reason = OTHER if str(version) in golden else NEW
    told = reason.format(name=name, version=version, next=version + 1)
    return told + json.dumps(found, indent=2)


def test_a_change_without_a_higher_version_says_what_to_do() -> None:
    golden, found = {"1": {"story": {"acts": "1 rows a"}}}, {"story": {"acts": "b"}}
    assert fault("acts", 1, golden, golden["1"]) is None
    told = fault("acts", 1, golden, found)
    assert told is not None
    assert "raise its VERSION" in told
    assert 'add to golden/acts.json under "2"' in told
    assert "Version 2 of acts is new" in str(fault("acts", 2, golden, found))
    assert "knows version 1" in str(fault("acts", 0, golden, found))


OTHER: Final = (
    "The fold of {name} makes other rows of the same events than version {version} did,"
    " and ledgers that hold the old rows would keep them: raise its VERSION, so that"
    ' they are built anew, and add to golden/{name}.json under "{next}": '
)
NEW: Final = (
    'Version {version} of {name} is new: add to golden/{name}.json under "{version}": '
)


def hashes(ledgers: Iterable[Rows]) -> dict[str, str]:
    """By table, how many rows there are and a hash of what they say."""
    texts: dict[str, list[str]] = {}
    for rows in ledgers:
        for table, made in rows.items():
            texts.setdefault(table, []).extend(map(repr, made))
    return {table: _hash(sorted(told)) for table, told in sorted(texts.items())}


def _hash(rows: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
    return f"{len(rows)} rows {digest}"
