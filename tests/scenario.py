"""given / when / then over recorded events: the rules alone, without any database.

given(offered, accepted).when(accepted_again).then_refused(OfferNotOpen)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from contracts.events import RecordedEvent
from services.ledger.rules.refusals import (
    BreaksLaterEvents,
    NamedByOthers,
    Refusal,
)
from services.ledger.rules.relationship import Relationship
from tests.scenario_ledger import (
    Invalid,
    Ledger,
    Step,
    correction,
    retraction,
    step,
)

__all__ = ["Step", "correction", "given", "retraction", "step"]


@dataclass
class Outcome:
    """What became of the step in question."""

    ledger: Ledger
    event: RecordedEvent | None = None
    refusal: Refusal | None = None
    fault: Invalid | None = None

    def then_recorded(self, **completed: Any) -> Self:
        """Recorded, and completed with at least these."""
        assert self.refusal is None, f"refused: {self.refusal!r}"
        assert self.fault is None, f"invalid: {self.fault!r}"
        assert self.event is not None
        found = dict(self.event.completed)
        assert completed == {n: v for n, v in found.items() if n in completed}, found
        return self

    def then_completed(self, **completed: Any) -> Self:
        """Recorded, and completed with exactly these."""
        self.then_recorded()
        assert self.event is not None
        assert dict(self.event.completed) == completed
        return self

    def then_refused(self, kind: type[Refusal], pointer: str | None = None) -> Self:
        assert self.refusal is not None, "recorded, or invalid, but not refused"
        assert type(self.refusal) is kind, repr(self.refusal)
        assert pointer in {None, self.refusal.pointer}, self.refusal.pointer
        return self

    def then_refused_with(self, *dependents: Step) -> Self:
        """Refused since exactly these later events would break a rule, in order."""
        self.then_refused(BreaksLaterEvents, "/data/target")
        return self._then_dependents(dependents)

    def then_refused_naming(self, *dependents: Step) -> Self:
        """Refused since exactly these others name what would change, in order."""
        self.then_refused(NamedByOthers, "/data/data")
        return self._then_dependents(dependents)

    def _then_dependents(self, dependents: Iterable[Step]) -> Self:
        expected = tuple(self.ledger.ids[step] for step in dependents)
        assert self.refusal is not None
        assert self.refusal.dependents == expected
        return self

    def then_invalid(self, pointer: str) -> Self:
        assert self.fault is not None, "neither of this stream nor of any: expected 422"
        assert self.fault.args[0] == pointer
        return self

    def when(self, *steps: Step) -> "Outcome":
        """Go on with what is recorded."""
        return When(self.ledger).when(*steps)

    def state(self, partner: str = "acme") -> Relationship:
        return self.ledger.streams().state(partner)

    def acts_from(self, of: Step) -> str:
        """When a recorded step acts, to the second, in UTC."""
        return self.ledger.fact(of).acts_from.strftime("%Y-%m-%dT%H:%M:%S")


@dataclass
class When:
    """A ledger with what was given, waiting for what happens next."""

    ledger: Ledger

    def when(self, *steps: Step) -> Outcome:
        """Record the steps; all but the last must be recorded."""
        for before in steps[:-1]:
            self.ledger.record(before)
        try:
            return Outcome(self.ledger, self.ledger.record(steps[-1]))
        except Refusal as refusal:
            return Outcome(self.ledger, refusal=refusal)
        except Invalid as fault:
            return Outcome(self.ledger, fault=fault)


def given(*steps: Step, zone: str = "UTC") -> When:
    """A ledger in which these steps are recorded, one after the other."""
    ledger = Ledger(ZoneInfo(zone))
    for each in steps:
        ledger.record(each)
    return When(ledger)
