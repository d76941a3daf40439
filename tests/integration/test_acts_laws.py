"""Rows of acts from the real log, against a slow reading and any batch boundaries."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.ledger.store.recordings import Recorded
from services.projections.acts.view import ActsProjection
from services.projections.engine.advance import Engine
from tests.histories import NAMES, ZONES, histories, resolve
from tests.history_moves import Request, occurrences
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.reading import Fact, facts
from tests.servers import Database
from tests.thoroughness import examples

names = count()
law = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
sides = st.sampled_from(["us", "partner"])
channels = st.sampled_from(["in_person", "video"])
batches = st.lists(st.integers(1, 9), min_size=1, max_size=6)
Row = tuple[Any, ...]


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


@st.composite
def lives(draw: st.DrawFn) -> list[Request]:
    """Histories with people, attempts and meetings put in anywhere at their end."""
    history: list[Request] = draw(histories(partners=3))
    partners = sorted({request["partner"] for request in history})
    for name in draw(st.lists(st.sampled_from(partners), max_size=8)):
        kind, data = draw(_extra(name, len(history)))
        stream = "_ledger" if data.get("side") == "us" else name
        on = draw(occurrences())
        history.append(
            {"type": kind, "partner": stream, "occurred_at": on, "data": data}
        )
        if draw(st.booleans()):
            target = {"target_index": draw(st.integers(0, len(history) - 1))}
            stream = history[target["target_index"]]["partner"]
            data = {"target": target, "reason": "Not so."}
            history.append({"type": "EventRetracted", "partner": stream, "data": data})
    return history


def _extra(name: str, number: int) -> st.SearchStrategy[tuple[str, Json]]:
    person = st.sampled_from(["hanako", "taro"])
    persons = st.lists(person | st.just("birch/hanako"), min_size=1, max_size=3)
    added = {"person": person, "side": sides, "name": st.just(f"P {number}")}
    others = st.sampled_from([other for other in NAMES if other != name])
    return st.one_of(
        _made("PersonAdded", **added),
        _made("PersonAdded", **added),
        _made("ContactAttempted", by=sides, channel=channels),
        _made("GoalAsked", by=sides),
        _made("ContactMade", by=sides, channel=channels, persons=persons),
        _made("PartnerMerged", into=others, reason=st.just("One.")),
        _made("MeetingScheduled", on=occurrences(), channel=channels, persons=persons),
    )


def _made(
    kind: str, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[tuple[str, Json]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(fields))


def recorded(opened: Books, history: Sequence[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    ledger = opened.ledger(f"acts-{next(names)}", zone)
    Engine(opened.pool).prepare(ActsProjection())
    ids: dict[int, str] = {}
    for index, request in enumerate(history):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else ledger.record(resolved)
        if isinstance(outcome, Recorded):
            event(request["type"])
            ids[index] = outcome.rows[0].id
    return ledger


def folded(ledger: InProcess, steps: Sequence[int]) -> dict[str, list[Row]]:
    """Every row after folding from the start in batches of these sizes, repeated."""
    with ledger.books.pool.connection() as connection:
        for table in TABLES:
            delete = f"DELETE FROM {table} WHERE ledger_id = %s"  # noqa: S608
            connection.execute(delete, (ledger.name,))
        back = "UPDATE checkpoints SET position = 0 WHERE ledger_id = %s"
        connection.execute(back, (ledger.name,))
    sizes, engine = iter(steps), Engine(ledger.books.pool)
    while engine.advance(ActsProjection(), ledger.name, next(sizes, steps[-1])):
        continue
    with ledger.books.pool.connection() as connection:
        error = "SELECT error FROM checkpoints WHERE ledger_id = %s AND error <> ''"
        assert not connection.execute(error, (ledger.name,)).fetchall()
        return {
            table: connection.execute(query, (ledger.name,)).fetchall()
            for table, query in TABLES.items()
        }


TABLES = {
    "acts": """
        SELECT position, partner, stream, event_id::text, act, by_side, kind,
            in_person, thin, acts_from, day, month, persons
        FROM acts WHERE ledger_id = %s ORDER BY position""",
    "act_people": """
        SELECT stream, person FROM act_people
        WHERE ledger_id = %s ORDER BY stream, person""",
    "late_facts": """
        SELECT position, partner, event_id::text, type, occurred_at, occurred_from,
            occurred_to, acts_from, recorded_at, recorded_by, days
        FROM late_facts WHERE ledger_id = %s ORDER BY position""",
}


@law
@given(history=lives(), zone=st.sampled_from(ZONES), steps=batches)
def test_rows_do_not_depend_on_batch_boundaries(
    open_books: Books, history: list[Json], zone: str, steps: list[int]
) -> None:
    ledger = recorded(open_books, history, zone)
    whole = folded(ledger, [5_000])
    assert folded(ledger, steps) == whole
    assert folded(ledger, [1]) == whole


@law
@given(history=lives(), zone=st.sampled_from(ZONES), steps=batches)
def test_rows_are_those_of_the_slow_reading(
    open_books: Books, history: list[Json], zone: str, steps: list[int]
) -> None:
    ledger = recorded(open_books, history, zone)
    log = {e["position"]: e for e in ledger.events()}
    read = facts(log.values(), position=len(log), zone=ledger.zone)
    read.sort(key=lambda fact: fact.position)
    rows = folded(ledger, steps)
    into = {f.stream: f.data["into"] for f in read if f.type == "PartnerMerged"}
    acts = [expected_act(f, log[f.position], into, ledger.zone) for f in read]
    assert rows["acts"] == [act for act in acts if act is not None]
    people = {
        (f.stream, f.data["person"])
        for f in read
        if f.type == "PersonAdded" and f.stream != "_ledger"
    }
    assert rows["act_people"] == sorted(people)
    late = [(f, recorded_at(log[f.position]) - f.occurred_to) for f in read]
    assert [(row[0], row[1], row[-1]) for row in rows["late_facts"]] == [
        (f.position, survivor(into, f.stream), lag.days)
        for f, lag in late
        if lag >= timedelta(days=1)
    ]


def recorded_at(row: Json) -> datetime:
    return datetime.fromisoformat(row["recorded_at"])


def survivor(into: dict[str, str], stream: str) -> str:
    return survivor(into, into[stream]) if stream in into else stream


ACTS = {
    "ContactAttempted": "attempt",
    "ContactMade": "contact",
    "MeetingScheduled": "meeting",
    "GoalAsked": "goal_asked",
    "PrincipleStated": "principle",
    "PrincipleAcknowledged": "stance",
    "HelpOffered": "offer",
    "OfferAccepted": "acceptance",
    "HelpDelivered": "delivery",
    "DeliveryAcknowledged": "acknowledgement",
    "BenefitReported": "benefit",
    "AllianceProposed": "proposal",
    "AllianceAgreed": "agreement",
    "ResourceCommitted": "commitment",
}


def expected_act(
    fact: Fact, row: Json, into: dict[str, str], zone: ZoneInfo
) -> Row | None:
    if fact.type not in ACTS:
        return None
    by = fact.data.get("by") or fact.data.get("gained_by")
    if fact.type in {"OfferAccepted", "DeliveryAcknowledged"}:
        by = "partner" if fact.completed["by"] == "us" else "us"
    day = fact.acts_from.astimezone(zone).date()
    return (
        fact.position,
        survivor(into, fact.stream),
        fact.stream,
        row["id"],
        ACTS[fact.type],
        by,
        fact.data.get("channel") or fact.data.get("kind"),
        fact.data.get("channel") == "in_person",
        fact.type == "ContactAttempted",
        fact.acts_from,
        day,
        date(day.year, day.month, 1),
        list(dict.fromkeys(fact.data.get("persons", []))),
    )
