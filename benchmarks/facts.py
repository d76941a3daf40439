"""Facts that are valid in any order and any number of times, seeded."""

import random
from typing import Any, Final

PARTNERS: Final = 1_000
SEED: Final = 7
Sent = dict[str, Any]


def introductions(partners: int) -> list[Sent]:
    """What identifies the partners that the facts are about."""
    return [
        {
            "type": "PartnerIdentified",
            "partner": f"p{number}",
            "data": {"name": f"Partner {number}"},
        }
        for number in range(partners)
    ]


def facts(partners: int, count: int) -> list[Sent]:
    """So many facts of some partners."""
    chance = random.Random(SEED)  # noqa: S311
    return [_fact(chance, partners) for _ in range(count)]


def keyed(sent: list[Sent], prefix: str) -> list[Sent]:
    """The same as lines of a batch, each with a key of its own."""
    return [each | {"key": f"{prefix} {place}"} for place, each in enumerate(sent)]


def _fact(chance: random.Random, partners: int) -> Sent:
    side = chance.choice(("us", "partner"))
    kind, data = chance.choice(
        (
            ("ContactMade", {"by": side, "channel": "phone", "minutes": 20}),
            ("HelpOffered", {"by": side, "kind": "goods"} | _quantity(chance)),
            ("HelpDelivered", {"by": side, "kind": "goods"} | _quantity(chance)),
            ("ResourceCommitted", {"by": side, "kind": "money"} | _quantity(chance)),
        )
    )
    number = chance.randrange(partners)
    at = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return {"type": kind, "partner": f"p{number}", "occurred_at": at, "data": data}


def _quantity(chance: random.Random) -> Sent:
    return {"quantity": {"amount": str(chance.randint(1, 500)), "unit": "hour"}}
