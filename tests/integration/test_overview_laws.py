"""Alliances, proposals and stages over time are those of each partner, at every cut."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, product
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from contracts.events import AllianceAgreed, AllianceProposed, EventData
from contracts.occurrence import interval as span
from services.foundation.access import Grant
from services.foundation.problems import Problem
from services.ledger.store.recordings import Recorded
from services.projections.answers.alliances import (
    listed_alliances,
    one_alliance,
    search_alliances,
)
from services.projections.answers.proposals import (
    Premature,
    proposals_of,
    search_proposers,
)
from services.projections.answers.question import Question
from services.projections.answers.relationships import judge_of, see_one
from services.projections.answers.stages_over_time import Filters, count_stages
from services.projections.answers.windows import month_text, months_up_to
from services.projections.engine.advance import Engine
from services.projections.relationship.fold.stages import STAGES
from services.projections.relationship.fold.standing import Sight
from services.projections.relationship.view import RelationshipProjection
from tests.histories import ZONES, resolve
from tests.ledger_in_process import Books, InProcess, Json, books
from tests.oracle.reading import interval
from tests.servers import Database
from tests.stage_histories import stage_cuts, stage_histories
from tests.thoroughness import examples

names = count()
law = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ALL = Filters(None, None)


@pytest.fixture
def open_books(database: Database) -> Iterator[Books]:
    with books(database) as opened:
        yield opened


@dataclass(frozen=True)
class Asked:
    """A ledger as one question sees it."""

    connection: Connection[Any]
    question: Question
    partners: tuple[str, ...]

    def each(self, as_of: datetime | None = None) -> dict[str, Sight]:
        """How each partner stood, asked one by one."""
        question = replace(self.question, as_of=as_of or self.question.as_of)
        judge = judge_of(self.connection, question)
        found: dict[str, Sight] = {}
        for partner in self.partners:
            with suppress(Problem):  # unknown at the cut, or merged
                seen = see_one(self.connection, question, judge, partner)
                found |= {} if seen is None else {partner: seen}
        return found


def told(opened: Books, requests: list[Json], zone: str) -> InProcess:
    """A ledger that recorded what of a history the rules allow."""
    ledger = opened.ledger(f"overview-{next(names)}", zone, RelationshipProjection())
    ids: dict[int, str] = {}
    for index, request in enumerate(requests):
        resolved = resolve(request, ids)
        outcome = None if resolved is None else ledger.record(resolved)
        if isinstance(outcome, Recorded):
            ids[index] = outcome.rows[0].id
    return ledger


def _check_stages(asked: Asked) -> None:
    question, zone = asked.question, asked.question.grant.zone
    months = months_up_to(question, 24).months
    counted = count_stages(asked.connection, question, ALL, months)
    for month, item in zip(months, counted, strict=True):
        end = min(span(month_text(month), zone).last, question.as_of)
        stages = Counter(s.told.stages.now.stage for s in asked.each(end).values())
        expected = {stage: stages[stage] for stage in STAGES}
        assert item == {"month": month_text(month), **expected}, end


def _check_proposals(asked: Asked) -> None:
    expected = [
        proposal
        for partner, seen in sorted(asked.each().items())
        for proposal in proposals_of(partner, seen)
    ]
    judge = judge_of(asked.connection, asked.question)
    start = ("", "", "")
    both: tuple[Premature, Premature] = ("any", "true")
    for premature, wanted in product(both, (1, 100)):
        sights = search_proposers(
            asked.connection, asked.question, judge, start, premature, wanted
        )
        found = [p for partner, seen in sights for p in proposals_of(partner, seen)]
        kept = [p for p in found if premature == "any" or p["premature"]]
        assert kept == [p for p in expected if premature == "any" or p["premature"]]
    event(f"premature: {any(p['premature'] for p in expected)}")
    event(f"cleared: {any(p['cleared_at'] for p in expected)}")


def _check_alliances(asked: Asked) -> None:
    judge = judge_of(asked.connection, asked.question)
    found = list(search_alliances(asked.connection, asked.question, judge, ""))
    items = listed_alliances(asked.connection, asked.question, judge, found)
    each = asked.each()
    expected = {
        key.rpartition("/")[2]
        for seen in each.values()
        for key in seen.told.profile.alliances
    }
    assert [item["alliance"] for item in items] == sorted(expected)
    for item in items:
        name = str(item["alliance"])
        one = one_alliance(asked.connection, asked.question, name)
        told_by = dict.fromkeys(p["partner"] for p in one["partners"])
        assert item == {**{n: one[n] for n in item}, "partners": list(told_by)}
        _check_partners(one, each)


def _check_partners(one: Json, each: dict[str, Sight]) -> None:
    """State and dates as the partner's own answers tell them."""
    for told_ in one["partners"]:
        alliance = each[told_["partner"]].told.profile.alliances[told_["alliance"]]
        event(f"state: {told_['state']}")
        assert told_["starts"] == alliance.starts
        said = alliance.state
        later = {"agreed": {"agreed", "in_force", "ended"}}
        assert told_["state"] in later.get(said, {said})


def test_introducing_an_alliance_takes_these_types() -> None:
    introducing = {
        name
        for name, model in EventData.catalogue.items()
        if (model.introduces or ("", ""))[1] == "alliance"
    }
    assert introducing == {AllianceProposed.__name__, AllianceAgreed.__name__}


@law
@given(st.data())
def test_what_is_told_of_all_is_what_is_told_of_each(
    open_books: Books, data: st.DataObject
) -> None:
    history = data.draw(stage_histories(size=40, partners=3))
    ledger = told(open_books, history, data.draw(st.sampled_from(ZONES)))
    head = len(ledger.events())
    # The worker may be behind: of what came later no row tells.
    folded = data.draw(st.just(head) | st.integers(1, head))
    Engine(open_books.pool).advance(ledger.projection, ledger.name, folded)
    partners = tuple(sorted({e["partner"] for e in ledger.events()} - {"_ledger"}))
    for _ in range(3):
        cut = stage_cuts(history, zone=ledger.zone, head=folded)
        text, position = data.draw(cut)
        grant = Grant(ledger.name, ledger.zone, "tester", frozenset({"read"}))
        as_of = interval(text, ledger.zone)[1]
        question = Question(grant, as_of, position, 1, as_of_given=True)
        with ledger.books.pool.connection() as connection:
            asked = Asked(connection, question, partners)
            _check_stages(asked)
            _check_proposals(asked)
            _check_alliances(asked)
