"""Stages and flags from the real log and rows, against the brute-force oracle."""

from collections.abc import Iterator
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.foundation.access import Grant
from services.ledger.store.recordings import Recorded
from services.projections.answers.question import Question
from services.projections.answers.relationships import judge_of, see_one
from services.projections.answers.stages import current, history
from services.projections.relationship.view import TABLES, RelationshipProjection
from tests.histories import ZONES, resolve
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.because import is_sufficient
from tests.oracle.reading import facts, folded_into, interval
from tests.oracle.stages import stages
from tests.servers import Database
from tests.stage_histories import stage_cuts, stage_histories
from tests.thoroughness import examples

names = count()
law = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BELOW_READY = (
    *("contact", "goals", "acknowledged", "delivery_days", "days_since"),
    *("our_principles", "takes_time"),
)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


def told(opened: Books, requests: list[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    name = f"stages-{next(names)}"
    ledger = opened.ledger(name, zone, RelationshipProjection())
    ids: dict[int, str] = {}
    for index, request in enumerate(requests):
        resolved = resolve(request, ids)
        if resolved is None:
            continue
        outcome = ledger.record(resolved)
        event("recorded" if isinstance(outcome, Recorded) else "refused")
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    return ledger


def asked(
    ledger: InProcess, partner: str, text: str, position: int, policy: str | None = None
) -> Json:
    """What `/v1/partners/{id}/stages` answers."""
    grant = Grant(ledger.name, ledger.zone, "tester", frozenset({"read"}))
    as_of = interval(text, ledger.zone)[1]
    question = Question(grant, as_of, position, 1, as_of_given=True)
    with ledger.books.pool.connection() as connection:
        judge = judge_of(connection, question, policy)
        seen = see_one(connection, question, judge, partner)
    if seen is None:
        return {"policy": judge.name, "current": None, "history": []}
    return {
        "policy": judge.name,
        "current": current(seen, "en"),
        "history": history(seen),
    }


def roots(events: list[Json], position: int, zone: ZoneInfo) -> list[str]:
    """The partners known at a position that no merge has taken away."""
    read = facts(events, position=position, zone=zone)
    known = {f.stream for f in read if f.type == "PartnerIdentified"}
    gone = {f.stream for f in read if f.type == "PartnerMerged"}
    assert all(folded_into(read, root) for root in known - gone)
    return sorted(known - gone)


def flags_of(body: Json) -> dict[str, Any]:
    """Flags by name, with what the oracle too says of them."""
    found: dict[str, Any] = {}
    for flag in body["flags"]:
        more = flag.get("side") or flag.get("sides")
        found[flag["flag"]] = more
    return found


def missing_of(body: Json) -> list[Json]:
    """What is missing; of an ally who has not earned it the oracle says only that."""
    if body["stage"] != "allied":
        return sorted(body["missing"], key=str)
    lower, own = body["earned"] != "ready", []
    for lack in body["missing"]:
        if lack["condition"] == "act" and lower:
            continue  # the next act earns what lies below too
        if lack["condition"].startswith(BELOW_READY):
            assert lower, body
        elif lack["condition"] != "earned_ready":
            own.append(lack)
    return [*sorted(own, key=str), {"lower": lower}]


def check(found: Json, expected: Json, about: tuple[Any, ...]) -> None:
    assert found["policy"] == expected["policy"], about
    rows = [{k: v for k, v in r.items() if k != "because"} for r in found["history"]]
    told_ = [
        {k: v for k, v in r.items() if k != "because"} for r in expected["history"]
    ]
    assert rows == told_, about
    one, other = found["current"], expected["current"]
    if other is None:
        assert one is None, about
        return
    assert one is not None, about
    for member in ("stage", "earned", "episode", "entered_at"):
        assert one[member] == other[member], (member, about)
    assert missing_of(one) == missing_of(other), about
    assert flags_of(one) == flags_of(other), about
    event(f"stage {one['stage']}")
    for flag in one["flags"]:
        event(f"flag {flag['flag']}")


@law
@given(
    data=st.data(), requests=stage_histories(partners=3), zone=st.sampled_from(ZONES)
)
def test_stages_and_flags_equal_the_brute_force_fold_at_every_pair_of_cuts(
    open_books: Books, data: st.DataObject, requests: list[Json], zone: str
) -> None:
    ledger = told(open_books, requests, zone)
    events, where = ledger.events(), ZoneInfo(zone)
    ledger.fold(data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6)))
    policies = [None, "v1"]
    for _ in range(5):
        text, cut = data.draw(stage_cuts(requests, zone=where, head=len(events)))
        policy = data.draw(st.sampled_from(policies))
        for partner in roots(events, cut, where):
            question: Json = {"position": cut, "zone": where, "partner": partner}
            as_of = interval(text, where)[1]
            expected = stages(events, as_of=as_of, policy=policy, **question)
            found = asked(ledger, partner, text, cut, policy)
            check(found, expected, (partner, text, cut, policy))
            for number in range(len(found["history"])):
                assert is_sufficient(
                    events, found["history"], number, policy=policy, **question
                ), (partner, text, cut, policy, found["history"][number])


@law
@given(data=st.data(), requests=stage_histories(partners=2))
def test_rows_do_not_depend_on_how_the_log_was_cut_into_batches(
    open_books: Books, data: st.DataObject, requests: list[Json]
) -> None:
    ledger = told(open_books, requests, "Asia/Tokyo")
    ledger.fold(data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6)))
    stepwise = rows_of(open_books, ledger.name)
    anew = told(open_books, requests, "Asia/Tokyo")
    anew.fold()
    whole = rows_of(open_books, anew.name)
    swapped = dict(
        zip(
            [e["id"] for e in anew.events()],
            [e["id"] for e in ledger.events()],
            strict=True,
        )
    )
    assert stepwise == [renamed(row, swapped) for row in whole]


def renamed(row: tuple[str, ...], ids: dict[str, str]) -> tuple[str, ...]:
    def swap(cell: str) -> str:
        for old, new in ids.items():
            cell = cell.replace(old, new)
        return cell

    return tuple(swap(cell) for cell in row)


def rows_of(opened: Books, ledger: str) -> list[tuple[str, ...]]:
    """Every row of the read model, without what tells when it was written."""
    left_out = {"ledger_id", "generation", "position", "policy"}
    found = []
    with opened.pool.connection() as connection:
        for table in TABLES:
            answer = connection.execute(
                f"SELECT * FROM {table} WHERE ledger_id = %s",  # noqa: S608
                (ledger,),
            )
            columns = [column.name for column in answer.description or ()]
            for row in answer:
                cells = zip(columns, row, strict=True)
                found.append((table, *(str(v) for c, v in cells if c not in left_out)))
    return sorted(found)
