"""A log written down by hand, for examples whose stages are worked out by hand."""

from typing import Any

from tests.oracle.because import is_sufficient
from tests.oracle.log import Log
from tests.oracle.reading import interval
from tests.oracle.stages import stages

HELD: dict[str, Any] = {"by": "us", "scope": "Seminar", "asks": [], "gives": []}


class StageLog(Log):
    """The acts that stages are made of, and short ways to ask for the answer."""

    def contact(self, *days: str, by: str = "us", partner: str = "acme") -> None:
        for day in days:
            self.add(day, "ContactMade", partner=partner, by=by, channel="phone")

    def goals(self, day: str) -> None:
        self.add(day, "GoalAsked", by="partner")
        self.add(day, "GoalShared", goal=f"g-{day}", whose="us", statement="More.")

    def help(self, *days: str, by: str = "us", confirmed: bool = True) -> None:
        for day in days:
            name = f"d{len(self.events)}"
            data: dict[str, Any] = {"by": by, "kind": "other", "delivery": name}
            self.add(day, "HelpDelivered", **data, confirmed=confirmed)

    def state(self, day: str, name: str, by: str, *, takes_time: bool = True) -> None:
        data: dict[str, Any] = {"principle": name, "by": by, "statement": "Time."}
        self.add(day, "PrincipleStated", **data, takes_time=takes_time)

    def answer(self, day: str, name: str, stance: str, by: str = "partner") -> str:
        data: dict[str, Any] = {"principle": name, "by": by, "stance": stance}
        return self.add(day, "PrincipleAcknowledged", **data)

    def agree(self, day: str, name: str = "a", **dates: str) -> str:
        data: dict[str, Any] = {"alliance": name, "name": "A", "project": "Seminar"}
        return self.add(day, "AllianceAgreed", **{"starts": day, **data, **dates})

    def end(self, day: str, name: str = "a") -> str:
        return self.add(day, "AllianceEnded", alliance=name, by="us", reason="Done.")

    def propose(self, day: str, name: str = "a") -> str:
        return self.add(day, "AllianceProposed", alliance=name, **HELD)

    def break_off(self, day: str) -> None:
        self.add(day, "RelationshipBrokenOff", by="partner", reason="Hung up.")

    def publish(self, **parameters: Any) -> str:
        name = "StagePolicyPublished"
        return self.add("2024", name, partner="_ledger", **parameters)

    def until_reciprocal(self) -> None:
        """Three contact and delivery days, the last on day 90, of 2014-04-01."""
        self.contact("2014-01-01", "2014-02-01", "2014-03-01")
        self.goals("2014-01-01")
        self.help("2014-01-10", "2014-04-01")
        self.help("2014-02-10", by="partner")

    def until_ready(self) -> None:
        self.until_reciprocal()
        self.state("2014-04-02", "p", "us")
        self.answer("2014-04-03", "p", "supported")

    def ask(self, as_of: str = "2024", *, position: int = 0, **asked: str) -> Any:
        return stages(
            self.events,
            as_of=interval(as_of, self.zone)[1],
            position=position or len(self.events),
            zone=self.zone,
            **{"partner": "acme", **asked},
        )

    def now(self, as_of: str = "2024", **asked: Any) -> str:
        """The stage on a date."""
        return str(self.ask(as_of, **asked)["current"]["stage"])

    def path(self, as_of: str = "2024", **asked: Any) -> list[str]:
        """Every stage with its first day (UTC), in later episodes with their number."""
        return [
            f"{row['stage']} {row['from'][:10]}"
            + (f" #{row['episode']}" if row["episode"] > 1 else "")
            for row in self.ask(as_of, **asked)["history"]
        ]

    def missing(self, as_of: str = "2024", **asked: Any) -> dict[str, str]:
        """Condition to `have/need`."""
        return {
            item["condition"]: f"{item['have']}/{item['need']}"
            for item in self.ask(as_of, **asked)["current"]["missing"]
        }

    def flags(self, as_of: str = "2024", **asked: Any) -> set[str]:
        found = self.ask(as_of, **asked)["current"]["flags"]
        return {flag["flag"] for flag in found}

    def told_of(self, flag: str, name: str, as_of: str = "2024") -> Any:
        """What the answer says of a flag beside its name."""
        found = self.ask(as_of)["current"]["flags"]
        return next(item[name] for item in found if item["flag"] == flag)

    def sufficient(self, number: int, because: list[str], **asked: Any) -> bool:
        """Whether events would be evidence enough for row `number` of the history."""
        history = self.ask(**asked)["history"]
        history[number]["because"] = because
        return is_sufficient(
            self.events,
            history,
            number,
            position=len(self.events),
            zone=self.zone,
            partner="acme",
        )
