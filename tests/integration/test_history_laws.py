"""Histories and changes from the real log, whatever was recorded, at pairs of cuts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from contracts.events import RecordedEvent
from contracts.events.reading import Fact, read
from services.foundation.access import Grant
from services.foundation.database import statement
from services.foundation.event_log import decode, read_after
from services.ledger.store.recordings import Recorded
from services.projections.answers.between import Cut
from services.projections.answers.known import (
    Known,
    events_between,
    known,
    state_of,
    stood,
)
from services.projections.answers.question import Question
from services.projections.answers.relationships import (
    facts_of,
    happened,
    judge_of,
    see_one,
)
from services.projections.answers.stages import history, history_rows
from services.projections.answers.steps import step_item, steps
from services.projections.answers.streams import streams_for
from services.projections.relationship.fold.relationship import in_order
from services.projections.relationship.streams import survivors
from tests.histories import ZONES, resolve
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.reading import facts as read_slowly
from tests.oracle.reading import interval
from tests.servers import Database
from tests.stage_histories import stage_cuts, stage_histories
from tests.thoroughness import examples

names = count()
law = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HERE = "services.projections.answers"
Log = Connection[Any]
Sums = dict[tuple[str, ...], Decimal]


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


def told(opened: Books, requests: Sequence[Json], zone: str) -> InProcess:
    """A ledger whose books hold what of a history the rules allow."""
    ledger = opened.ledger(f"changes-{next(names)}", zone)
    ids: dict[int, str] = {}
    for index, request in enumerate(requests):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    ledger.fold()
    return ledger


def asked(ledger: InProcess, text: str, position: int) -> Question:
    grant = Grant(ledger.name, ledger.zone, "tester", frozenset({"read"}))
    as_of = interval(text, ledger.zone)[1]
    return Question(grant, as_of, position, 1, as_of_given=True)


def roots(events: list[Json], position: int, zone: ZoneInfo) -> list[str]:
    """The partners known at a position that no merge has taken away."""
    facts = read_slowly(events, position=position, zone=zone)
    gone = {f.stream for f in facts if f.type == "PartnerMerged"}
    return sorted({f.stream for f in facts if f.type == "PartnerIdentified"} - gone)


def sums(rows: Sequence[tuple[Any, ...]]) -> Sums:
    """By side, account, unit and thing, what is not zero."""
    found: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for *key, amount in rows:
        found[tuple(key)] += Decimal(amount)
    return {key: total for key, total in found.items() if total}


def posted(log: Log, question: Question, partner: str) -> Sums:
    streams = streams_for(log, question, partner).parameters["streams"]
    place = {"after": 0, "after_n": 0, "max_rows": 100_000}
    parameters = question.parameters(streams=streams, root=partner, **place)
    rows = log.execute(statement(HERE, "postings"), parameters).fetchall()
    return sums([(*row[4:7], row[8], row[7]) for row in rows])


@law
@given(
    data=st.data(), requests=stage_histories(partners=3), zone=st.sampled_from(ZONES)
)
def test_the_effects_of_a_history_make_the_stages_and_the_postings(
    open_books: Books, data: st.DataObject, requests: list[Json], zone: str
) -> None:
    ledger, where = told(open_books, requests, zone), ZoneInfo(zone)
    events = ledger.events()
    for _ in range(5):
        text, cut = data.draw(stage_cuts(requests, zone=where, head=len(events)))
        question = asked(ledger, text, cut)
        with open_books.pool.connection() as log:
            for partner in roots(events, cut, where):
                check_history(log, question, partner)


def check_history(log: Log, question: Question, partner: str) -> None:
    seen = see_one(log, question, judge_of(log, question), partner)
    facts = happened(facts_of(log, question, partner), question.as_of)
    made = [] if seen is None else history_rows(seen)
    items = [step_item(step, partner, {}) for step in steps(facts, made)]
    assert [i["event"] for i in items if i["event"]] == [f.event.id for f in facts]
    instants = [item["acts_from"] for item in items]
    assert instants == sorted(instants)
    stages = [stage for item in items for stage in item["effect"]["stages"]]
    rows = [] if seen is None else history(seen)
    kept = ("stage", "episode", "from", "because")
    assert stages == [{name: row[name] for name in kept} for row in rows]
    effects = [
        (p["side"], p["account"], p["unit"], p["ref"], p["amount"])
        for item in items
        for p in item["effect"]["postings"]
    ]
    assert sums(effects) == posted(log, question, partner)


@law
@given(
    data=st.data(), requests=stage_histories(partners=3), zone=st.sampled_from(ZONES)
)
def test_the_events_in_between_are_all_that_made_the_difference(
    open_books: Books, data: st.DataObject, requests: list[Json], zone: str
) -> None:
    ledger, where = told(open_books, requests, zone), ZoneInfo(zone)
    events = ledger.events()
    with open_books.pool.connection() as log:
        stored = [decode(row) for row in read_after(log, ledger.name, 0, 10_000)]
        for _ in range(5):
            text, cut = data.draw(stage_cuts(requests, zone=where, head=len(events)))
            question = asked(ledger, text, cut)
            earlier = data.draw(st.integers(0, cut))
            for partner in roots(events, cut, where):
                check_changes(log, question, earlier, partner, stored)


def check_changes(
    log: Log, question: Question, earlier: int, partner: str, stored: Sequence[Any]
) -> None:
    cut = Cut(question, question)
    now = known(log, cut, judge_of(log, question), partner)
    before = cut.at(earlier)
    then = known(log, before, judge_of(log, before.seen), partner)
    made = events_between(log, then, now)
    assert all(earlier < event.position <= question.position for event in made)
    listed = {event.id for event in made}
    enough = [e for e in stored if e.position <= earlier or e.id in listed]
    anew = in_force_of(enough, partner, question)
    assert anew == list(happened(now.facts, question.as_of))
    if not made:
        check_equal(log, then, now)


def in_force_of(
    events: Sequence[RecordedEvent], partner: str, question: Question
) -> list[Fact]:
    """What the facts of a partner would be if only these events had been recorded."""
    by_stream: dict[str, list[RecordedEvent]] = {}
    for event in events:
        by_stream.setdefault(event.partner, []).append(event)
    answering = survivors(by_stream)
    own = [e for e in events if answering[e.partner] == partner]
    facts = in_order(read(own, question.grant.zone))
    return list(happened(facts, question.as_of))


def check_equal(log: Log, then: Known, now: Known) -> None:
    """Without such an event nothing was believed that is not believed now."""
    if then.answers:
        states = [state_of(log, told, stood(told), "en") for told in (then, now)]
        assert states[0] == states[1]
    else:
        assert not happened(now.facts, now.cut.seen.as_of)
