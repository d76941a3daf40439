"""Each rule of recording, refused once over HTTP."""

from typing import Any

import httpx2
import pytest

from tests.e2e.asking import (
    Json,
    event,
    head,
    new_partner,
    pointers,
    problem,
    say,
    send,
)

Step = tuple[str, Json]


def hours(amount: str, unit: str = "hour") -> Json:
    return {"quantity": {"amount": amount, "unit": unit}}


OFFER: Step = ("HelpOffered", {"offer": "o", "by": "us", "kind": "k", **hours("5")})
BARE_OFFER: Step = ("HelpOffered", {"offer": "b", "by": "us", "kind": "k"})
ACCEPT: Step = ("OfferAccepted", {"offer": "o"})
DECLINE: Step = ("OfferDeclined", {"offer": "o"})
WITHDRAW: Step = ("OfferWithdrawn", {"offer": "o"})
COMMIT: Step = (
    "ResourceCommitted",
    {"commitment": "c", "by": "us", "kind": "k", **hours("5")},
)
CANCEL: Step = ("CommitmentCancelled", {"commitment": "c", "reason": "r"})
DELIVER: Step = (
    "HelpDelivered",
    {"delivery": "d", "by": "us", "kind": "k", **hours("5")},
)
ACKNOWLEDGE: Step = ("DeliveryAcknowledged", {"delivery": "d"})
DISPUTE: Step = ("DeliveryDisputed", {"delivery": "d", "reason": "r"})
RESOLVE: Step = ("DisputeResolved", {"delivery": "d", "outcome": "withdrawn"})
PRINCIPLE: Step = ("PrincipleStated", {"principle": "p", "by": "us", "statement": "s"})
PROPOSE: Step = (
    "AllianceProposed",
    {"alliance": "a", "by": "us", "scope": "s", "asks": [], "gives": []},
)
TURN_DOWN: Step = ("ProposalDeclined", {"alliance": "a", "by": "us", "reason": "r"})
DEFER: Step = ("ProposalDeferred", {"alliance": "a", "by": "us", "reason": "r"})
AGREE: Step = (
    "AllianceAgreed",
    {"alliance": "a", "name": "n", "project": "p", "starts": "2014"},
)
END: Step = ("AllianceEnded", {"alliance": "a", "by": "us", "reason": "r"})
GOAL: Step = ("GoalShared", {"goal": "g", "whose": "us", "statement": "s"})
ACHIEVE: Step = ("GoalAchieved", {"goal": "g"})
ISSUE: Step = (
    "IssueRaised",
    {"issue": "i", "by": "us", "severity": "low", "statement": "s"},
)
SETTLE: Step = ("IssueResolved", {"issue": "i"})
PERSON: Step = ("PersonAdded", {"person": "h", "side": "partner", "name": "H"})
LEAVE: Step = ("PersonLeft", {"person": "h"})
MEETING: Step = ("MeetingScheduled", {"meeting": "m", "on": "2030", "channel": "phone"})
CALL_OFF: Step = ("MeetingCancelled", {"meeting": "m"})


def delivered(**data: Any) -> Step:
    return "HelpDelivered", {"by": "us", "kind": "k", **data}


def changed(delta: str) -> Step:
    return "CommitmentChanged", {"commitment": "c", "delta": delta, "reason": "r"}


def but(step: Step, **data: Any) -> Step:
    return step[0], {**step[1], **data}


