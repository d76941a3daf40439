"""A log written down by hand, for examples whose balance is worked out by hand."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.balance import balance
from tests.oracle.reading import Event, interval

UTC_ZONE = ZoneInfo("UTC")


def hours(amount: str) -> dict[str, str]:
    return {"amount": amount, "unit": "hour"}


class Log:
    """Recorded events written down by hand, in order of position."""

    def __init__(self, zone: ZoneInfo = UTC_ZONE) -> None:
        self.zone = zone
        self.events: list[Event] = []

    def add(
        self,
        day: str,
        kind: str,
        /,
        *,
        partner: str = "acme",
        done: Any = None,
        **data: Any,
    ) -> str:
        position = len(self.events) + 1
        start, end = interval(day, self.zone)
        self.events.append(
            {
                "id": f"event-{position}",
                "position": position,
                "partner": partner,
                "type": kind,
                "occurred_at": day,
                "occurred_from": start.isoformat(),
                "occurred_to": end.isoformat(),
                "data": data,
                "completed": {} if done is None else {"quantity": done},
            }
        )
        return f"event-{position}"

    def correct(self, target: str, *, done: Any = None, **fields: Any) -> str:
        return self.add("2024", "EventCorrected", done=done, target=target, **fields)

    def retract(self, target: str) -> str:
        return self.add("2024", "EventRetracted", target=target)

    def balance(
        self, as_of: str = "2024", position: int = 0, partner: str = "acme"
    ) -> dict[str, Any]:
        return balance(
            self.events,
            as_of=interval(as_of, self.zone)[1],
            position=position or len(self.events),
            zone=self.zone,
            partner=partner,
        )

    def one(self, side: str = "given", **cut: Any) -> dict[str, Decimal]:
        """The non-zero amounts of one direction, in the only unit there is."""
        (item,) = self.balance(**cut)["items"]
        return {name: amount for name, amount in item[side].items() if amount}

    def offer(self, day: str = "2014-03-05", **data: Any) -> str:
        fields: dict[str, Any] = {
            "offer": "o",
            "by": "us",
            "quantity": hours("10"),
            **data,
        }
        return self.add(day, "HelpOffered", **fields)

    def commit(self, day: str = "2014-03-05", amount: str = "10") -> str:
        fields: dict[str, Any] = {
            "commitment": "c",
            "by": "us",
            "quantity": hours(amount),
        }
        return self.add(day, "ResourceCommitted", **fields)

    def deliver(self, day: str, amount: str = "10", **data: Any) -> str:
        fields: dict[str, Any] = {
            "delivery": "d",
            "by": "us",
            "quantity": hours(amount),
            **data,
        }
        return self.add(day, "HelpDelivered", **fields)
