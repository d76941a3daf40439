"""What the rules know of one partner, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, TypeVar

from rpds import HashTrieMap

from contracts.events import (
    AllianceAgreed,
    AllianceEnded,
    AllianceProposed,
    CommitmentCancelled,
    CommitmentChanged,
    DeliveryAcknowledged,
    DeliveryDisputed,
    DisputeResolved,
    EventData,
    GoalAchieved,
    HelpDelivered,
    HelpOffered,
    IssueResolved,
    MeetingCancelled,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    PartnerIdentified,
    PartnerMerged,
    PersonalDataErased,
    PersonLeft,
    ProposalDeclined,
    ProposalDeferred,
    ResourceCommitted,
)
from contracts.events.reading import Fact, Thing, thing
from contracts.quantity import Quantity, counted
from services.ledger.rules.things import (
    NOTHING,
    PERSON_PARTNER,
    AnyRecord,
    Delivery,
    Promise,
    Record,
)

T = TypeVar("T", Record, Promise, Delivery)


@dataclass(frozen=True, slots=True)
class Relationship:
    """The state of one stream; `members` are the streams merged into it.

    `things` holds those of the members too, for this stream may name them.
    """

    partner: str
    version: int = 0
    identified: bool = False
    merged_into: str | None = None
    members: frozenset[str] = frozenset()
    things: "HashTrieMap[Thing, AnyRecord]" = HashTrieMap()

    @property
    def is_person(self) -> bool:
        """Whether the partner itself is a person."""
        return self.find(PERSON_PARTNER, self.partner) is not None

    def find(self, kind: str, reference: str) -> AnyRecord | None:
        """The thing that a reference on this stream names, if it is recorded."""
        key = thing(self.partner, kind, reference)
        if key[1] != self.partner and key[1] not in self.members:
            return None
        return self.things.get(key)

    def promise(self, kind: str, reference: str) -> Promise | None:
        """An offer or commitment."""
        found = self.find(kind, reference)
        return found if isinstance(found, Promise) else None

    def delivery(self, reference: str) -> Delivery | None:
        """A delivery."""
        found = self.find("delivery", reference)
        return found if isinstance(found, Delivery) else None


def evolve(state: Relationship, fact: Fact) -> Relationship:
    """The state after one more fact, which is legal in it."""
    new, things = fact.introduced, state.things
    if new is not None:
        known = things.get(new)
        born = _born(fact) if known is None else _agreed(known, fact)
        things = things.insert(new, born)
    return _settle(_moved(state, fact.event.version, things), fact)


def _moved(
    state: Relationship, version: int, things: "HashTrieMap[Thing, AnyRecord]"
) -> Relationship:
    """The state with other things; built directly, since it runs for every event."""
    return Relationship(
        state.partner,
        version,
        state.identified,
        state.merged_into,
        state.members,
        things,
    )


def _born(fact: Fact) -> AnyRecord:
    at, data = fact.acts_from, fact.data
    by = getattr(data, "by", None) or getattr(data, "whose", None)
    match data:
        case HelpOffered() | ResourceCommitted():
            total = counted(data.quantity)
            given = data.quantity is not None
            return Promise(at, by, "open", given, total.unit, total.value)
        case HelpDelivered(acknowledged_by_recording=done, quantity=quantity):
            amount = counted(quantity)
            awaiting = NOTHING if done else amount.value
            return Delivery(at, by, "open", amount.unit, awaiting)
        case AllianceProposed():
            return Record(at, by, "proposed")
        case AllianceAgreed():
            return Record(at, None, "agreed")
        case _:
            return Record(at, by)


def _agreed(known: AnyRecord, fact: Fact) -> AnyRecord:
    return replace(known, state="agreed", acts_from=fact.acts_from)


def _put(state: Relationship, key: Thing, record: AnyRecord) -> Relationship:
    return _moved(state, state.version, state.things.insert(key, record))


def _change(
    state: Relationship, fact: Fact, kind: str, reference: str, /, **changes: Any
) -> Relationship:
    key = thing(fact.event.partner, kind, reference)
    return _put(state, key, replace(state.things[key], **changes))


def _settle(state: Relationship, fact: Fact) -> Relationship:  # noqa: PLR0911
    match fact.data:
        case HelpDelivered():
            return _deliver(state, fact, fact.data)
        case CommitmentChanged(commitment=ref, delta=delta):
            key = thing(fact.event.partner, "commitment", ref)
            total = _is(state.things[key], Promise).total + Decimal(delta)
            return _change(state, fact, "commitment", ref, total=total)
        case DeliveryAcknowledged() | DeliveryDisputed() | DisputeResolved():
            return _acknowledge(state, fact, fact.data)
        case PartnerIdentified(kind=kind):
            state = replace(state, identified=True)
            itself = thing(state.partner, PERSON_PARTNER, state.partner)
            born = Record(fact.acts_from)
            return _put(state, itself, born) if kind == "person" else state
        case PartnerMerged(into=into):
            return replace(state, merged_into=into)
        case PersonalDataErased(person=ref):
            key = thing(fact.event.partner, "erased", ref)
            return _put(state, key, Record(fact.acts_from))
        case _:
            return _become(state, fact)


BECOMES: Final[Mapping[type[EventData], tuple[str, str]]] = {
    OfferAccepted: ("offer", "accepted"),
    OfferDeclined: ("offer", "closed"),
    OfferWithdrawn: ("offer", "closed"),
    CommitmentCancelled: ("commitment", "closed"),
    GoalAchieved: ("goal", "closed"),
    IssueResolved: ("issue", "closed"),
    MeetingCancelled: ("meeting", "closed"),
    PersonLeft: ("person", "closed"),
    ProposalDeclined: ("alliance", "declined"),
    ProposalDeferred: ("alliance", "deferred"),
    AllianceEnded: ("alliance", "ended"),
}
"""The kind of thing whose state an event changes, named by the field of that name."""


def _become(state: Relationship, fact: Fact) -> Relationship:
    if type(fact.data) not in BECOMES:
        return state
    kind, became = BECOMES[type(fact.data)]
    return _change(state, fact, kind, getattr(fact.data, kind), state=became)


def _deliver(state: Relationship, fact: Fact, data: HelpDelivered) -> Relationship:
    if data.promise is None:
        return state
    key = thing(fact.event.partner, *data.promise)
    promise, amount = _is(state.things[key], Promise), counted(data.quantity)
    counts = amount.value if amount.unit == promise.unit else NOTHING
    accepted = "accepted" if data.offer is not None else promise.state
    changed = replace(
        promise,
        delivered=promise.delivered + counts,
        state="closed" if data.completes else accepted,
    )
    return _put(state, key, changed)


def _acknowledge(
    state: Relationship,
    fact: Fact,
    data: DeliveryAcknowledged | DeliveryDisputed | DisputeResolved,
) -> Relationship:
    key = thing(fact.event.partner, "delivery", data.delivery)
    delivery = _is(state.things[key], Delivery)
    amount = Quantity.model_validate(fact.completed["quantity"]).value
    changed: Delivery
    match data:
        case DeliveryAcknowledged():
            changed = replace(delivery, awaiting=delivery.awaiting - amount)
        case DeliveryDisputed():
            since = max(fact.acts_from, delivery.disputed_from or fact.acts_from)
            changed = replace(
                delivery,
                awaiting=delivery.awaiting - amount,
                disputed=delivery.disputed + amount,
                disputed_from=since,
            )
        case DisputeResolved():
            back = amount if data.outcome == "withdrawn" else NOTHING
            changed = replace(
                delivery,
                awaiting=delivery.awaiting + back,
                disputed=delivery.disputed - amount,
                disputed_from=None,
            )
    return _put(state, key, changed)


def _is(record: AnyRecord, kind: type[T]) -> T:
    """The record as the kind that its key promises."""
    if not isinstance(record, kind):
        raise TypeError(kind)
    return record
