"""Single steps of a random history that climbs the stages, and the calendar they use.

As in `history_moves`, the model only steers; nothing is judged by it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.history_moves import (
    MAYBE,
    MOSTLY,
    SIDES,
    Draw,
    Reference,
    Request,
    clock_times,
)

FIRST, DAYS = date(2014, 1, 1), 1095
FORMS = ("day",) * 8 + ("instant",) * 3 + ("month", "month", "year")
STANCES = ("supported", "respected", "supported", "understood", "rejected")
CONFIDENCES = ("confirmed", "confirmed", "reported", "estimated")
SELDOM = (False,) * 19 + (True,)
LIKELY = (True, *MAYBE)
OTHER = {"us": "partner", "partner": "us"}


@dataclass
class Thing:
    """An offer, principle, agreement … as the generator believes it stands."""

    reference: Reference
    side: str = "us"
    open: bool = True
    last_day: int | None = None


@dataclass
class Friend:
    """One partner: the day its story has come to, and what it has to name."""

    name: str
    day: int
    things: dict[str, list[Thing]] = field(default_factory=dict)
    merged: bool = False

    def open(self, kind: str) -> list[Thing]:
        return [thing for thing in self.things.get(kind, []) if thing.open]


@dataclass
class Climb:
    """The requests drawn so far; told mostly in order, or in no order at all."""

    draw: Draw
    friends: list[Friend]
    in_order: bool
    requests: list[Request] = field(default_factory=list)

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def date(self, day: int) -> str:
        """The day in one of the forms of a date, seldom so coarse that it is lost."""
        text, form = (FIRST + timedelta(days=day)).isoformat(), self.pick(*FORMS)
        if form == "instant":
            return text + self.draw(clock_times())
        return text[: {"day": 10, "month": 7, "year": 4}[form]]

    def day(self, friend: Friend) -> int:
        """The next day of the friend's story, now and then one long before or after."""
        back = self.pick(*SELDOM)
        if back or not self.in_order:
            return self.draw(st.integers(0, DAYS))
        friend.day = min(friend.day + self.pick(0, 0, 1, 7, 15, 30), DAYS)
        return friend.day

    def add(
        self, friend: Friend, event_type: str, day: int | None = None, /, **data: Any
    ) -> None:
        """Add what happened on a day, without the fields that are None."""
        when = self.date(self.day(friend) if day is None else day)
        self.record(friend.name, event_type, when, data)

    def record(self, stream: str, event_type: str, when: str, data: Request) -> None:
        given = {name: value for name, value in data.items() if value is not None}
        self.requests.append(
            {
                "type": event_type,
                "partner": stream,
                "occurred_at": when,
                "data": given,
            }
        )

    def new(
        self, friend: Friend, kind: str, side: str = "us"
    ) -> tuple[str | None, Thing]:
        """An id to send, or none, and the thing that later requests name."""
        index = len(self.requests)
        named = self.pick(*MOSTLY)
        name = f"{kind[:2]}{index}" if named else None
        thing = Thing(name or {"target_index": index}, side)
        friend.things.setdefault(kind, []).append(thing)
        return name, thing


def contact(climb: Climb, friend: Friend) -> None:
    channel = climb.pick("in_person", "phone", "email")
    climb.add(friend, "ContactMade", by=climb.pick(*SIDES), channel=channel)


def keep_in_touch(climb: Climb, friend: Friend) -> None:
    for _ in range(3):
        friend.day = min(friend.day + climb.pick(1, 20, 45, 90), DAYS)
        contact(climb, friend)


def call_after_silence(climb: Climb, friend: Friend) -> None:
    contact(climb, friend)
    friend.day = min(friend.day + climb.pick(41, 61, 181, 250), DAYS)
    contact(climb, friend)


def attempt(climb: Climb, friend: Friend) -> None:
    climb.add(friend, "ContactAttempted", by=climb.pick(*SIDES), channel="phone")


