"""What may be recorded on which stream, and when."""

from typing import Any

import pytest

from contracts.events import EventData
from contracts.events.reading import ANSWERED
from services.ledger.rules.refusals import (
    AlreadyIdentified,
    NotKnown,
    PartnerIsMerged,
    UnknownPartner,
)
from tests.builders import EXAMPLES, LEDGER_ONLY
from tests.scenario import Step, given, step
from tests.unit import steps as s

ON_BOTH = {"PersonAdded", "PersonLeft", "PersonalDataErased"}
GOVERNANCE = {"EventRetracted", "EventCorrected"}
ON_PARTNERS = sorted(set(EXAMPLES) - LEDGER_ONLY - GOVERNANCE)
first_company = s.identified.but(of="first-company")


def full(kind: str) -> Step:
    return step(kind, **EXAMPLES[kind]["full"])


def test_the_first_event_of_a_stream_identifies_the_partner() -> None:
    again = s.identified.but(name="Another name")
    ledger = given()
    ledger.when(s.identified).then_completed()
    ledger.when(again).then_refused(AlreadyIdentified, "/partner")


@pytest.mark.parametrize("kind", sorted(set(ON_PARTNERS) - {"PartnerIdentified"}))
def test_nothing_else_is_recorded_of_an_unknown_partner(kind: str) -> None:
    given(first_company).when(full(kind)).then_refused(UnknownPartner, "/partner")


@pytest.mark.parametrize("kind", sorted(set(ON_PARTNERS) - ON_BOTH))
def test_what_is_of_a_partner_is_never_on_the_ledgers_own_stream(kind: str) -> None:
    given().when(full(kind).but(of="_ledger")).then_invalid("/partner")


def test_the_stage_policy_is_only_on_the_ledgers_own_stream() -> None:
    policy = step("StagePolicyPublished", contact_days=2)
    ledger = given(s.identified)
    ledger.when(policy).then_invalid("/partner")
    ledger.when(policy.but(of="_ledger"), policy.but(of="_ledger")).then_recorded()


ORDER = [
    *("PartnerIdentified", "PartnerRenamed", "GroupJoined", "GroupLeft", "PersonAdded"),
    *("OwnerAssigned", "ContactAttempted", "ContactMade", "MeetingScheduled"),
    *("MeetingCancelled", "CadenceSet", "ReminderSnoozed", "GoalAsked", "GoalShared"),
    *("PrincipleStated", "PrincipleAcknowledged", "IdeaProposed", "HelpRequested"),
    *("HelpOffered", "OfferAccepted", "AllianceProposed", "ProposalDeferred"),
    *("AllianceAgreed", "HelpDelivered", "DeliveryAcknowledged", "DeliveryDisputed"),
    *("DisputeResolved", "BenefitReported", "ResourceCommitted", "CommitmentChanged"),
    *("CommitmentCancelled", "OfferWithdrawn", "IssueRaised", "IssueResolved"),
    *("GoalAchieved", "AllianceEnded", "PersonLeft", "PersonalDataErased"),
    *("RelationshipBrokenOff", "PartnerMerged"),
]


def test_a_whole_story_with_every_field_of_every_type_is_recorded() -> None:
    ledger = given(first_company)
    for kind in ORDER:
        ledger.when(full(kind)).then_recorded()
    ledger.when(full("StagePolicyPublished").but(of="_ledger")).then_recorded()
    told = {event.type for event in ledger.ledger.events} | GOVERNANCE
    assert set(EventData.catalogue) - told == {"OfferDeclined", "ProposalDeclined"}


def test_every_type_that_answers_something_names_it() -> None:
    for model, answers in ANSWERED.items():
        for field, _ in answers:
            assert field in model.model_fields


def test_who_introduced_a_partner_is_known_and_another() -> None:
    introduced: dict[str, Any] = {"introduced_by": "birch"}
    ledger = given()
    by_birch = s.identified.but(**introduced)
    ledger.when(by_birch).then_refused(NotKnown, "/data/introduced_by")
    ledger.when(s.identified.but(introduced_by="acme")).then_invalid(
        "/data/introduced_by"
    )
    birch = s.identified.but(of="birch")
    ledger.when(birch, s.identified.but(**introduced)).then_recorded()


def test_a_partner_that_was_merged_may_have_introduced_another() -> None:
    birch, cedar = s.identified.but(of="birch"), s.identified.but(of="cedar")
    merged = step("PartnerMerged", of="birch", into="cedar", reason="Same.")
    by_birch = s.identified.but(introduced_by="birch")
    given(birch, cedar, merged).when(by_birch).then_recorded()


@pytest.mark.parametrize("kind", ON_PARTNERS)
def test_a_merged_stream_takes_nothing_new(kind: str) -> None:
    before = (first_company, full("PartnerIdentified"), full("PartnerMerged"))
    outcome = given(*before).when(full(kind)).then_refused(PartnerIsMerged, "/partner")
    assert outcome.refusal is not None
    assert outcome.refusal.sentence.endswith(": first-company")
