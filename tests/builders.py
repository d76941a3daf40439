"""Valid `data` of every event type, bare and with every field filled in.

The ids fit together: what one example names, another introduces.
"""

from typing import Any

Data = dict[str, Any]

HOURS = {"amount": "12.5", "unit": "hour"}
YEN = {"amount": "150000", "unit": "JPY"}
EVENT_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def example(required: Data, **optional: Any) -> dict[str, Data]:
    """The smallest valid `data` and the one with all fields; optional ones override."""
    return {"minimal": required, "full": {**required, **optional}}


PARTNER = {
    "PartnerIdentified": example(
        {"name": "Second Company"},
        kind="company",
        names={"ja": "第二社"},
        how="The president phoned in person.",
        introduced_by="first-company",
        country="JP",
        domains=["second.example", "mail.second.example"],
    ),
    "PartnerRenamed": example({"name": "Second Group"}, names={"ja": "第二社"}),
    "PartnerMerged": example({"into": "first-company", "reason": "The same company."}),
    "GroupJoined": example({"group": "chapter-1"}),
    "GroupLeft": example({"group": "chapter-1"}),
    "PersonAdded": example(
        {"side": "partner", "name": "Hanako Example"},
        person="person-1",
        role="president",
        email="hanako@second.example",
        phone="+81 3 0000 0000",
    ),
    "PersonLeft": example({"person": "person-1"}),
    "OwnerAssigned": example({"person": "person-1"}),
    "PersonalDataErased": example(
        {"person": "person-1", "basis": "Asked for it."}, keep_notes=True
    ),
}

CONTACT = {
    "ContactAttempted": example({"by": "us", "channel": "phone"}),
    "ContactMade": example(
        {"by": "partner", "channel": "in_person"},
        persons=["person-1"],
        minutes=20,
        topic="Our goals",
        note="Asked our goals and listened.",
    ),
    "MeetingScheduled": example(
        {"on": "2014-03-05T10:00:00+09:00", "channel": "video"},
        meeting="meeting-1",
        on="2014-03-06",
        persons=["person-1"],
    ),
    "MeetingCancelled": example({"meeting": "meeting-1"}),
    "CadenceSet": example({"target_days": 30, "max_days": 90}),
    "ReminderSnoozed": example({"until": "2014-04-01"}),
}

UNDERSTANDING = {
    "GoalAsked": example({"by": "partner"}),
    "GoalShared": example({"whose": "us", "statement": "More members."}, goal="goal-1"),
    "GoalAchieved": example({"goal": "goal-1"}),
    "PrincipleStated": example(
        {"by": "us", "statement": "Real value takes time."},
        principle="principle-1",
        takes_time=True,
    ),
    "PrincipleAcknowledged": example(
        {"principle": "principle-1", "by": "partner", "stance": "supported"}
    ),
    "IdeaProposed": example(
        {"by": "partner", "statement": "A joint seminar."},
        idea="idea-1",
        goals=["goal-1"],
        beneficiaries=["us", "partner", "our_members", "their_members", "others"],
    ),
}

HELP = {
    "HelpRequested": example(
        {"by": "partner", "kind": "access"},
        request="request-1",
        quantity=HOURS,
        pressure="ask",
    ),
    "HelpOffered": example(
        {"by": "us", "kind": "expertise"},
        offer="offer-1",
        quantity=HOURS,
        goal="goal-1",
        idea="idea-1",
        request="request-1",
        valid_until="2014-12",
    ),
    "OfferAccepted": example({"offer": "offer-1"}, reason="It serves our goal."),
    "OfferDeclined": example({"offer": "offer-1"}, reason="Not this year."),
    "OfferWithdrawn": example({"offer": "offer-1"}, reason="Not this year."),
    # With `offer`, since `commitment` beside it would be invalid.
    "HelpDelivered": example(
        {"by": "us", "kind": "expertise"},
        delivery="delivery-1",
        quantity=HOURS,
        offer="offer-1",
        completes=False,
        confirmed=False,
        alliance="alliance-1",
        goal="goal-1",
        idea="idea-1",
    ),
    "DeliveryAcknowledged": example(
        {"delivery": "delivery-1"},
        quantity={"amount": "2", "unit": "hour"},
        persons=["person-1"],
        note="Thank you.",
    ),
    "DeliveryDisputed": example(
        {"delivery": "delivery-1", "reason": "We counted less."},
        quantity={"amount": "0.5", "unit": "hour"},
    ),
    "DisputeResolved": example({"delivery": "delivery-1", "outcome": "conceded"}),
    "BenefitReported": example(
        {"gained_by": "us", "quantity": YEN, "confidence": "estimated"},
        benefit="benefit-1",
        delivery="delivery-1",
        alliance="alliance-1",
    ),
}

ALLIANCE = {
    "AllianceProposed": example(
        {
            "by": "partner",
            "scope": "Sales",
            "asks": ["The member database"],
            "gives": [],
        },
        alliance="alliance-1",
        gives=["Two speakers", "Promotion"],
    ),
    "ProposalDeclined": example(
        {"alliance": "alliance-1", "by": "us", "reason": "Too early."}
    ),
    "ProposalDeferred": example(
        {"alliance": "alliance-1", "by": "us", "reason": "Too early."}, until="2015"
    ),
    "AllianceAgreed": example(
        {
            "alliance": "alliance-1",
            "name": "Seminar alliance",
            "project": "A seminar each season",
            "starts": "2015-04-01",
        },
        goals=["goal-1"],
        ends="2018-03-31",
    ),
    "AllianceEnded": example(
        {"alliance": "alliance-1", "by": "us", "reason": "Done."}, planned=True
    ),
    "ResourceCommitted": example(
        {"by": "us", "kind": "space"},
        commitment="commitment-1",
        quantity=HOURS,
        due="2015-12-31",
        alliance="alliance-1",
        goal="goal-1",
    ),
    "CommitmentChanged": example(
        {"commitment": "commitment-1", "delta": "-2.5", "reason": "Less room."}
    ),
    "CommitmentCancelled": example(
        {"commitment": "commitment-1", "reason": "Overtaken."}
    ),
}

FRICTION = {
    "IssueRaised": example(
        {"by": "us", "severity": "high", "statement": "Late answers."}, issue="issue-1"
    ),
    "IssueResolved": example({"issue": "issue-1"}),
    "RelationshipBrokenOff": example({"by": "partner", "reason": "Hung up."}),
}

GOVERNANCE = {
    "EventRetracted": example({"target": EVENT_ID, "reason": "It never happened."}),
    "EventCorrected": example(
        {"target": EVENT_ID, "occurred_at": "2014-03-05", "reason": "The wrong day."},
        data={"by": "us", "channel": "letter"},
    ),
    "StagePolicyPublished": example(
        {},
        contact_days=3,
        contact_window_days=180,
        require_goal=True,
        require_acknowledgement=True,
        delivery_days=3,
        delivery_window_days=365,
        min_days=90,
        require_principles=True,
        compounding_days=180,
        cadence_target_days=30,
        cadence_max_days=90,
        dormant_days=180,
    ),
}

EXAMPLES: dict[str, dict[str, Data]] = {
    **PARTNER,
    **CONTACT,
    **UNDERSTANDING,
    **HELP,
    **ALLIANCE,
    **FRICTION,
    **GOVERNANCE,
}
"""Event type to its `minimal` and its `full` valid `data`."""

LEDGER_ONLY = frozenset({"StagePolicyPublished"})
"""Types that belong to the stream `_ledger` and to no other."""
