"""Hypothesis strategies: histories of requests, and the cuts to read them at.

A history is a list of recording requests of which most, not all, the rules allow; the
harness records them in order and drops what is refused. Wherever an id may stand, a
request may say `{"target_index": i}`: the id of the event that request i became.
`resolve` fills these in.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests import history_moves as moves
from tests.history_moves import AMOUNTS, Draw, Partner, Request, Story, occurrences
from tests.oracle.reading import interval

ZONES = ("UTC", "Asia/Tokyo", "America/Sao_Paulo", "Asia/Kathmandu", "Europe/London")
NAMES = ("acme", "birch", "cedar")
MICROSECOND = timedelta(microseconds=1)
Move = Callable[[Story, Partner], None]
Step = tuple[str, dict[str, Any]]

# What is said in order, each line naming the thing that the first one introduces.
CONVERSATIONS: dict[str, tuple[Step, ...]] = {
    "principle": (
        ("PrincipleStated", {"by": "us", "statement": "Value takes time."}),
        ("PrincipleAcknowledged", {"by": "partner", "stance": "respected"}),
    ),
    "issue": (
        ("IssueRaised", {"by": "us", "severity": "low", "statement": "Late."}),
        ("IssueResolved", {}),
    ),
    "alliance": (
        ("AllianceProposed", {"by": "us", "scope": "Seminar", "asks": [], "gives": []}),
        ("ProposalDeferred", {"by": "partner", "reason": "Too early."}),
        ("AllianceAgreed", {"name": "A", "project": "Seminar", "starts": "2015"}),
        ("AllianceEnded", {"by": "us", "reason": "Done."}),
    ),
}


@st.composite
def histories(
    draw: Draw, *, size: int = 40, partners: int = 2, merges: bool = True
) -> list[Request]:
    """Up to `size` requests about up to `partners` (at most 3) partners."""
    names = NAMES[: draw(st.integers(1, partners))]
    story = Story(draw, [Partner(name) for name in names])
    for name in names:
        story.add(name, "PartnerIdentified", name=name.title())
    wanted = draw(st.integers(len(names), size))
    while len(story.requests) < wanted:
        partner: Partner = story.pick(*(p for p in story.partners if not p.merged))
        story.pick(*_moves(story, partner, merges=merges))(story, partner)
    return story.requests[:size]


def _moves(story: Story, partner: Partner, *, merges: bool) -> list[Move]:
    """What can follow, the likelier the more often it is listed."""
    offers = moves.still_open(partner.offers)
    commitments = moves.still_open(partner.commitments)
    deliveries = moves.still_open(partner.deliveries)
    others = [p for p in story.partners if not p.merged and p is not partner]
    disputed = any(item.disputed for item in partner.deliveries)
    undone = any(r["type"] == "EventRetracted" for r in story.requests)
    return [
        *[moves.offer, moves.commit, moves.give] * 2,
        *[moves.benefit, moves.contact, _converse, _retract],
        *[_correct] * 3,
        *[moves.answer_offer] * 2 * bool(offers),
        *[moves.change] * 2 * bool(commitments),
        *[moves.deliver] * 5 * bool(offers or commitments),
        *[moves.answer_delivery] * 6 * bool(deliveries),
        *[moves.resolve_dispute] * 6 * disputed,
        *[_restore] * 2 * undone,
        *[_merge] * (merges and bool(others) and len(story.requests) > 8),
    ]


def _converse(story: Story, partner: Partner) -> None:
    thing = story.pick(*CONVERSATIONS)
    steps = CONVERSATIONS[thing]
    sent, reference = story.new_reference(thing[0])
    for number in range(story.draw(st.integers(1, len(steps)))):
        name, data = steps[number]
        named = {thing: reference if number else sent}
        story.add(partner.name, name, **data, **named)


def _retract(story: Story, _: Partner) -> None:
    """Of what came last more often than not, since nothing depends on it yet."""
    last = len(story.requests) - 1
    index = last - story.draw(st.integers(0, min(last, 5)) | st.integers(0, last))
    _undo(story, index)


def _restore(story: Story, _: Partner) -> None:
    retractions = (
        index
        for index, request in enumerate(story.requests)
        if request["type"] == "EventRetracted"
    )
    _undo(story, story.pick(*retractions))


def _undo(story: Story, index: int) -> None:
    data = {"target": {"target_index": index}, "reason": "Entered by mistake."}
    story.add(story.requests[index]["partner"], "EventRetracted", **data)


def _correct(story: Story, _: Partner) -> None:
    index = story.draw(st.integers(0, len(story.requests) - 1))
    target = story.requests[index]
    if target["type"] in {"EventCorrected", "EventRetracted", "PartnerMerged"}:
        return
    data: dict[str, Any] = {"target": {"target_index": index}, "reason": "A mistake."}
    fields = story.pick("date", "data", "both")
    if fields != "data":
        data["occurred_at"] = story.draw(occurrences())
    if fields != "date":
        data["data"] = _altered(story, target["data"])
    story.add(target["partner"], "EventCorrected", **data)


def _altered(story: Story, data: dict[str, Any]) -> dict[str, Any]:
    """The same data with other amounts and flags; seldom in another unit."""
    altered = dict(data)
    if "quantity" in data:
        unit = story.pick(*[data["quantity"]["unit"]] * 5, "seat")
        altered["quantity"] = moves.quantity(unit, story.pick(*AMOUNTS))
    if "delta" in data:
        altered["delta"] = story.pick("", "-") + story.pick(*AMOUNTS)
    for flag in {"completes", "confirmed"} & data.keys():
        altered[flag] = story.pick(*moves.YES_OR_NO)
    if "valid_until" in data:
        altered["valid_until"] = story.draw(occurrences())
    return altered


def _merge(story: Story, partner: Partner) -> None:
    others = (p for p in story.partners if not p.merged and p is not partner)
    into: Partner = story.pick(*others)
    story.add(partner.name, "PartnerMerged", into=into.name, reason="The same one.")
    partner.merged = True
    for kind in ("offers", "commitments", "deliveries"):
        for item in getattr(partner, kind):
            item.reference = _seen_from_outside(item.reference, partner.name)
            getattr(into, kind).append(item)


def _seen_from_outside(reference: moves.Reference, stream: str) -> moves.Reference:
    if isinstance(reference, dict):
        return {"stream": stream, **reference}
    return reference if "/" in reference else f"{stream}/{reference}"


def resolve(request: Request, ids: Mapping[int, str]) -> Request | None:
    """The request with event ids in place of indexes; none when one was not recorded.

    `ids` maps the index of each recorded request to the id of its event.
    """
    if set(_targets(request)) <= ids.keys():
        filled: Request = _filled(request, ids)
        return filled
    return None


def _targets(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        if "target_index" in value:
            yield value["target_index"]
        for inner in value.values():
            yield from _targets(inner)


def _filled(value: Any, ids: Mapping[int, str]) -> Any:
    if not isinstance(value, dict):
        return value
    if "target_index" not in value:
        return {name: _filled(inner, ids) for name, inner in value.items()}
    name = ids[value["target_index"]]
    return f"{value['stream']}/{name}" if "stream" in value else name


def cuts(
    history: list[Request], *, zone: ZoneInfo, head: int
) -> st.SearchStrategy[tuple[str, int]]:
    """Pairs of an `as_of` as a client writes it and a position from 1 to `head`."""
    return st.tuples(as_ofs(history, zone=zone), st.just(head) | st.integers(1, head))


def as_ofs(history: list[Request], *, zone: ZoneInfo) -> st.SearchStrategy[str]:
    """Dates of the history, their coarser forms, and the microseconds at their ends."""
    dates = sorted({text for request in history for text in _dates(request)})
    texts = {text[:length] for text in dates for length in (4, 7, 10, len(text))}
    for text in dates:
        start, end = interval(text, zone)
        edges = (start - MICROSECOND, start, end, end + MICROSECOND)
        texts |= {edge.isoformat() for edge in edges}
    return st.sampled_from(sorted(texts)) | occurrences()


def _dates(value: dict[str, Any]) -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _dates(inner)
        elif name in {"occurred_at", "valid_until"}:
            yield inner
