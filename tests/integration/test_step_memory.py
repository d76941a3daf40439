"""What a worker remembers between steps never shows in the rows."""

import random
from collections.abc import Callable

import pytest

from services.cli.story.telling import record_story
from services.ledger.store.recordings import Recorded
from services.projections.engine import generations
from services.projections.engine.advance import Engine
from services.projections.engine.projection import Target
from services.projections.relationship import memory
from services.projections.relationship.memory import Known
from tests.ledger_in_process import Json
from tests.rebuilding import RELATIONSHIP, TODAY, TOKYO, Altered, Story

SEEDS = (1, 2)
LONGEST = 12


@pytest.fixture
def unfolded(story: Story) -> Story:
    """A ledger in which the story was told and nothing is folded yet."""
    ledger = story.beside("unfolded")

    def post(items: list[Json], _key: str) -> list[Json]:
        outcome = ledger.ledger.record(*items)
        assert isinstance(outcome, Recorded), outcome
        return [{"id": row.id} for row in outcome.rows]

    record_story(post, TODAY, TOKYO)
    return ledger


def check_rows(story: Story) -> None:
    """The rows are those of whole partners, folded at once by somebody else."""
    live = story.active(RELATIONSHIP.name)
    story.restart()
    story.rebuild(RELATIONSHIP)
    assert story.rows(RELATIONSHIP, live + 1) == story.rows(RELATIONSHIP, live)


def steps(story: Story, seed: int, engine: Callable[[], Engine]) -> None:
    """Take steps of any length until there is nothing more."""
    chance = random.Random(seed)  # noqa: S311
    while engine().advance(RELATIONSHIP, story.name, chance.randint(1, LONGEST)):
        continue


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_alone_makes_the_rows_of_whole_partners(
    unfolded: Story, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bool] = []

    def take(target: Target, position: int) -> Known | None:
        found = remembered(target, position)
        taken.append(found is not None)
        return found

    remembered = memory.take
    monkeypatch.setattr(memory, "take", take)
    steps(unfolded, seed, lambda: unfolded.engine)
    first, *later = taken
    assert not first
    assert later
    assert all(later)
    check_rows(unfolded)


@pytest.mark.parametrize("seed", SEEDS)
def test_workers_who_take_turns_make_the_rows_of_one(
    unfolded: Story, seed: int
) -> None:
    engines = [Engine(unfolded.books.pool) for _ in range(2)]
    chance = random.Random(-seed)  # noqa: S311
    steps(unfolded, seed, lambda: chance.choice(engines))
    check_rows(unfolded)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_that_was_rolled_back_leaves_nothing_behind(
    unfolded: Story, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    for fails_at in sorted(chance.sample(range(1, 100), 9)):
        shaky = Altered(RELATIONSHIP, RELATIONSHIP.version, [fails_at])
        unfolded.catch_up(shaky, most=chance.randint(1, LONGEST))
        unfolded.ask(RELATIONSHIP.name, generations.resume)
    unfolded.catch_up(RELATIONSHIP)
    check_rows(unfolded)


def test_partners_who_were_forgotten_are_read_again(
    unfolded: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "PARTNERS", 1)
    steps(unfolded, 0, lambda: unfolded.engine)
    check_rows(unfolded)
