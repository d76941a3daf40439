"""The self-audit finds whatever was tampered with, and nothing where nothing was."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.ledger.store.recordings import Recorded
from services.projections.audit.audit import Audit, Auditing
from services.projections.audit.findings import Bounds
from services.projections.engine.advance import Engine
from tests.histories import ZONES, histories, resolve
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.rebuilding import ACTS, EVERY, RELATIONSHIP, Story
from tests.servers import Database
from tests.stage_histories import stage_histories
from tests.thoroughness import examples

names = count()
QUICK = Bounds(rest_seconds=0)
law = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


def audit(opened: Books, ledger: str, seed: int = 7, bounds: Bounds = QUICK) -> Audit:
    def rest(_seconds: float) -> bool:
        return False

    return Auditing(opened.pool, ledger, seed, rest, bounds).run()


def kinds(story: Story) -> set[str]:
    made = audit(story.books, story.name)
    assert made.ok == (not made.found.findings)
    return {finding.kind for finding in made.found.findings}


def tamper(story: Story, statement: str, *parameters: Any) -> None:
    """As somebody does who may do anything, past every trigger."""
    with psycopg.connect(story.books.owner_dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        done = connection.execute(statement, parameters or None)
        assert done.rowcount > 0


def recorded(opened: Books, requests: list[Json], zone: str) -> InProcess:
    """A ledger that holds what of a history the rules allow."""
    ledger = opened.ledger(f"audited-{next(names)}", zone)
    ids: dict[int, str] = {}
    for index, request in enumerate(requests):
        resolved = resolve(request, ids)
        if resolved is None:
            continue
        outcome = ledger.record(resolved)
        if isinstance(outcome, Recorded):
            event(outcome.rows[0].type)
            ids[index] = outcome.rows[0].id
    return ledger


@law
@given(
    requests=histories(partners=4) | stage_histories(),
    zone=st.sampled_from(ZONES),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_nothing_is_found_after_honest_corrections_and_merges(
    open_books: Books, requests: list[Json], zone: str, sizes: list[int]
) -> None:
    ledger = recorded(open_books, requests, zone)
    engine = Engine(open_books.pool)
    for projection in EVERY:
        engine.prepare(projection)
        steps = iter(sizes)
        while engine.advance(projection, ledger.name, next(steps, 5_000)):
            continue
    made = audit(open_books, ledger.name)
    assert made.found.findings == []
    assert made.position == made.found.checked["positions"] == len(ledger.events())


def test_an_audit_says_what_it_looked_at(story: Story) -> None:
    made = audit(story.books, story.name)
    assert made.ok
    checked = made.found.checked
    assert checked["positions"] == checked["posted_positions"]
    assert checked["events"] == checked["positions"] == made.position
    assert checked["partners"] > 5
    stored = (rows for p in EVERY for rows in story.rows(p, 1).values())
    assert checked["rows"] == sum(map(len, stored))


def test_read_models_that_are_behind_are_audited_where_they_are(story: Story) -> None:
    story.contact()
    story.contact()
    story.catch_up(ACTS)
    story.catch_up(RELATIONSHIP, most=1)
    story.contact()
    assert kinds(story) == set()


def test_rows_are_right_after_a_rebuild_too(story: Story) -> None:
    for projection in EVERY:
        story.rebuild(projection)
    assert kinds(story) == set()
    tamper(story, "UPDATE acts_2 SET in_person = NOT in_person")
    assert kinds(story) == {"row-changed"}


TAMPERING = [
    ("UPDATE postings SET amount = amount + 1", {"row-changed", "sum-not-zero"}),
    ("UPDATE postings SET position = position + 100000", {"row-missing", "row-extra"}),
    ("UPDATE postings SET partner = 'nobody'", {"row-missing", "partner-unknown"}),
    ("DELETE FROM postings WHERE account <> 'world'", {"row-missing", "sum-not-zero"}),
    ("UPDATE markers SET marker = 'declined'", {"row-changed"}),
    ("UPDATE promises SET until = '2031'", {"row-changed"}),
    ("UPDATE benefits SET gained_by = 'neither'", {"row-changed"}),
    ("DELETE FROM imprecise_dates", {"row-missing"}),
    ("UPDATE relationships SET document = document || ' '", {"row-changed"}),
    ("UPDATE relationships SET policy = 'another'", {"row-changed"}),
    ("DELETE FROM relationships", {"row-missing"}),
    ("UPDATE standings SET stage = 'allied'", {"row-changed"}),
    ("DELETE FROM alliance_partners", {"row-missing"}),
    ("UPDATE open_promises SET delivered = delivered + 1", {"row-changed"}),
    ("UPDATE acts SET acts_from = acts_from - interval '1 hour'", {"row-changed"}),
    ("DELETE FROM act_people", {"row-missing"}),
    ("UPDATE late_facts SET days = days + 1", {"row-changed"}),
    (
        (
            "INSERT INTO acts SELECT ledger_id, generation, partner, stream,"
            " position + 100000, event_id, act, by_side, kind, in_person, thin,"
            " acts_from, day, month, persons FROM acts"
        ),
        {"row-extra"},
    ),
    (
        (
            "INSERT INTO standings SELECT ledger_id, generation, 'nobody', n, stage,"
            " earned, episode, from_at, to_at FROM standings LIMIT 1"
        ),
        {"partner-unknown"},
    ),
    (
        (
            "UPDATE events SET data = replace(data, 'phone', 'video')"
            " WHERE data LIKE '%phone%'"
        ),
        {"row-changed"},
    ),
    ("UPDATE events SET data = '{'", {"not-readable"}),
    ("UPDATE events SET version = version + 1000", {"version-gap"}),
    (
        "UPDATE events SET position = position + 100000 WHERE position > 20",
        {"position-missing", "head-differs"},
    ),
    ("DELETE FROM events WHERE position = 5", {"position-missing", "row-extra"}),
    (
        "DELETE FROM events WHERE position = (SELECT max(position) FROM events)",
        {"head-differs"},
    ),
    (
        (
            "UPDATE events SET recorded_at = recorded_at + interval '1 day'"
            " WHERE position = 9"
        ),
        {"recorded-earlier"},
    ),
    ("UPDATE ledger_heads SET position = position + 1", {"head-differs"}),
]


@pytest.mark.parametrize(("statement", "expected"), TAMPERING)
def test_whatever_is_tampered_with_is_found(
    story: Story, statement: str, expected: set[str]
) -> None:
    tamper(story, statement)
    assert expected <= kinds(story)


def test_one_changed_row_is_named_with_its_partner_and_position(story: Story) -> None:
    newest = "(SELECT max(position) FROM acts)"
    tamper(story, f"UPDATE acts SET thin = NOT thin WHERE position = {newest}")  # noqa: S608
    (found,) = audit(story.books, story.name).found.findings
    (row,) = (e for e in story.ledger.events() if e["position"] == found.position)
    assert found.kind == "row-changed"
    assert found.partner == row["partner"]
    assert found.detail == (
        f"acts (position {found.position}): the log says otherwise of thin"
    )


def test_the_same_seed_looks_at_the_same_partners(story: Story) -> None:
    few = Bounds(partners=2, rest_seconds=0)
    looked_at = {
        seed: [audit(story.books, story.name, seed, few).found.checked for _ in "ab"]
        for seed in range(6)
    }
    assert all(first == again for first, again in looked_at.values())
    assert len({str(first) for first, _ in looked_at.values()}) > 1


def test_partners_with_too_many_events_are_left_out_and_counted(story: Story) -> None:
    made = audit(story.books, story.name, bounds=Bounds(events_a_partner=1))
    assert made.ok
    assert made.found.checked["partners_left_out"] > 5


def test_books_with_too_many_corrections_are_left_out_and_counted(
    story: Story,
) -> None:
    (row,) = [e for e in story.ledger.events() if e["type"] == "GoalAchieved"][:1]
    why = {"target": row["id"], "reason": "Not yet."}
    story.ledger.record(
        {"type": "EventRetracted", "partner": row["partner"], "data": why}
    )
    story.catch_up()
    bounds = Bounds(readings_a_partner=1, rest_seconds=0)
    tamper(story, "UPDATE postings SET leg = leg || 's'")
    made = audit(story.books, story.name, bounds=bounds)
    assert made.found.checked["partners_left_out"] == 1
    assert row["partner"] not in {f.partner for f in made.found.findings}


def test_a_long_log_is_looked_at_in_stretches(story: Story) -> None:
    stretches = Bounds(positions_at_once=7, rest_seconds=0)
    made = audit(story.books, story.name, bounds=stretches)
    assert made.ok
    assert made.found.checked["positions"] == made.position
    tamper(story, "DELETE FROM events WHERE position IN (7, 8, 30)")
    made = audit(story.books, story.name, bounds=stretches)
    gaps = [f for f in made.found.findings if f.kind == "position-missing"]
    assert [gap.position for gap in gaps] == [9, 31]


def test_an_audit_ends_when_its_time_is_over(story: Story) -> None:
    made = audit(story.books, story.name, bounds=Bounds(seconds=0))
    assert made.ok
    assert made.found.checked["partners"] <= 2
