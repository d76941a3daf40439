"""What may be recorded in a state; a refusal says why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.events import (
    LEDGER_STREAM,
    AllianceAgreed,
    AllianceEnded,
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    EventData,
    GoalAchieved,
    HelpDelivered,
    IssueResolved,
    MeetingCancelled,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    PartnerIdentified,
    PartnerMerged,
    PersonalDataErased,
    PersonLeft,
    PrincipleAcknowledged,
    ProposalDeclined,
    ProposalDeferred,
)
from contracts.events.reading import introduced_by
from contracts.quantity import counted
from services.ledger.rules import refusals
from services.ledger.rules.relationship import Relationship
from services.ledger.rules.things import PERSON_PARTNER, Promise


@dataclass(frozen=True, slots=True)
class LedgerView:
    """What a decision sees beyond the partner: our own people, and other partners."""

    own: Relationship
    partners: Mapping[str, Relationship]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A fact about to be recorded, completed."""

    id: str
    data: EventData
    completed: Mapping[str, Any]


def check(state: Relationship, view: LedgerView, proposed: Proposed) -> None:
    """Refuse what the rules of recording do not allow in this state."""
    data = proposed.data
    _check_stream(state, data)
    _check_introduced(state, proposed)
    for field, kind, reference in data.references():
        if not _is_known(state, view, data, kind, reference):
            raise refusals.NotKnown(f"/data/{field}")
    if isinstance(data, PartnerMerged):
        _check_survivor(view, data)
    _check_transition(state, proposed)


def _check_stream(state: Relationship, data: EventData) -> None:
    if state.merged_into is not None:
        raise refusals.PartnerIsMerged(state.merged_into)
    if state.partner == LEDGER_STREAM:
        return
    if isinstance(data, PartnerIdentified):
        if state.identified:
            raise refusals.AlreadyIdentified("/partner")
    elif not state.identified:
        raise refusals.UnknownPartner("/partner")


def _check_introduced(state: Relationship, proposed: Proposed) -> None:
    new = introduced_by(state.partner, proposed.id, proposed.data)
    if new is None:
        return
    if new[1] != state.partner and new[1] not in state.members:
        raise refusals.NotKnown(f"/data/{new[0]}")
    known = state.things.get(new)
    if isinstance(proposed.data, AllianceAgreed):
        if known is not None and known.state not in {"proposed", "deferred"}:
            raise refusals.AgreedBefore("/data/alliance")
        if known is None and new[1] != state.partner:
            raise refusals.NotKnown("/data/alliance")
    elif known is not None:
        raise refusals.NotNew(f"/data/{new[0]}")


def _is_known(
    state: Relationship, view: LedgerView, data: EventData, kind: str, reference: str
) -> bool:
    if kind == "partner":
        other = view.partners.get(reference)
        return other is not None and other.identified
    if kind == "person":
        return _is_known_person(state, view, data, reference)
    return state.find(kind, reference) is not None


def _is_known_person(
    state: Relationship, view: LedgerView, data: EventData, reference: str
) -> bool:
    if state.find("person", reference) is not None:
        return True
    if isinstance(data, PersonalDataErased):
        return state.find(PERSON_PARTNER, reference) is not None
    if isinstance(data, PersonLeft):
        return False
    return view.own.find("person", reference) is not None


def _check_survivor(view: LedgerView, data: PartnerMerged) -> None:
    survivor = view.partners[data.into].merged_into
    if survivor is not None:
        raise refusals.PartnerIsMerged(survivor, "/data/into")


def _check_transition(state: Relationship, proposed: Proposed) -> None:
    data, completed = proposed.data, proposed.completed
    match data:
        case OfferAccepted(offer=ref) | OfferDeclined(offer=ref):
            _require_state(state, "offer", ref, {"open"}, refusals.OfferNotOpen)
        case OfferWithdrawn(offer=ref):
            both = {"open", "accepted"}
            _require_state(state, "offer", ref, both, refusals.PromiseClosed)
        case HelpDelivered():
            _check_delivery(state, data)
        case CommitmentChanged() | CommitmentCancelled():
            _check_commitment(state, data)
        case DeliveryAcknowledged() | DeliveryDisputed() | DisputeResolved():
            _check_acknowledgement(state, data, completed)
        case _:
            _check_other_transition(state, data)


def _check_other_transition(state: Relationship, data: EventData) -> None:
    pending = {"proposed", "deferred"}
    match data:
        case PrincipleAcknowledged(principle=ref, by=by):
            stated = state.find("principle", ref)
            if stated is not None and stated.by == by:
                raise refusals.OwnPrinciple("/data/by")
        case ProposalDeclined(alliance=ref) | ProposalDeferred(alliance=ref):
            _require_state(state, "alliance", ref, pending, refusals.NotProposed)
        case AllianceEnded(alliance=ref):
            _require_state(state, "alliance", ref, {"agreed"}, refusals.NotAgreed)
        case GoalAchieved(goal=ref):
            _require_state(state, "goal", ref, {"open"}, refusals.DoneBefore)
        case IssueResolved(issue=ref):
            _require_state(state, "issue", ref, {"open"}, refusals.DoneBefore)
        case MeetingCancelled(meeting=ref):
            _require_state(state, "meeting", ref, {"open"}, refusals.DoneBefore)
        case PersonLeft(person=ref):
            _require_state(state, "person", ref, {"open"}, refusals.DoneBefore)
        case _:
            pass


def _require_state(
    state: Relationship,
    kind: str,
    reference: str,
    allowed: set[str],
    refusal: type[refusals.Refusal],
) -> None:
    named = state.find(kind, reference)
    if named is not None and named.state not in allowed:
        raise refusal(f"/data/{kind}")


def _check_delivery(state: Relationship, data: HelpDelivered) -> None:
    if data.promise is None:
        return
    kind, reference = data.promise
    promise = state.promise(kind, reference)
    if promise is None or promise.state == "closed":
        raise refusals.PromiseClosed(f"/data/{kind}")
    if promise.by != data.by:
        raise refusals.OtherSide("/data/by")
    if promise.quantified and promise.unit != counted(data.quantity).unit:
        raise refusals.OtherUnit("/data/quantity")


def _check_commitment(
    state: Relationship, data: CommitmentChanged | CommitmentCancelled
) -> None:
    promise = state.promise("commitment", data.commitment)
    if promise is None or promise.state == "closed":
        raise refusals.PromiseClosed("/data/commitment")
    if isinstance(data, CommitmentChanged):
        _check_change(promise, Decimal(data.delta))


def _check_change(promise: Promise, delta: Decimal) -> None:
    total = promise.total + delta
    if total < 0 or (delta < 0 and total < promise.delivered):
        raise refusals.BelowDelivered("/data/delta")


def _check_acknowledgement(
    state: Relationship,
    data: DeliveryAcknowledged | DeliveryDisputed | DisputeResolved,
    completed: Mapping[str, Any],
) -> None:
    delivery = state.delivery(data.delivery)
    if delivery is None:
        raise refusals.NotKnown("/data/delivery")
    amount = Decimal(completed["quantity"]["amount"])
    if isinstance(data, DisputeResolved):
        if delivery.disputed <= 0 or amount > delivery.disputed:
            raise refusals.NothingDisputed("/data/delivery")
        return
    if completed["quantity"]["unit"] != delivery.unit:
        raise refusals.OtherUnit("/data/quantity")
    if delivery.awaiting <= 0:
        raise refusals.NothingAwaits("/data/delivery")
    if amount > delivery.awaiting:
        raise refusals.MoreThanAwaits("/data/quantity")
