"""A generation built from nothing by ranges of whole partners."""

import psycopg
import pytest

from services.projections.answers.projections import read_projections
from services.projections.engine import generations
from services.projections.engine.projection import Projection
from tests.ledger_in_process import Json
from tests.rebuilding import (
    ACTS,
    EVERY,
    NO_GRACE,
    POSTINGS,
    RELATIONSHIP,
    Altered,
    Story,
)

A_RANGE = 40
"""Events: the story then has several ranges, and partners larger than one."""


def ask_for_all(story: Story) -> None:
    for projection in EVERY:
        story.ask(projection.name, generations.request_rebuild)


def open_ranges(story: Story, projection: Projection) -> int:
    with story.books.pool.connection() as connection:
        row = connection.execute(
            "SELECT count(*) FROM build_ranges"
            " WHERE ledger_id = %s AND projection = %s AND NOT done",
            (story.name, projection.name),
        ).fetchone()
    assert row is not None
    return int(row[0])


def told(story: Story, name: str) -> Json:
    """What `/v1/projections` says of a rebuild."""
    with story.books.pool.connection() as connection:
        items = read_projections(connection, story.name)
    rebuild: Json = next(item["rebuild"] for item in items if item["name"] == name)
    return rebuild


@pytest.mark.parametrize("projection", EVERY, ids=lambda p: p.name)
def test_ranges_make_the_same_rows_as_steps(
    story: Story, projection: Projection
) -> None:
    story.restart(A_RANGE)
    story.rebuild(projection)
    assert story.active(projection.name) == 2
    assert story.rows(projection, 2) == story.rows(projection, 1)
    assert any(story.rows(projection, 2).values())


def test_all_that_are_being_built_share_the_reading_of_a_range(story: Story) -> None:
    story.restart(A_RANGE)
    ask_for_all(story)
    assert all(story.engine.ranges_left(p, story.name) for p in EVERY)
    before = [open_ranges(story, p) for p in EVERY]
    assert len(set(before)) == 1
    assert before[0] > 2
    assert story.engine.build_range(EVERY, story.name)
    assert [open_ranges(story, p) for p in EVERY] == [n - 1 for n in before]


