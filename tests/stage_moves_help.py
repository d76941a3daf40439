"""Steps of a random history that climbs the stages: help, promises and alliances."""

from datetime import timedelta
from typing import Any

from tests.history_moves import MAYBE, MOSTLY, SIDES, YES_OR_NO, Reference
from tests.stage_moves import (
    CONFIDENCES,
    DAYS,
    FIRST,
    Climb,
    Friend,
    Thing,
    contact,
    exchange_goals,
    keep_in_touch,
    share_principles,
)

COMPLETES = (None, None, None, True)


def offer(climb: Climb, friend: Friend) -> None:
    side = climb.pick(*SIDES)
    name, _ = climb.new(friend, "offer", side)
    climb.add(friend, "HelpOffered", offer=name, by=side, kind="expertise")


def commit(climb: Climb, friend: Friend, side: str | None = None) -> None:
    by = side or climb.pick(*SIDES)
    name, _ = climb.new(friend, "commitment", by)
    climb.add(friend, "ResourceCommitted", commitment=name, by=by, kind="space")


def give(climb: Climb, friend: Friend, side: str | None = None) -> None:
    by, confirmed = side or climb.pick(*SIDES), climb.pick(*MAYBE)
    _deliver(climb, friend, by, confirmed=confirmed)


def keep_promise(climb: Climb, friend: Friend) -> None:
    kind = climb.pick(*(k for k in ("offer", "commitment") if friend.open(k)))
    promise = climb.pick(*friend.open(kind))
    completes = climb.pick(*COMPLETES)
    promise.open = completes is None
    named = {kind: promise.reference, "completes": completes}
    confirmed = climb.pick(*MAYBE)
    _deliver(climb, friend, promise.side, confirmed=confirmed, **named)


def _deliver(
    climb: Climb, friend: Friend, side: str, *, confirmed: bool | None, **named: Any
) -> None:
    name, delivery = climb.new(friend, "delivery", side)
    delivery.open = not (side == "partner" if confirmed is None else confirmed)
    data = {"by": side, "kind": "expertise", "confirmed": confirmed, **named}
    climb.add(friend, "HelpDelivered", delivery=name, **data)


def give_and_take(climb: Climb, friend: Friend) -> None:
    for side in (*SIDES, climb.pick(*SIDES)):
        give(climb, friend, side)


def help_one_way(climb: Climb, friend: Friend) -> None:
    """As often as it takes to look one-sided, or nearly."""
    side = climb.pick(*SIDES)
    for _ in range(climb.pick(4, 5, 6)):
        _deliver(climb, friend, side, confirmed=True)


def dispute_for_long(climb: Climb, friend: Friend) -> None:
    _deliver(climb, friend, "us", confirmed=None)
    delivery = friend.things["delivery"][-1]
    delivery.open = False
    friend.things.setdefault("dispute", []).append(Thing(delivery.reference))
    data = {"delivery": delivery.reference, "reason": "Counted differently."}
    climb.add(friend, "DeliveryDisputed", **data)
    friend.day += climb.pick(29, 30, 31, 60)


def answer_delivery(climb: Climb, friend: Friend) -> None:
    delivery = climb.pick(*friend.open("delivery"))
    delivery.open = False
    if climb.pick(*MOSTLY):
        climb.add(friend, "DeliveryAcknowledged", delivery=delivery.reference)
    else:
        friend.things.setdefault("dispute", []).append(Thing(delivery.reference))
        data = {"delivery": delivery.reference, "reason": "Counted differently."}
        climb.add(friend, "DeliveryDisputed", **data)


def resolve_dispute(climb: Climb, friend: Friend) -> None:
    dispute = climb.pick(*friend.open("dispute"))
    dispute.open = False
    outcome = climb.pick("acknowledged", "acknowledged", "withdrawn", "conceded")
    if outcome == "withdrawn":
        friend.things["delivery"].append(Thing(dispute.reference))
    data = {"delivery": dispute.reference, "outcome": outcome}
    climb.add(friend, "DisputeResolved", **data)


def report_benefit(climb: Climb, friend: Friend) -> None:
    _benefit(climb, friend, climb.pick(*SIDES), climb.pick(*CONFIDENCES))


