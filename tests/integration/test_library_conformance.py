"""Our recorder passes the eventsourcing library's own conformance cases."""

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
)
from typing_extensions import override

from services.ledger.store.application import application_of, relationship_in
from services.ledger.store.recorder import LedgerAggregateRecorder, LedgerRecorder
from tests.ledger_in_process import Books, books
from tests.servers import Database

names = count()


@pytest.fixture
def opened(database: Database) -> Iterator[Books]:
    with books(database) as found:
        yield found


@pytest.fixture
def for_cases(opened: Books, request: pytest.FixtureRequest) -> None:
    request.cls.opened = opened


def recorder_of(opened: Books) -> LedgerRecorder:
    name = f"library-{next(names)}"
    opened.ledger(name, "UTC")
    return LedgerRecorder(opened.pool, opened.writer, name, opened.owner_dsn)


@pytest.mark.usefixtures("for_cases")
class TestApplicationRecorder(ApplicationRecorderTestCase[ApplicationRecorder]):
    opened: ClassVar[Books]

    @override
    def create_recorder(self) -> ApplicationRecorder:
        return recorder_of(self.opened)

    @override
    def new_originator_id(self) -> str:
        return str(uuid4())

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


@pytest.mark.usefixtures("for_cases")
class TestAggregateRecorder(AggregateRecorderTestCase):
    opened: ClassVar[Books]

    @override
    def create_recorder(self) -> Any:
        return LedgerAggregateRecorder(recorder_of(self.opened))

    @override
    def new_originator_id(self) -> str:
        return str(uuid4())


def test_an_application_of_the_library_reads_and_appends_our_facts(
    opened: Books,
) -> None:
    ledger = opened.ledger("application", "UTC")
    known = {"type": "PartnerIdentified", "partner": "acme", "data": {"name": "Acme"}}
    offer = {"offer": "o1", "by": "us", "kind": "goods"}
    ledger.record(known)
    ledger.record({"type": "HelpOffered", "partner": "acme", "data": offer})
    recorder = LedgerRecorder(opened.pool, opened.writer, ledger.name, opened.owner_dsn)
    with application_of(recorder) as application:
        state = application.repository.get(
            "acme", projector_func=relationship_in(ZoneInfo("UTC"))
        )
        assert state is not None
        assert state.version == 2
        assert state.promise("offer", "o1") is not None
        copies: list[Any] = list(application.events.get("acme"))
        assert [copy.event.data.model_dump(exclude_none=True) for copy in copies] == [
            known["data"],
            offer,
        ]
