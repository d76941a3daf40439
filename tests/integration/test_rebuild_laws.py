"""Rows built by ranges of whole partners are those that steps make."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.ledger.store.recordings import Recorded
from services.projections.engine import generations
from tests.histories import ZONES, histories, resolve
from tests.ledger_in_process import Books, Json, books
from tests.rebuilding import EVERY, Story, new_story
from tests.servers import Database
from tests.stage_histories import stage_histories
from tests.thoroughness import examples

names = count()


@pytest.fixture
def open_books(database: Database) -> Iterator[tuple[Books, str]]:
    with books(database) as opened:
        yield opened, database.service_dsn


def record(story: Story, requests: list[Json], first: int, ids: dict[int, str]) -> None:
    """Record what of a history the rules allow, from one request on."""
    for index, request in enumerate(requests[first:], first):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else story.ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
            event(outcome.rows[0].type)


def build_ranges(story: Story, most: int) -> None:
    for _ in range(most):
        if not story.engine.build_range(EVERY, story.name):
            return


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_ranges_make_the_rows_that_steps_make(
    open_books: tuple[Books, str], data: st.DataObject
) -> None:
    kinds: list[st.SearchStrategy[list[Any]]] = [
        histories(partners=3),
        stage_histories(),
    ]
    history = data.draw(st.one_of(*kinds))
    story = new_story(*open_books, f"ranges-{next(names)}", data.draw(zones))
    meanwhile = data.draw(st.integers(0, len(history)))
    ids: dict[int, str] = {}
    record(story, history[:meanwhile], 0, ids)
    story.catch_up(most=data.draw(steps))
    story.restart(data.draw(steps))
    for projection in EVERY:
        story.ask(projection.name, generations.request_rebuild)
        story.engine.ranges_left(projection, story.name)
    build_ranges(story, data.draw(st.integers(0, 5)))
    record(story, history, meanwhile, ids)
    story.catch_up(most=data.draw(steps))
    build_ranges(story, len(history))
    for projection in EVERY:
        story.build(projection, most=data.draw(steps))
        assert story.active(projection.name) == 2
        assert story.rows(projection, 2) == story.rows(projection, 1)


zones = st.sampled_from(ZONES)
steps = st.integers(1, 9)
