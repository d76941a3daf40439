"""Read models built anew beside the one in use, on a real database."""

import psycopg
import pytest

from services.projections.engine import generations
from services.projections.engine.projection import Projection
from tests.rebuilding import (
    ACTS,
    EVERY,
    NO_GRACE,
    POSTINGS,
    Altered,
    Story,
)


@pytest.mark.parametrize("projection", EVERY, ids=lambda p: p.name)
def test_a_rebuild_makes_the_same_rows_and_takes_their_place(
    story: Story, projection: Projection
) -> None:
    story.rebuild(projection, most=50)
    found = story.states(projection.name)
    assert story.active(projection.name) == 2
    assert {s: g.number for s, g in found.items()} == {"kept": 1, "live": 2}
    assert story.rows(projection, 2) == story.rows(projection, 1)
    assert any(story.rows(projection, 2).values())


def test_what_is_recorded_after_the_switch_goes_to_the_new_rows_only(
    story: Story,
) -> None:
    story.rebuild(ACTS)
    before = story.rows(ACTS, 1)
    position = story.contact()
    story.catch_up(ACTS)
    assert story.states("acts")["live"].position == position
    assert story.rows(ACTS, 1) == before
    assert len(story.rows(ACTS, 2)["acts"]) == len(before["acts"]) + 1


def test_the_switch_brings_both_to_the_same_position_first(story: Story) -> None:
    story.ask("acts", generations.request_rebuild)
    assert story.engine.build(ACTS, story.name, 100)
    position = story.contact()
    story.catch_up(ACTS)  # the live one is ahead now
    story.contact()  # and both will be behind
    story.build(ACTS, most=100)
    found = story.states("acts")
    assert found["live"].number == 2
    assert found["kept"].position == found["live"].position >= position


def test_the_switch_applies_every_event_that_one_lacks(story: Story) -> None:
    story.ask("acts", generations.request_rebuild)
    story.engine.build(ACTS, story.name, 296)
    story.contact()
    story.catch_up(POSTINGS)  # this batch of one is remembered
    position = story.contact()
    story.engine.advance(Altered(ACTS, version=1), story.name)
    story.contact()
    story.catch_up(ACTS)
    story.build(ACTS, most=200)
    found = story.states("acts")
    assert found["live"].number == 2
    assert found["kept"].position == found["live"].position > position
    assert story.rows(ACTS, 2) == story.rows(ACTS, 1)
    assert len(story.rows(ACTS, 2)["acts"]) == 251


def test_rows_that_differ_are_reported_and_those_in_use_stay(story: Story) -> None:
    story.spoil("postings", "amount = amount + 1")
    story.rebuild(POSTINGS)
    found = story.states("postings")
    assert story.active("postings") == 1
    assert found["live"].number == 1
    assert found["differs"].error is not None
    assert "postings has other content" in found["differs"].error
    story.rebuild(POSTINGS)  # again: the first attempt's rows may go
    assert story.states("postings")["differs"].number == 3


def test_a_missing_row_is_a_difference(story: Story) -> None:
    with psycopg.connect(story.books.owner_dsn) as connection:
        delete = "DELETE FROM acts WHERE ledger_id = %s AND position = 290"
        assert connection.execute(delete, (story.name,)).rowcount == 1
    story.rebuild(ACTS)
    error = story.states("acts")["differs"].error
    assert error is not None
    assert "acts has 248 rows and not 247" in error


def test_a_second_request_changes_nothing_while_one_is_under_way(story: Story) -> None:
    assert story.ask("acts", generations.request_rebuild)
    story.engine.build(ACTS, story.name, 100)
    assert not story.ask("acts", generations.request_rebuild)
    assert story.states("acts")["building"].position == 100


def test_a_rebuild_that_is_cancelled_leaves_everything_as_it_was(story: Story) -> None:
    before = story.rows(ACTS, 1)
    story.ask("acts", generations.request_rebuild)
    story.engine.build(ACTS, story.name, 100)
    story.ask("acts", generations.cancel_rebuild)
    assert not story.engine.build(ACTS, story.name)
    story.engine.sweep(ACTS, NO_GRACE)
    assert set(story.states("acts")) == {"live"}
    assert story.parts("acts") == {"acts_1"}
    assert story.rows(ACTS, 1) == before


