"""How stages are judged: the parameters of a policy (domain.md, section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.events import StagePolicyPublished
from contracts.events.reading import Fact

V1_NAME: Final = "v1"


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters of a policy; days unless said otherwise, defaults those of v1."""

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


V1: Final = Policy()


def published(data: StagePolicyPublished) -> Policy:
    """The policy that a ledger published; what it leaves out is as in v1."""
    return Policy(**data.model_dump(exclude_none=True))


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that hold at a cut: those published, by event, and the newest."""

    published: tuple[tuple[str, Policy], ...] = ()

    @property
    def newest(self) -> tuple[str, Policy]:
        """The policy that judges unless another is asked for."""
        return self.published[-1] if self.published else (V1_NAME, V1)

    def named(self, name: str) -> tuple[str, Policy] | None:
        """The policy of a name: `v1`, or the event that published it."""
        return next((p for p in ((V1_NAME, V1), *self.published) if p[0] == name), None)


def policies(facts: Iterable[Fact]) -> Policies:
    """The policies of a ledger, from the facts of its own stream, in their order."""
    return Policies(
        tuple(
            (fact.event.id, published(fact.data))
            for fact in facts
            if isinstance(fact.data, StagePolicyPublished)
        )
    )
