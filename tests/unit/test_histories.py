"""Random histories, and the examples of every type, are fit to be used in tests."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import EXAMPLES
from tests.histories import ZONES, cuts, histories, resolve
from tests.oracle.log import Log, hours
from tests.oracle.reading import facts
from tests.thoroughness import examples


def recorded(history: list[dict[str, Any]], zone: ZoneInfo) -> Log:
    """The requests that name what exists and take away nothing that others name."""
    log, ids = Log(zone), dict[int, str]()
    for index, request in enumerate(history):
        filled = resolve(request, ids)
        if filled is not None:
            day, kind, of = filled["occurred_at"], filled["type"], filled["partner"]
            done = hours("1")
            name = log.add(day, kind, partner=of, done=done, **filled["data"])
            if reads(log):
                ids[index] = name
            else:
                log.events.pop()
    return log


def reads(log: Log) -> bool:
    try:
        facts(log.events, position=len(log.events), zone=log.zone)
    except KeyError:
        return False
    return True


def amounts(answer: dict[str, Any]) -> Iterator[Decimal]:
    for item in answer["items"]:
        yield from item["given"].values()
        yield from item["received"].values()


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_every_random_history_has_a_balance_without_negatives(
    data: st.DataObject, zone: ZoneInfo
) -> None:
    history = data.draw(histories())
    log = recorded(history, zone)
    cut = cuts(history, zone=zone, head=len(log.events))
    as_of, position = data.draw(cut)
    answer = log.balance(as_of, position)
    assert min(amounts(answer), default=0) >= 0
    log.events.reverse()
    assert log.balance(as_of, position) == answer


def test_there_is_an_example_of_every_type_of_the_catalogue() -> None:
    assert len(EXAMPLES) == 45
    for example in EXAMPLES.values():
        assert example["minimal"].keys() <= example["full"].keys()