REFUSED: dict[str, tuple[list[Step], Step]] = {
    "a partner is identified once": ([], ("PartnerIdentified", {"name": "n"})),
    "an id is new": ([OFFER], OFFER),
    "what is named exists": ([], ACCEPT),
    "a goal that is named exists": ([], but(OFFER, goal="g")),
    "a person that is named exists": ([], ("OwnerAssigned", {"person": "nobody"})),
    "an offer is accepted once": ([OFFER, ACCEPT], ACCEPT),
    "an accepted offer is not declined": ([OFFER, ACCEPT], DECLINE),
    "a declined offer is not accepted": ([OFFER, DECLINE], ACCEPT),
    "a declined offer is not withdrawn": ([OFFER, DECLINE], WITHDRAW),
    "an offer is withdrawn once": ([OFFER, WITHDRAW], WITHDRAW),
    "an offer delivered on is accepted": (
        [OFFER, delivered(offer="o", **hours("1"))],
        ACCEPT,
    ),
    "nothing is delivered on a closed offer": (
        [OFFER, DECLINE],
        delivered(offer="o", **hours("1")),
    ),
    "a completed offer is closed": (
        [OFFER, delivered(offer="o", completes=True, **hours("1"))],
        delivered(offer="o", **hours("1")),
    ),
    "a delivery is of the promise's side": (
        [OFFER],
        delivered(offer="o", **hours("1"), by="partner"),
    ),
    "a delivery is of the promise's unit": (
        [OFFER],
        delivered(offer="o", **hours("1", "seat")),
    ),
    "an unquantified delivery is an act": ([OFFER], delivered(offer="o")),
    "nothing is delivered on a cancelled commitment": (
        [COMMIT, CANCEL],
        delivered(commitment="c", **hours("1")),
    ),
    "no more is acknowledged than awaits": ([DELIVER], but(ACKNOWLEDGE, **hours("6"))),
    "a delivery is acknowledged in its unit": (
        [DELIVER],
        but(ACKNOWLEDGE, **hours("1", "seat")),
    ),
    "what is acknowledged awaits no more": ([DELIVER, ACKNOWLEDGE], ACKNOWLEDGE),
    "what is acknowledged is not disputed": ([DELIVER, ACKNOWLEDGE], DISPUTE),
    "no more is disputed than awaits": ([DELIVER], but(DISPUTE, **hours("5.1"))),
    "what the partner gave is acknowledged already": (
        [but(DELIVER, by="partner")],
        ACKNOWLEDGE,
    ),
    "what was confirmed is acknowledged already": (
        [but(DELIVER, confirmed=True)],
        ACKNOWLEDGE,
    ),
    "only a dispute is resolved": ([DELIVER], RESOLVE),
    "a dispute is resolved once": ([DELIVER, DISPUTE, RESOLVE], RESOLVE),
    "a cancelled commitment is not changed": ([COMMIT, CANCEL], changed("1")),
    "a commitment is cancelled once": ([COMMIT, CANCEL], CANCEL),
    "a commitment is never below zero": ([COMMIT], changed("-5.5")),
    "a commitment is never lowered below what was delivered": (
        [COMMIT, delivered(commitment="c", **hours("3"))],
        changed("-2.5"),
    ),
    "a principle is acknowledged by the other side": (
        [PRINCIPLE],
        (
            "PrincipleAcknowledged",
            {"principle": "p", "by": "us", "stance": "respected"},
        ),
    ),
    "an alliance is agreed once": ([PROPOSE, AGREE], AGREE),
    "a declined alliance is not agreed": ([PROPOSE, TURN_DOWN], AGREE),
    "a proposal is declined once": ([PROPOSE, TURN_DOWN], TURN_DOWN),
    "an agreement is not deferred": ([AGREE], DEFER),
    "a proposal is not ended": ([PROPOSE], END),
    "an alliance is ended once": ([AGREE, END], END),
    "a goal is achieved once": ([GOAL, ACHIEVE], ACHIEVE),
    "an issue is resolved once": ([ISSUE, SETTLE], SETTLE),
    "a person leaves once": ([PERSON, LEAVE], LEAVE),
    "a meeting is cancelled once": ([MEETING, CALL_OFF], CALL_OFF),
    "an unknown event is not retracted": (
        [],
        (
            "EventRetracted",
            {"target": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "r"},
        ),
    ),
}
ALLOWED: dict[str, list[Step]] = {
    "an accepted offer is withdrawn": [OFFER, ACCEPT, WITHDRAW],
    "more than promised is a gift": [OFFER, delivered(offer="o", **hours("50"))],
    "a fully delivered promise stays open": [
        *(OFFER, delivered(offer="o", **hours("5")), delivered(offer="o", **hours("1")))
    ],
    "a promise without quantity takes any unit": [
        BARE_OFFER,
        delivered(offer="b", **hours("1", "seat")),
    ],
    "closed things may be named": [GOAL, ACHIEVE, but(OFFER, goal="g")],
    "a deferred proposal is agreed": [PROPOSE, DEFER, DEFER, AGREE, END],
    "an unknown alliance is agreed": [AGREE],
    "a withdrawn dispute awaits again": [DELIVER, DISPUTE, RESOLVE, ACKNOWLEDGE],
    "a commitment grows": [COMMIT, changed("7"), changed("-12"), CANCEL],
    "part is acknowledged and part disputed": [
        *(DELIVER, but(ACKNOWLEDGE, **hours("2")), but(DISPUTE, **hours("3")), RESOLVE)
    ],
}


def play(client: httpx2.Client, partner: str, steps: list[Step]) -> None:
    for kind, data in steps:
        say(client, kind, partner, **data)


@pytest.mark.parametrize("rule", REFUSED)
def test_a_rule_refuses_and_nothing_is_recorded(
    client: httpx2.Client, partner: str, rule: str
) -> None:
    before, (kind, data) = REFUSED[rule]
    play(client, partner, before)
    position = head(client)
    told = problem(send(client, event(kind, partner, **data)), "conflict")
    assert told["detail"]
    assert head(client) == position


@pytest.mark.parametrize("rule", ALLOWED)
def test_what_no_rule_forbids_is_recorded(
    client: httpx2.Client, partner: str, rule: str
) -> None:
    play(client, partner, ALLOWED[rule])


def test_a_partner_is_identified_first(client: httpx2.Client) -> None:
    kind, data = GOAL
    told = problem(send(client, event(kind, "never-identified", **data)), "conflict")
    assert pointers(told) in ([], ["/partner"])


def test_dates_are_never_a_reason_to_refuse(
    client: httpx2.Client, partner: str
) -> None:
    for (kind, data), day in ((OFFER, "2014"), (ACCEPT, "1999"), (WITHDRAW, "0001")):
        sent = {**event(kind, partner, **data), "occurred_at": day}
        assert send(client, sent).status_code == 201


def test_ids_are_unique_per_partner_and_kind(client: httpx2.Client) -> None:
    for name in (new_partner(client), new_partner(client)):
        say(client, "HelpOffered", name, offer="same", by="us", kind="k")
        say(client, "GoalShared", name, goal="same", whose="us", statement="s")
