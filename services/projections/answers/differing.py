"""What differs between what was known of a partner then and what is known now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.canonical import Json
from contracts.events import PartnerMerged
from contracts.events.reading import Fact

DIRECTIONS: Final = {"us": "given", "partner": "received"}
STAGE: Final = ("stage", "episode", "from", "to")


Opening = Callable[[Sequence[Fact]], Sequence[Fact]]


def as_stored(facts: Sequence[Fact]) -> Sequence[Fact]:
    """Facts as they are, whatever is sealed in them."""
    return facts


def read_otherwise(
    then: Iterable[Fact], now: Iterable[Fact], opened: Opening = as_stored
) -> set[str]:
    """The facts that are known at one of two cuts only, or read otherwise there.

    Sealed text is other text each time that it is sealed: those that look unlike are
    compared again as they read when `opened`.
    """
    before = {fact.event.id: fact for fact in then}
    after = {fact.event.id: fact for fact in now}
    unlike = {e for e in before | after if before.get(e) != after.get(e)}
    both = sorted(unlike & before.keys() & after.keys())
    old = opened([before[event] for event in both])
    new = opened([after[event] for event in both])
    alike = [e for e, one, other in zip(both, old, new, strict=True) if one == other]
    return unlike - set(alike)


def counting(facts: Iterable[Fact], as_of: datetime) -> list[Fact]:
    """What answers stand on: what had happened, and merges, which no date puts off."""
    return [fact for fact in facts if fact.acts_from <= as_of or is_merge(fact)]


def is_merge(fact: Fact) -> bool:
    """Whether a fact merges its partner into another."""
    return isinstance(fact.data, PartnerMerged)


def changed_balances(
    then: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]
) -> list[dict[str, Json]]:
    """The amounts that differ; one that there was not is zero."""
    before, after = _amounts(then), _amounts(now)
    pairs = {key: (before.get(key, "0"), after.get(key, "0")) for key in before | after}
    return [
        {"unit": key[0], "side": key[1], "account": key[2], "then": one, "now": other}
        for key, (one, other) in sorted(pairs.items())
        if one != other
    ]


def _amounts(balances: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], str]:
    return {key: amount for item in balances for key, amount in _amounts_of(item)}


def _amounts_of(
    item: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str, str], str]]:
    for side, direction in DIRECTIONS.items():
        for account, amount in item[direction].items():
            yield (item["unit"], side, account), amount
        for confidence, amount in item["benefit"][side].items():
            yield (item["unit"], side, f"benefit.{confidence}"), amount


def is_other_stage(then: Mapping[str, Any] | None, now: Mapping[str, Any]) -> bool:
    """Whether the stages, when they held or what was earned beneath them differ."""
    return then is None or _stages(then) != _stages(now)


def _stages(state: Mapping[str, Any]) -> tuple[Any, ...]:
    current = state["current"]
    rows = [tuple(row[name] for name in STAGE) for row in state["history"]]
    return (current and current["earned"], rows)
