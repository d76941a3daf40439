"""Our infrastructure for applications of the eventsourcing library."""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    Mapper,
    ProcessRecorder,
    TrackingRecorder,
    Transcoder,
)
from typing_extensions import override

from contracts.events.reading import read
from contracts.quantity import exact_arithmetic
from services.ledger.rules.relationship import Relationship
from services.ledger.rules.replay import fold
from services.ledger.store.mapper import LedgerMapper, StreamEvent
from services.ledger.store.recorder import LedgerAggregateRecorder, LedgerRecorder


class NotOurs(NotImplementedError):
    """Projections track their positions in checkpoints, beside their rows."""


class LedgerFactory(InfrastructureFactory[TrackingRecorder]):
    """Builds the recorders of one ledger; `recorder` is given before it is used."""

    recorder: LedgerRecorder

    @override
    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """The recorder of streams alone."""
        return LedgerAggregateRecorder(self.recorder)

    @override
    def application_recorder(self) -> ApplicationRecorder:
        """The recorder of streams and of the whole log."""
        return self.recorder

    @override
    def tracking_recorder(self, tracking_recorder_class: Any = None) -> Any:
        """Not offered."""
        raise NotOurs

    @override
    def process_recorder(self) -> ProcessRecorder:
        """Not offered."""
        raise NotOurs

    @override
    def mapper(
        self,
        transcoder: Transcoder | None = None,
        mapper_class: type[Mapper[Any]] | None = None,
    ) -> Mapper[Any]:
        """The mapper by catalogue names."""
        return LedgerMapper(transcoder or self.transcoder())


def application_of(recorder: LedgerRecorder) -> Application[str]:
    """An application of the library on a ledger, for reading and for building on."""

    class LedgerApplication(Application[str]):
        @override
        def construct_factory(self, env: Any) -> Any:
            factory = LedgerFactory(env)
            factory.recorder = recorder
            return factory

    return LedgerApplication()


def relationship_in(zone: tzinfo) -> Callable[..., Relationship | None]:
    """A projector for `Repository.get`: what the rules know of a partner."""

    def project(_initial: Any, stream: Iterable[Any]) -> Relationship | None:
        events = [item.event for item in stream if isinstance(item, StreamEvent)]
        if not events:
            return None
        with exact_arithmetic():
            return fold(read(events, zone)).state(events[0].partner)

    return project