def test_one_asked_for_later_shares_what_is_left(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    story.ask("postings", generations.request_rebuild)
    assert story.engine.ranges_left(POSTINGS, story.name)
    left = open_ranges(story, ACTS)
    for _ in range(left):
        assert story.engine.build_range(EVERY, story.name)
    assert open_ranges(story, ACTS) == 0
    assert open_ranges(story, POSTINGS) == 1
    story.build(POSTINGS)
    story.build(ACTS)
    for projection in (POSTINGS, ACTS):
        assert story.active(projection.name) == 2
        assert story.rows(projection, 2) == story.rows(projection, 1)


def test_what_is_recorded_meanwhile_follows_event_by_event(story: Story) -> None:
    story.restart(A_RANGE)
    ask_for_all(story)
    assert all(story.engine.ranges_left(p, story.name) for p in EVERY)
    assert story.engine.build_range(EVERY, story.name)
    story.meet("late-comer")
    last = story.contact("late-comer")
    story.catch_up()
    for projection in EVERY:
        story.build(projection)
        assert story.states(projection.name)["live"].number == 2
        assert story.states(projection.name)["live"].position == last
        assert story.rows(projection, 2) == story.rows(projection, 1)


def test_a_range_that_was_cut_short_is_open_again(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    left = open_ranges(story, ACTS)

    def dies(_events: object) -> None:
        sentence = "killed"
        raise SystemExit(sentence)

    with pytest.raises(SystemExit):
        story.engine.build(Altered(ACTS, version=1, after_step=dies), story.name)
    story.restart(A_RANGE)
    assert open_ranges(story, ACTS) == left
    story.build(ACTS)
    assert story.rows(ACTS, 2) == story.rows(ACTS, 1)


def test_nothing_is_switched_before_every_range_is_built(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    building = story.states("acts")["building"]
    assert (building.position, building.ranges > 0) == (0, True)
    assert story.active("acts") == 1


def test_how_far_it_is_is_told_in_events(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.ranges_left(ACTS, story.name)
    shares = [told(story, "acts")["progress"]]
    while story.engine.build_range([ACTS], story.name):
        shares.append(told(story, "acts")["progress"])
    assert shares == sorted(shares)
    assert shares[0] == 0 < shares[2] < shares[-1] == 1


def test_a_build_by_ranges_that_is_cancelled_leaves_nothing(story: Story) -> None:
    before = story.rows(ACTS, 1)
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    story.ask("acts", generations.cancel_rebuild)
    assert not story.engine.build(ACTS, story.name)
    assert not story.engine.build_range([ACTS], story.name)
    story.engine.sweep(ACTS, NO_GRACE)
    assert set(story.states("acts")) == {"live"}
    assert story.parts("acts") == {"acts_1"}
    assert open_ranges(story, ACTS) == 0
    assert story.rows(ACTS, 1) == before


def test_an_event_that_cannot_be_folded_is_named(story: Story) -> None:
    story.restart(A_RANGE)
    worse = Altered(ACTS, version=2, fails_at=[150])
    story.engine.prepare(worse)
    story.build(worse)
    building = story.states("acts")["building"]
    assert building.error == "ValueError"
    assert told(story, "acts")["halted_at"] == 150
    assert story.active("acts") == 1
    story.ask("acts", generations.resume)
    story.build(Altered(ACTS, version=2))
    assert story.states("acts")["live"].version == 2
    assert story.rows(ACTS, 2) == story.rows(ACTS, 1)


def test_another_read_model_goes_on_while_one_is_stuck(story: Story) -> None:
    story.restart(A_RANGE)
    ask_for_all(story)
    stuck = Altered(ACTS, version=1, fails_at=[1])
    every = (POSTINGS, RELATIONSHIP, stuck)
    assert all(story.engine.ranges_left(p, story.name) for p in every)
    while story.engine.build_range(every, story.name):
        continue
    assert story.states("acts")["building"].error is not None
    for projection in (POSTINGS, RELATIONSHIP):
        story.build(projection)
        assert story.rows(projection, 2) == story.rows(projection, 1)


def test_another_ledger_may_need_the_same_part_meanwhile(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    assert story.parts("acts") == {"acts_1"}
    other = story.beside("other")
    other.meet()
    other.rebuild(ACTS)
    assert other.active("acts") == 2
    assert story.parts("acts") == {"acts_1", "acts_2"}
    story.build(ACTS)
    for each in (story, other):
        assert each.rows(ACTS, 2) == each.rows(ACTS, 1)


def test_rows_that_nobody_saw_go_although_another_ledger_begins(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    story.ask("acts", generations.cancel_rebuild)
    other = story.beside("other")
    other.meet()
    other.ask("acts", generations.request_rebuild)
    story.engine.sweep(ACTS, NO_GRACE)
    assert not any(story.rows(ACTS, 2).values())
    other.build(ACTS)
    story.rebuild(ACTS)
    assert story.active("acts") == 2
    for each in (story, other):
        assert each.rows(ACTS, 2) == each.rows(ACTS, 1)


def test_rows_that_are_there_twice_halt_the_build(story: Story) -> None:
    story.restart(A_RANGE)
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name)
    with psycopg.connect(story.books.owner_dsn) as connection:
        again = "UPDATE build_ranges SET done = FALSE WHERE ledger_id = %s"
        connection.execute(again, (story.name,))
    story.build(ACTS)
    error = story.states("acts")["building"].error
    assert error is not None
    assert error.startswith("UniqueViolation")
    assert story.active("acts") == 1
    assert not story.engine.build_range(EVERY, story.name)
