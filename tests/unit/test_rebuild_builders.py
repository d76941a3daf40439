"""Processes that a worker starts to build ranges, and ends."""

import os
import threading
from collections.abc import Iterator

import pytest

from services.projections.engine.builders import Builders

UNTIL_TOLD = ("-c", "import sys; sys.stdin.read()")
AT_ONCE = ("-c", "pass")
WITHIN = 30.0


@pytest.fixture
def ended() -> threading.Event:
    return threading.Event()


@pytest.fixture
def builders(ended: threading.Event) -> Iterator[Builders]:
    made = Builders(UNTIL_TOLD, {}, ended.set)
    yield made
    made.stop()


def test_there_are_no_more_than_there_are_ranges(builders: Builders) -> None:
    builders.start(1)
    builders.start(1)
    assert builders.running == 1


def test_there_is_one_for_each_core(builders: Builders) -> None:
    builders.start(1_000)
    assert 1 <= builders.running <= (os.cpu_count() or 1)


def test_they_end_when_the_worker_stops(builders: Builders) -> None:
    builders.start(1)
    builders.stop()
    assert builders.running == 0


def test_the_worker_is_told_when_one_has_ended(ended: threading.Event) -> None:
    builders = Builders(AT_ONCE, {}, ended.set)
    builders.start(1)
    assert ended.wait(WITHIN)
    builders.stop()
