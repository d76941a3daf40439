"""An event that cannot be folded stops one projection of one ledger, and is told."""

from collections.abc import Sequence
from typing import Final

import psycopg
import pytest
from prometheus_client import generate_latest

from contracts.events import ContactMade, RecordedEvent
from services.projections.answers.projections import read_projections
from services.projections.engine import generations
from tests.ledger_in_process import Json
from tests.rebuilding import ACTS, POSTINGS, Altered, Story

SAID: Final = "Yamada Hanako's daughter starts school"


def told(story: Story, name: str = "acts") -> Json:
    """What `/v1/projections` says of one."""
    with story.books.pool.connection() as connection:
        items = read_projections(connection, story.name)
    return next(item for item in items if item["name"] == name)


def new_contacts(story: Story, number: int) -> list[int]:
    return [story.contact(day=f"2025-11-{day + 1:02}") for day in range(number)]


def poisoned(*positions: int, version: int = 1) -> Altered:
    return Altered(ACTS, version=version, fails_at=positions)


def test_everything_before_the_event_is_applied(story: Story) -> None:
    positions = new_contacts(story, 20)
    for bad in (positions[13], positions[19]):
        story.catch_up(poisoned(bad))
        assert told(story)["position"] == bad - 1
        assert told(story)["halted_at"] == bad
        story.ask("acts", generations.resume)
    story.catch_up(ACTS)
    assert told(story)["position"] == positions[-1]
    story.rebuild(ACTS)
    assert set(story.states("acts")) == {"live", "kept"}


def test_a_halt_says_what_and_where(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = story.contact()
    story.catch_up(poisoned(bad))
    said = told(story)
    event = story.ledger.events()[-1]
    assert said["state"] == "halted"
    assert said["last_error"] == "ValueError"
    assert (said["halted_at"], said["halted_event"]) == (bad, event["id"])
    assert said["lag"]["events"] == 1
    logged = capsys.readouterr().out
    assert "projection_halted" in logged
    assert event["id"] in logged


def test_only_that_projection_of_that_ledger_stops(story: Story) -> None:
    other = story.beside("other")
    bad = story.contact()
    story.catch_up(poisoned(bad), POSTINGS)
    other.meet()
    assert told(story, "postings")["state"] == "live"
    assert told(story, "postings")["position"] == bad
    assert told(other)["position"] == 1
    assert [b.projection for b in story.engine.find_behind([ACTS, POSTINGS])] == []


def test_resuming_tries_the_event_again(story: Story) -> None:
    bad = story.contact()
    last = story.contact()
    story.catch_up(poisoned(bad))
    story.ask("acts", generations.resume)
    story.catch_up(poisoned(bad))
    assert told(story)["state"] == "halted"
    story.ask("acts", generations.resume)
    story.catch_up(ACTS)
    assert (told(story)["state"], told(story)["position"]) == ("live", last)


def test_a_higher_version_mends_a_halted_projection_by_itself(story: Story) -> None:
    bad = story.contact()
    last = story.contact()
    story.catch_up(poisoned(bad))
    mended = Altered(ACTS, version=2)
    story.engine.prepare(mended)
    assert told(story)["state"] == "halted"
    assert told(story)["rebuild"]["version"] == 2
    story.build(mended)
    assert told(story)["state"] == "live"
    assert (told(story)["version"], told(story)["position"]) == (2, last)


def test_a_build_that_halts_leaves_the_readers_what_they_have(story: Story) -> None:
    worse = poisoned(150, version=2)
    story.engine.prepare(worse)
    story.build(worse)
    said = told(story)
    assert (said["state"], said["version"], said["position"]) == ("rebuilding", 1, 296)
    assert said["rebuild"]["position"] == 149
    assert said["rebuild"]["halted_at"] == 150
    assert said["rebuild"]["halted_event"] == story.ledger.events()[149]["id"]
    assert said["last_error"] == "ValueError"
    assert said["progress"] == round(149 / 296, 4)
    story.engine.prepare(Altered(ACTS, version=3))
    story.build(Altered(ACTS, version=3))
    assert told(story)["version"] == 3


def test_an_event_that_breaks_the_switch_halts_the_build_only(story: Story) -> None:
    story.ask("acts", generations.request_rebuild)
    bad = story.contact()
    story.catch_up(ACTS)
    story.build(poisoned(bad), most=100)
    assert told(story)["position"] == bad
    assert story.states("acts")["building"].error is not None
    story.ask("acts", generations.resume)
    story.build(ACTS)
    assert story.active("acts") == 2


def repeating(events: Sequence[RecordedEvent]) -> None:
    """Fail as code may that puts what it met into the message."""
    if any(isinstance(e.data, ContactMade) and e.data.topic == SAID for e in events):
        raise ValueError(repr(events))


def all_that_is_told(story: Story) -> str:
    """The rows of checkpoints, `/v1/projections`, and the metrics."""
    with psycopg.connect(story.books.owner_dsn) as connection:
        rows = connection.execute("SELECT c::text FROM checkpoints c").fetchall()
    return f"{rows} {told(story)} {generate_latest().decode()}"


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_nothing_that_is_kept_or_told_repeats_what_the_event_says(
    story: Story, *, is_rebuilt: bool
) -> None:
    worse = Altered(ACTS, version=1, after_step=repeating)
    data = {"by": "us", "channel": "phone", "topic": SAID, "note": SAID}
    story.ledger.record(
        {"type": "ContactMade", "partner": "asanagi-works", "data": data}
    )
    if is_rebuilt:
        story.catch_up(ACTS)
        story.ask("acts", generations.request_rebuild)
        story.build(worse)
    story.catch_up(worse)
    assert told(story)["last_error"] == "ValueError"
    assert SAID not in all_that_is_told(story)
    assert "sealed:" not in all_that_is_told(story)
