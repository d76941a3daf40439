"""The numbers behind stages and flags: v1, and what a ledger published of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.oracle.reading import Fact


@dataclass(frozen=True)
class Policy:
    """Parameters with their values of v1."""

    contact_days: int = 3
    contact_window_days: int = 180
    require_goal: bool = True
    require_acknowledgement: bool = True
    delivery_days: int = 3
    delivery_window_days: int = 365
    min_days: int = 90
    require_principles: bool = True
    compounding_days: int = 180
    cadence_target_days: int = 30
    cadence_max_days: int = 90
    dormant_days: int = 180


def policy_of(read: Iterable[Fact], asked: str | None) -> tuple[str, Policy]:
    """The policy asked for by name, else the newest one by position, else v1.

    `read` is what is in force at the position; a policy holds whatever its date.
    """
    published = {"v1": Policy()} | {
        fact.id: Policy(**fact.data)
        for fact in sorted(read, key=lambda fact: fact.position)
        if fact.type == "StagePolicyPublished"
    }
    name = list(published)[-1] if asked is None else asked
    return name, published[name]
