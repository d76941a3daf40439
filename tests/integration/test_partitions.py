"""Where the rows of generations are, and when they go, on a real database."""

from datetime import timedelta

import psycopg
import pytest

from tests.rebuilding import ACTS, NO_GRACE, RELATIONSHIP, Story
from tests.servers import Database


def test_what_was_kept_goes_with_the_next_rebuild_once_answers_have_ended(
    story: Story,
) -> None:
    story.rebuild(ACTS)
    story.rebuild(ACTS)
    story.engine.sweep(ACTS, timedelta(minutes=1))
    assert story.rows(ACTS, 1)["acts"]  # an answer may still be reading it
    story.engine.sweep(ACTS, NO_GRACE)
    assert not story.rows(ACTS, 1)["acts"]
    assert story.parts("acts") == {"acts_1", "acts_2", "acts_3"}
    story.rebuild(ACTS)
    story.engine.sweep(ACTS, NO_GRACE)
    assert story.parts("acts") == {"acts_1", "acts_3", "acts_4"}


def test_a_part_stays_while_another_ledger_uses_it(story: Story) -> None:
    other = story.beside("other")
    other.meet()
    story.rebuild(ACTS)
    other.rebuild(ACTS)
    for _ in range(2):
        story.rebuild(ACTS)
    story.engine.sweep(ACTS, NO_GRACE)
    assert "acts_2" in story.parts("acts")
    assert not story.rows(ACTS, 2)["acts"]
    assert other.rows(ACTS, 2)["late_facts"] == other.rows(ACTS, 1)["late_facts"]
    assert other.rows(ACTS, 2)["late_facts"]


def test_new_ledgers_are_met_after_the_first_generation_is_gone(story: Story) -> None:
    for _ in range(2):
        story.rebuild(ACTS)
    story.engine.sweep(ACTS, NO_GRACE)
    story.engine.prepare(ACTS)
    assert set(story.states("acts")) == {"kept", "live"}
    assert story.beside("new").active("acts") == 1


@pytest.mark.parametrize(
    "call",
    [
        "make_partition('events', 2)",
        "make_partition('checkpoints', 2)",
        "make_partition('acts; DROP TABLE acts', 2)",
        "make_partition('acts', 0)",
        "make_partition('acts', 10000000)",
        "analyze_partition('events', 2)",
        "drop_partition('events', 'acts', 2)",
        "partition_name('acts', 2)",
    ],
)
def test_the_services_may_make_and_drop_parts_of_read_models_only(
    database: Database, call: str
) -> None:
    with (
        psycopg.connect(database.service_dsn) as connection,
        pytest.raises(psycopg.DatabaseError, match=r"no such|permission denied"),
    ):
        connection.execute(f"SELECT {call}")


def test_the_first_part_and_parts_in_use_are_never_dropped(story: Story) -> None:
    story.rebuild(ACTS)
    with story.reading() as connection:
        for number in (1, 2):
            drop = "SELECT drop_partition('acts', 'acts', %s)"
            assert connection.execute(drop, (number,)).fetchone() == (False,)


def test_readers_do_not_wait_for_a_part_to_be_dropped(story: Story) -> None:
    story.rebuild(ACTS)
    for _ in range(2):
        story.rebuild(ACTS)
    with story.reading() as reading:
        reading.execute("SELECT count(*) FROM acts")
        story.engine.sweep(ACTS, NO_GRACE)
        assert "acts_2" in story.parts("acts")  # busy: it is tried again later
    story.engine.sweep(ACTS, NO_GRACE)
    assert "acts_2" not in story.parts("acts")


def test_a_read_that_is_open_does_not_hold_a_rebuild_up(story: Story) -> None:
    with story.reading() as reading:
        reading.execute("SELECT count(*) FROM relationships")
        story.rebuild(RELATIONSHIP)
        assert story.active("relationship") == 2
