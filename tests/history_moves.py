"""Single steps of a random history: a small model and the requests that fit it.

The model only steers towards what the rules allow; nothing is judged by it.
"""

from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

Request = dict[str, Any]
Reference = str | dict[str, Any]
Draw = st.DrawFn

UNITS = ("hour", "JPY", "referral", None)
AMOUNTS = (
    *("1", "2", "3", "0.5", "12.5", "7", "0.000000000001"),
    "99999999999999999999.999999999999",
)
SIDES = ("us", "partner")
YES_OR_NO = (True, False)
MAYBE = (None, None, True, False)
MOSTLY = (True, True, True, False)
EXACT = Context(prec=60)


@dataclass
class Item:
    """An offer, commitment or delivery as the generator believes it stands."""

    reference: Reference
    side: str
    unit: str | None
    amount: Decimal
    state: str = "open"
    disputed: bool = False


@dataclass
class Partner:
    """One partner as the generator believes it stands."""

    name: str
    offers: list[Item] = field(default_factory=list)
    commitments: list[Item] = field(default_factory=list)
    deliveries: list[Item] = field(default_factory=list)
    merged: bool = False


@dataclass
class Story:
    """The requests drawn so far and the partners they are about."""

    draw: Draw
    partners: list[Partner]
    requests: list[Request] = field(default_factory=list)

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def add(self, partner: str, event_type: str, **data: Any) -> None:
        given = {name: value for name, value in data.items() if value is not None}
        self.requests.append(
            {
                "type": event_type,
                "partner": partner,
                "occurred_at": self.draw(occurrences()),
                "data": given,
            }
        )

    def new_reference(self, prefix: str) -> tuple[str | None, Reference]:
        """An id to send, or none, and how later requests name the thing."""
        index = len(self.requests)
        if self.pick(*MOSTLY):
            return f"{prefix}{index}", f"{prefix}{index}"
        return None, {"target_index": index}


@st.composite
def occurrences(draw: Draw) -> str:
    """A year, month, day or instant of 2014 to 2024, so few that they collide."""
    text = str(draw(st.integers(2014, 2024)))
    form = draw(st.sampled_from(("year", "month", "day", "day", "instant", "instant")))
    if form == "year":
        return text
    text += draw(st.sampled_from(("-01", "-02", "-03", "-11", "-12")))
    if form == "month":
        return text
    text += draw(st.sampled_from(("-01", "-02", "-15", "-28")))
    return text if form == "day" else text + draw(clock_times())


@st.composite
def clock_times(draw: Draw) -> str:
    """A time of day and its offset, odd ones included."""
    clocks = (
        "00:00:00",
        "23:59:59.999999",
        "12:34:56",
        "00:00:00.000001",
        "18:30:00.5",
    )
    offsets = ("Z", "+09:00", "-03:00", "+05:45", "-12:00", "+14:00", "-00:30")
    return f"T{draw(st.sampled_from(clocks))}{draw(st.sampled_from(offsets))}"


def quantity(unit: str | None, amount: str) -> dict[str, str] | None:
    """A quantity in a unit; none at all when there is no unit."""
    return None if unit is None else {"amount": amount, "unit": unit}


def _new_item(story: Story, prefix: str) -> tuple[Item, dict[str, Any]]:
    sent, reference = story.new_reference(prefix)
    side, unit, amount = story.pick(*SIDES), story.pick(*UNITS), story.pick(*AMOUNTS)
    worth = Decimal(1) if unit is None else Decimal(amount)
    data = {"by": side, "kind": "expertise", "quantity": quantity(unit, amount)}
    return Item(reference, side, unit, worth), {**data, _FIELDS[prefix]: sent}


_FIELDS = {"o": "offer", "c": "commitment", "d": "delivery"}


def still_open(items: list[Item]) -> list[Item]:
    """The items whose state may still change."""
    return [item for item in items if item.state != "closed"]


def offer(story: Story, partner: Partner) -> None:
    item, data = _new_item(story, "o")
    data["valid_until"] = story.draw(st.none() | occurrences())
    story.add(partner.name, "HelpOffered", **data)
    partner.offers.append(item)


def commit(story: Story, partner: Partner) -> None:
    item, data = _new_item(story, "c")
    story.add(partner.name, "ResourceCommitted", **data)
    partner.commitments.append(item)


