"""Hypothesis strategies: histories that climb the stages, and cuts to read them at.

Requests are those of `tests.histories`, to be filled in by its `resolve`. Most begin
with a small policy, without which the upper stages are seldom reached.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests import stage_moves as moves
from tests import stage_moves_help as help_moves
from tests.history_moves import MOSTLY, YES_OR_NO, Draw, Reference, Request
from tests.oracle.reading import interval
from tests.stage_moves import DAYS, Climb, Friend

NAMES = ("acme", "birch", "cedar")
LEDGER = "_ledger"
GOVERNANCE = ("EventCorrected", "EventRetracted", "PartnerMerged")
OFFSETS = (0, 0, 0, 0, -1, 1, 30, 31, 90, 91, 180, 181, 365, 366)
"""Days after a date at which a flag or a stage may change."""
MICROSECOND = timedelta(microseconds=1)
Move = Callable[[Climb, Friend], None]

ALWAYS: tuple[Move, ...] = (
    *[moves.contact, help_moves.give] * 3,
    *[moves.keep_in_touch, moves.exchange_goals, help_moves.give_and_take] * 2,
    *(help_moves.court, help_moves.grow_together, help_moves.work_together),
    *(moves.call_after_silence, help_moves.help_one_way, help_moves.dispute_for_long),
    *(moves.share_principles, moves.state_principle, moves.propose_idea),
    *(moves.ask_goal, moves.share_goal, moves.attempt, moves.raise_issue),
    *(moves.break_off, moves.begin_anew, moves.begin_anew, moves.set_cadence),
    *[moves.snooze, moves.schedule] * 2,
    *[help_moves.agree, help_moves.propose, help_moves.report_benefit] * 2,
    *(help_moves.offer, help_moves.commit, help_moves.commit),
)
PLOTS: tuple[tuple[Move, ...], ...] = (
    (),
    (help_moves.court, help_moves.agree),
    (help_moves.grow_together,),
    (help_moves.grow_together, help_moves.end, help_moves.work_together, moves.contact),
    (help_moves.propose, help_moves.grow_together),
    (moves.contact, moves.begin_anew, help_moves.grow_together),
    (help_moves.help_one_way, moves.exchange_goals),
)
"""How the first partner's story may begin."""
ANSWERS: dict[str, tuple[Move, ...]] = {
    "goal": (moves.achieve_goal,),
    "principle": (moves.take_stance,) * 5,
    "issue": (moves.resolve_issue,) * 3,
    "meeting": (moves.cancel,) * 3,
    "offer": (help_moves.keep_promise,) * 2,
    "commitment": (help_moves.keep_promise,) * 5,
    "delivery": (help_moves.answer_delivery,) * 8,
    "dispute": (help_moves.resolve_dispute,) * 5,
    "proposal": (help_moves.put_off,) * 2,
    "agreement": (help_moves.end,) * 6,
}
"""What may follow as long as there is an open thing of a kind."""

SMALL: dict[str, tuple[Any, ...]] = {
    "contact_days": (1, 1, 2, 3),
    "contact_window_days": (1, 30, 180, 400),
    "require_goal": (True, False),
    "require_acknowledgement": (True, True, False),
    "delivery_days": (1, 1, 2, 3),
    "delivery_window_days": (1, 30, 365),
    "min_days": (0, 0, 10, 60),
    "require_principles": (True, False, False),
    "compounding_days": (1, 10, 60),
    "cadence_target_days": (5, 30),
    "cadence_max_days": (20, 90),
    "dormant_days": (40, 60, 180),
}