def ask_goal(climb: Climb, friend: Friend) -> None:
    climb.add(friend, "GoalAsked", by=climb.pick(*SIDES))


def share_goal(climb: Climb, friend: Friend, whose: str | None = None) -> None:
    name, _ = climb.new(friend, "goal")
    side = whose or climb.pick(*SIDES)
    climb.add(friend, "GoalShared", goal=name, whose=side, statement="More members.")


def exchange_goals(climb: Climb, friend: Friend) -> None:
    side = climb.pick(*SIDES)
    climb.add(friend, "GoalAsked", by=side)
    share_goal(climb, friend, OTHER[side])


def achieve_goal(climb: Climb, friend: Friend) -> None:
    goal = climb.pick(*friend.open("goal"))
    goal.open = False
    climb.add(friend, "GoalAchieved", goal=goal.reference)


def state_principle(climb: Climb, friend: Friend) -> None:
    side = climb.pick(*SIDES)
    name, _ = climb.new(friend, "principle", side)
    data = {"by": side, "statement": "Value takes time."}
    takes_time = climb.pick(*LIKELY)
    climb.add(friend, "PrincipleStated", principle=name, **data, takes_time=takes_time)


def take_stance(climb: Climb, friend: Friend) -> None:
    principle = climb.pick(*friend.open("principle"))
    data = {"by": OTHER[principle.side], "stance": climb.pick(*STANCES)}
    climb.add(friend, "PrincipleAcknowledged", principle=principle.reference, **data)


def share_principles(climb: Climb, friend: Friend) -> None:
    name, principle = climb.new(friend, "principle")
    data = {"by": "us", "statement": "Value takes time.", "takes_time": True}
    climb.add(friend, "PrincipleStated", principle=name, **data)
    data = {"by": "partner", "stance": "supported"}
    climb.add(friend, "PrincipleAcknowledged", principle=principle.reference, **data)


def propose_idea(climb: Climb, friend: Friend) -> None:
    climb.add(friend, "IdeaProposed", by=climb.pick(*SIDES), statement="A seminar.")


def raise_issue(climb: Climb, friend: Friend) -> None:
    name, _ = climb.new(friend, "issue")
    data = {"severity": climb.pick("high", "high", "low"), "statement": "Late."}
    climb.add(friend, "IssueRaised", issue=name, by=climb.pick(*SIDES), **data)


def resolve_issue(climb: Climb, friend: Friend) -> None:
    issue = climb.pick(*friend.open("issue"))
    issue.open = False
    climb.add(friend, "IssueResolved", issue=issue.reference)


def break_off(climb: Climb, friend: Friend) -> None:
    climb.add(friend, "RelationshipBrokenOff", by=climb.pick(*SIDES), reason="Enough.")


def begin_anew(climb: Climb, friend: Friend) -> None:
    break_off(climb, friend)
    friend.day = min(friend.day + climb.pick(0, 1, 30, 200), DAYS)
    contact(climb, friend)


def set_cadence(climb: Climb, friend: Friend) -> None:
    target, most = climb.pick((7, 14), (30, 90), (90, 100))
    climb.add(friend, "CadenceSet", target_days=target, max_days=most)


def snooze(climb: Climb, friend: Friend) -> None:
    day = friend.day + climb.pick(1, 30, 90, 200)
    until = (FIRST + timedelta(days=day)).isoformat()
    climb.add(friend, "ReminderSnoozed", until=until)


def schedule(climb: Climb, friend: Friend) -> None:
    name, _ = climb.new(friend, "meeting")
    day = friend.day + climb.pick(1, 30, 90, 200)
    text = (FIRST + timedelta(days=day)).isoformat()
    on = text + climb.pick("", "", climb.draw(clock_times()))
    climb.add(friend, "MeetingScheduled", meeting=name, channel="video", on=on)


def cancel(climb: Climb, friend: Friend) -> None:
    meeting = climb.pick(*friend.open("meeting"))
    meeting.open = False
    climb.add(friend, "MeetingCancelled", meeting=meeting.reference)