def test_a_killed_build_goes_on_from_its_checkpoint(story: Story) -> None:
    story.ask("acts", generations.request_rebuild)
    story.engine.build(ACTS, story.name, 100)

    def dies(_events: object) -> None:
        sentence = "killed"
        raise SystemExit(sentence)

    with pytest.raises(SystemExit):
        story.engine.build(Altered(ACTS, version=1, after_step=dies), story.name, 100)
    story.restart()
    assert story.states("acts")["building"].position == 100
    story.build(ACTS, most=50)
    assert story.active("acts") == 2
    assert story.rows(ACTS, 2) == story.rows(ACTS, 1)


def test_a_kill_in_the_middle_of_the_switch_undoes_it(story: Story) -> None:
    story.ask("acts", generations.request_rebuild)
    while story.states("acts")["building"].position < 200:
        story.engine.build(ACTS, story.name, 100)

    def dies_when_behind(_events: object) -> None:
        if story.states("acts")["building"].position == 296:
            sentence = "killed"
            raise SystemExit(sentence)

    story.contact()
    with pytest.raises(SystemExit):
        story.build(Altered(ACTS, version=1, after_step=dies_when_behind), most=96)
    assert story.active("acts") == 1
    story.restart()
    story.build(ACTS)
    assert story.active("acts") == 2


def test_a_higher_version_is_built_by_itself_and_need_not_be_equal(
    story: Story,
) -> None:
    newer = Altered(ACTS)
    story.spoil("acts", "thin = NOT thin")
    story.engine.prepare(newer)
    assert story.states("acts")["building"].version == 2
    story.engine.prepare(newer)
    story.build(newer)
    live = story.states("acts")["live"]
    assert (live.number, live.version) == (2, 2)
    story.engine.prepare(newer)
    assert set(story.states("acts")) == {"kept", "live"}


def test_a_still_higher_version_starts_the_rebuild_anew(story: Story) -> None:
    story.engine.prepare(Altered(ACTS, version=2))
    story.engine.build(Altered(ACTS, version=2), story.name, 100)
    story.engine.prepare(Altered(ACTS, version=3))
    building = story.states("acts")["building"]
    assert (building.number, building.version, building.position) == (3, 3, 0)


def test_an_older_worker_leaves_newer_rows_alone(story: Story) -> None:
    newer = Altered(ACTS)
    story.engine.prepare(newer)
    assert not story.engine.build(ACTS, story.name)  # the old code cannot build it
    story.build(newer)
    story.contact()
    assert not story.engine.find_behind([ACTS])
    assert not story.engine.advance(ACTS, story.name)
    story.engine.prepare(ACTS)
    assert set(story.states("acts")) == {"kept", "live"}
    assert story.engine.advance(newer, story.name)


def test_an_older_worker_keeps_readers_up_to_date_meanwhile(story: Story) -> None:
    story.engine.prepare(Altered(ACTS))
    position = story.contact()
    assert story.engine.advance(ACTS, story.name)
    assert story.states("acts")["live"].position == position


def test_a_rollback_catches_up_before_readers_return_to_it(story: Story) -> None:
    story.rebuild(ACTS)
    position = story.contact()
    story.catch_up(ACTS)
    story.ask("acts", generations.request_rollback)
    assert story.active("acts") == 2
    story.build(ACTS)
    found = story.states("acts")
    assert story.active("acts") == 1
    assert set(found) == {"live"}
    assert found["live"].position == position
    with pytest.raises(generations.NothingKept):
        story.ask("acts", generations.request_rollback)


def test_a_rollback_can_be_called_off(story: Story) -> None:
    story.rebuild(ACTS)
    story.ask("acts", generations.request_rollback)
    story.ask("acts", generations.cancel_rebuild)
    assert set(story.states("acts")) == {"kept", "live"}


def test_a_ledger_without_events_can_be_rebuilt(story: Story) -> None:
    empty = story.beside("empty")
    empty.rebuild(POSTINGS)
    assert empty.active("postings") == 2
    empty.meet()
    empty.catch_up(POSTINGS)
    assert empty.states("postings")["live"].position == 1
    assert empty.rows(POSTINGS, 2)["imprecise_dates"]