def answer_offer(story: Story, partner: Partner) -> None:
    found: Item = story.pick(*still_open(partner.offers))
    answers = ["OfferWithdrawn"]
    if found.state == "open":
        answers += ["OfferAccepted", "OfferAccepted", "OfferDeclined"]
    answer = story.pick(*answers)
    found.state = "accepted" if answer == "OfferAccepted" else "closed"
    story.add(partner.name, answer, offer=found.reference)


def change(story: Story, partner: Partner) -> None:
    commitment = story.pick(*still_open(partner.commitments))
    if story.pick(*MOSTLY):
        delta = story.pick("", "-") + story.pick(*AMOUNTS)
        changed = {"delta": delta, "reason": "Plans changed."}
        name = "CommitmentChanged"
    else:
        commitment.state = "closed"
        name, changed = "CommitmentCancelled", {"reason": "Overtaken."}
    story.add(partner.name, name, commitment=commitment.reference, **changed)


def give(story: Story, partner: Partner) -> None:
    item, data = _new_item(story, "d")
    confirmed = story.pick(*MAYBE)
    story.add(partner.name, "HelpDelivered", **data, confirmed=confirmed)
    _remember(partner, item, confirmed=confirmed)


def deliver(story: Story, partner: Partner) -> None:
    """Against a promise, as often beyond it or in part as exactly."""
    item, data = _new_item(story, "d")
    promise, name = _promise(story, partner)
    if promise.unit is not None:
        item.unit = promise.unit
        item.amount = story.pick(promise.amount, *map(Decimal, AMOUNTS))
        data["quantity"] = quantity(item.unit, f"{item.amount:f}")
    item.side = data["by"] = promise.side
    completes = story.pick(*MAYBE)
    confirmed = story.pick(*MAYBE)
    promise.state = "closed" if completes else "accepted"
    data |= {name: promise.reference, "completes": completes, "confirmed": confirmed}
    story.add(partner.name, "HelpDelivered", **data)
    _remember(partner, item, confirmed=confirmed)


def _promise(story: Story, partner: Partner) -> tuple[Item, str]:
    offers = [(item, "offer") for item in still_open(partner.offers)]
    commitments = [(item, "commitment") for item in still_open(partner.commitments)]
    found: tuple[Item, str] = story.pick(*offers, *commitments)
    return found


def _remember(partner: Partner, item: Item, *, confirmed: bool | None) -> None:
    done = item.side == "partner" if confirmed is None else confirmed
    item.state = "closed" if done else "open"
    partner.deliveries.append(item)


def answer_delivery(story: Story, partner: Partner) -> None:
    delivery = story.pick(*still_open(partner.deliveries))
    amount = story.pick(delivery.amount, *map(Decimal, AMOUNTS))
    whole = story.pick(*YES_OR_NO) or amount >= delivery.amount
    unit = None if whole else delivery.unit or "act"
    left = Decimal(0) if whole else EXACT.subtract(delivery.amount, amount)
    data = {"delivery": delivery.reference, "quantity": quantity(unit, f"{amount:f}")}
    name = story.pick("DeliveryAcknowledged", "DeliveryDisputed")
    if name == "DeliveryDisputed":
        delivery.disputed = True
        data["reason"] = "Counted differently."
    delivery.amount, delivery.state = left, "open" if left else "closed"
    story.add(partner.name, name, **data)


def resolve_dispute(story: Story, partner: Partner) -> None:
    delivery = story.pick(*(item for item in partner.deliveries if item.disputed))
    delivery.disputed = False
    outcome = story.pick("acknowledged", "withdrawn", "conceded")
    if outcome == "withdrawn":
        delivery.state, delivery.amount = "open", max(delivery.amount, Decimal(1))
    name = "DisputeResolved"
    story.add(partner.name, name, delivery=delivery.reference, outcome=outcome)


def benefit(story: Story, partner: Partner) -> None:
    known = [item.reference for item in partner.deliveries]
    story.add(
        partner.name,
        "BenefitReported",
        gained_by=story.pick(*SIDES),
        quantity=quantity(story.pick("hour", "JPY"), story.pick(*AMOUNTS)),
        confidence=story.pick("estimated", "reported", "confirmed"),
        delivery=story.pick(None, *known),
    )


def contact(story: Story, partner: Partner) -> None:
    story.add(partner.name, "ContactMade", by=story.pick(*SIDES), channel="phone")