def _benefit(climb: Climb, friend: Friend, side: str, confidence: str) -> None:
    quantity = {"amount": "5", "unit": "hour"}
    data = {"gained_by": side, "confidence": confidence}
    climb.add(friend, "BenefitReported", **data, quantity=quantity)


def propose(climb: Climb, friend: Friend) -> None:
    name, _ = climb.new(friend, "proposal")
    data = {"by": climb.pick(*SIDES), "scope": "Sales", "asks": ["All."], "gives": []}
    climb.add(friend, "AllianceProposed", alliance=name, **data)


def put_off(climb: Climb, friend: Friend) -> None:
    proposal = climb.pick(*friend.open("proposal"))
    data = {"alliance": proposal.reference, "by": "us", "reason": "Too early."}
    answer = climb.pick("ProposalDeferred", "ProposalDeferred", "ProposalDeclined")
    proposal.open = answer == "ProposalDeferred"
    climb.add(friend, answer, **data)


def agree(climb: Climb, friend: Friend) -> None:
    """From about now on, for a while or without an end, on a proposal if there is."""
    on = climb.day(friend)
    starts = on + climb.pick(0, 0, 0, -30, 1, 30, 90)
    lasts = climb.pick(None, None, 0, 30, 90, 200, 400)
    _agree(climb, friend, on, starts, None if lasts is None else starts + lasts)


def renew(climb: Climb, friend: Friend) -> None:
    """From the day after an agreement's last, or a day too late."""
    last = climb.pick(*ending(friend)).last_day
    starts = last + climb.pick(1, 1, 1, 2)
    on = starts - climb.pick(0, 0, 10)
    lasts = climb.pick(None, 30, 200)
    _agree(climb, friend, on, starts, None if lasts is None else starts + lasts)


def ending(friend: Friend) -> list[Thing]:
    """The agreements whose last day is known."""
    agreed = friend.things.get("agreement", [])
    return [agreement for agreement in agreed if agreement.last_day is not None]


def _agree(
    climb: Climb, friend: Friend, on: int, starts: int, last: int | None
) -> None:
    proposed = _on_a_proposal(climb, friend)
    name, agreement = climb.new(friend, "agreement")
    agreement.reference = proposed or agreement.reference
    agreement.last_day = last
    data = {"alliance": proposed or name, "name": "A", "project": "Seminar"}
    ends = None if last is None else _day(last)
    climb.add(friend, "AllianceAgreed", on, **data, starts=_day(starts), ends=ends)


def _on_a_proposal(climb: Climb, friend: Friend) -> Reference | None:
    if not friend.open("proposal") or climb.pick(*YES_OR_NO):
        return None
    proposal = climb.pick(*friend.open("proposal"))
    proposal.open = False
    found: Reference = proposal.reference
    return found


def _day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def end(climb: Climb, friend: Friend) -> None:
    agreement = climb.pick(*friend.open("agreement"))
    agreement.open = False
    data = {"alliance": agreement.reference, "by": climb.pick(*SIDES)}
    climb.add(friend, "AllianceEnded", **data, reason="Done.")


def work_together(climb: Climb, friend: Friend) -> None:
    """An alliance with commitments kept and benefits confirmed on both sides."""
    on = climb.day(friend)
    _agree(climb, friend, on, on, climb.pick(None, on + 90, on + 300))
    for side in SIDES:
        commit(climb, friend, side)
        promise = friend.things["commitment"][-1].reference
        _deliver(climb, friend, side, confirmed=True, commitment=promise)
        _benefit(climb, friend, side, "confirmed")


def court(climb: Climb, friend: Friend) -> None:
    """All that makes ready, in small acts, with time between them."""
    keep_in_touch(climb, friend)
    exchange_goals(climb, friend)
    for side in (*SIDES, "partner"):
        _deliver(climb, friend, side, confirmed=True)
    share_principles(climb, friend)
    friend.day = min(friend.day + climb.pick(0, 10, 90), DAYS)
    contact(climb, friend)


def grow_together(climb: Climb, friend: Friend) -> None:
    """An alliance on top of it that has time to compound."""
    court(climb, friend)
    work_together(climb, friend)
    friend.day = min(friend.day + climb.pick(1, 10, 60, 180), DAYS)
    contact(climb, friend)