@st.composite
def stage_histories(
    draw: Draw, *, size: int = 50, partners: int = 2, merges: bool = True
) -> list[Request]:
    """Up to `size` requests about up to `partners` (at most 3) partners."""
    names = NAMES[: draw(st.integers(1, partners))]
    friends = [Friend(name, draw(st.integers(0, 200))) for name in names]
    climb = Climb(draw, friends, in_order=draw(st.sampled_from(MOSTLY)))
    if climb.pick(*MOSTLY):
        _publish(climb, friends[0])
    for friend in friends:
        climb.add(friend, "PartnerIdentified", name=friend.name.title())
    for plot in climb.pick(*PLOTS):
        plot(climb, friends[0])
    wanted = draw(st.integers(size // 2, size))
    while len(climb.requests) < wanted:
        alive = [friend for friend in climb.friends if not friend.merged]
        friend = climb.pick(alive[0], *alive)
        climb.pick(*_moves(climb, friend, merges=merges))(climb, friend)
    return climb.requests[:size]


def _moves(climb: Climb, friend: Friend, *, merges: bool) -> list[Move]:
    """What can follow, the likelier the more often it is listed."""
    answers = (move for kind in ANSWERS if friend.open(kind) for move in ANSWERS[kind])
    others = [f for f in climb.friends if not f.merged and f is not friend]
    undone = any(r["type"] == "EventRetracted" for r in climb.requests)
    return [
        *ALWAYS,
        *answers,
        *[_correct] * 8,
        *[_retract] * 4,
        _publish,
        *[help_moves.renew] * 5 * bool(help_moves.ending(friend)),
        *[_restore] * 3 * undone,
        *[_merge] * (merges and bool(others) and len(climb.requests) > 12),
    ]


def _publish(climb: Climb, _: Friend) -> None:
    """A small policy, of which some parameters are left out."""
    policy = {
        name: climb.pick(None, *values, *values) for name, values in SMALL.items()
    }
    when = climb.date(climb.draw(st.integers(0, DAYS)))
    climb.record(LEDGER, "StagePolicyPublished", when, policy)


def _retract(climb: Climb, _: Friend) -> None:
    """Of what came last more often than not, since nothing depends on it yet."""
    last = len(climb.requests) - 1
    index = last - climb.draw(st.integers(0, min(last, 4)) | st.integers(0, last))
    _undo(climb, index)


def _restore(climb: Climb, _: Friend) -> None:
    retractions = (
        index
        for index, request in enumerate(climb.requests)
        if request["type"] == "EventRetracted"
    )
    _undo(climb, climb.pick(*retractions))


def _undo(climb: Climb, index: int) -> None:
    stream = climb.requests[index]["partner"]
    if climb.requests[index]["type"] == "PartnerIdentified":
        return  # nothing more could be recorded of the partner
    data = {"target": {"target_index": index}, "reason": "Entered by mistake."}
    climb.record(stream, "EventRetracted", climb.date(DAYS), data)


def _correct(climb: Climb, _: Friend) -> None:
    index = climb.draw(st.integers(0, len(climb.requests) - 1))
    target = climb.requests[index]
    if target["type"] in GOVERNANCE:
        return
    data: dict[str, Any] = {"target": {"target_index": index}, "reason": "A mistake."}
    fields = climb.pick("date", "data", "both")
    if fields != "data":
        data["occurred_at"] = climb.date(climb.draw(st.integers(0, DAYS)))
    if fields != "date":
        data["data"] = _altered(climb, target["data"])
    climb.record(target["partner"], "EventCorrected", climb.date(DAYS), data)


def _altered(climb: Climb, data: dict[str, Any]) -> dict[str, Any]:
    """The same data with what stages and flags look at drawn anew."""
    options: dict[str, tuple[Any, ...]] = {
        "stance": moves.STANCES,
        "confidence": moves.CONFIDENCES,
        "severity": ("high", "low"),
        "takes_time": YES_OR_NO,
        "confirmed": YES_OR_NO,
        **SMALL,
    }
    drawn = {name: climb.pick(*options[name]) for name in options.keys() & data.keys()}
    days = {
        name: climb.date(climb.draw(st.integers(0, DAYS)))[:10]
        for name in sorted({"starts", "ends", "on"} & data.keys())
    }
    return data | dict(sorted(drawn.items())) | days


def _merge(climb: Climb, friend: Friend) -> None:
    others = (f for f in climb.friends if not f.merged and f is not friend)
    into: Friend = climb.pick(*others)
    climb.add(friend, "PartnerMerged", into=into.name, reason="The same one.")
    friend.merged = True
    for kind, things in friend.things.items():
        for thing in things:
            thing.reference = _seen_from_outside(thing.reference, friend.name)
            into.things.setdefault(kind, []).append(thing)


def _seen_from_outside(reference: Reference, stream: str) -> Reference:
    if isinstance(reference, dict):
        return {"stream": stream, **reference}
    return reference if "/" in reference else f"{stream}/{reference}"


def stage_cuts(
    history: list[Request], *, zone: ZoneInfo, head: int
) -> st.SearchStrategy[tuple[str, int]]:
    """Pairs of an `as_of` as a client writes it and a position from 1 to `head`."""
    return st.tuples(
        stage_as_ofs(history, zone=zone), st.just(head) | st.integers(1, head)
    )


@st.composite
def stage_as_ofs(draw: Draw, history: list[Request], *, zone: ZoneInfo) -> str:
    """A date of the history or days after it, and the microseconds at its ends."""
    dates = sorted({text for request in history for text in _dates(request)})
    start, end = interval(draw(st.sampled_from(dates)), zone)
    shift = timedelta(days=draw(st.sampled_from(OFFSETS)))
    day = (start + shift).astimezone(zone).date().isoformat()
    edges = [edge + shift for edge in (start, end)]
    near = [edge + by for edge in edges for by in (-MICROSECOND, 0 * MICROSECOND)]
    return draw(st.sampled_from((day, day[:7], *(edge.isoformat() for edge in near))))


def _dates(value: dict[str, Any]) -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _dates(inner)
        elif name in {"occurred_at", "starts", "ends", "on", "until"}:
            yield inner
